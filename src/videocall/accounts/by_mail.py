"""What goes by mail: confirming an address, a forgotten password, moving to another address."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from videocall.accounts import rules
from videocall.accounts.letters import Letters
from videocall.accounts.model import EmailChange, EmailChanged, PasswordReset, SignedIn, User
from videocall.accounts.repository import AccountRepository
from videocall.accounts.service import Accounts, refuse, taken
from videocall.clock import Clock
from videocall.keys import Keys
from videocall.problems import InvalidBody, LinkExpired, TooManyRequests
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.store.base import StoreError

log = structlog.get_logger()
MOST_TO_ONE = "20/hour"
"""Letters that anybody may cause to one address. Reaching it locks nobody out: working links lie in the inbox."""


class ByMail:
    """Flows in which a mailed link shows that an address is somebody's."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        keys: Keys,
        accounts: Accounts,
        repository: AccountRepository,
        letters: Letters,
        rates: Rates,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keys = keys
        self._accounts = accounts
        self._repository = repository
        self._letters = letters
        self._rates = rates
        self._going_on: set[asyncio.Task[None]] = set()

    async def count(self, address: str, email: str) -> None:
        """Count a letter that a network address causes to a mail address; raises `TooManyRequests`."""
        await self._rates.hit(self._settings.mail_rate, "mail", address, self._keys.fingerprint("mail rate", email))
        await self._rates.hit(self._settings.mail_address_rate, "mail", address)

    async def within_bounds(self, email: str) -> bool:
        """Whether an address may get another letter that strangers can cause."""
        try:
            await self._rates.hit(MOST_TO_ONE, "mail to", self._keys.fingerprint("mail rate", email))
        except TooManyRequests:
            return False
        return True

    # --- a forgotten password ---

    async def forgot(self, typed: str, address: str) -> None:
        """Mail a link, if there is such an account. Answered before anybody looks, so the time tells nothing."""
        email = rules.clean_email(typed)
        refuse({"email": rules.email_error(email)})
        await self.count(address, email)
        self.later(self._mail_reset(email))

    async def _mail_reset(self, email: str) -> None:
        user = await self._repository.by_email(email)
        if user is not None and user.disabled_at is None and await self.within_bounds(email):
            await self._letters.reset(user)

    async def reset(self, wish: PasswordReset, agent: str) -> SignedIn | None:
        """Set a new password by link; who has a second factor signs in afterwards, everybody else is signed in.

        Whoever used an account before its address was confirmed need not be the owner of the address: their second
        factor and their wish for another address go. Raises `LinkExpired`, `InvalidBody`.
        """
        link = await self._letters.peek(wish.token, "reset")
        user = await self._repository.user(link.about)
        if user is None or user.email != link.email or user.disabled_at is not None:
            raise LinkExpired
        refuse({"password": self._accounts.password_error(wish.password, user.email)})
        await self._letters.use(link)
        fields: dict[str, Any] = {"new_email": "", "new_email_agreed": False, "new_email_confirmed": False}
        if user.email_verified_at is None:
            fields |= {"totp_sealed": "", "totp_pending": "", "recovery": {}, "email_verified_at": self._clock.now()}
        changed = await self._accounts.set_password(user, wish.password, **fields)
        await self._letters.password_changed(changed)
        return None if changed.totp_sealed else await self._accounts.open_session(changed, agent)

    # --- confirming an address, moving to another ---

    async def ask_again(self, user: User, address: str) -> None:
        """Mail the link that confirms an address once more."""
        if user.email_verified_at is None:
            await self.count(address, user.email)
            await self._letters.verify(user)

    async def change(self, user: User, wish: EmailChange, address: str) -> EmailChanged:
        """Begin to move to another address: it moves when both addresses agree (the old one, if it was confirmed)."""
        email = rules.clean_email(wish.email)
        refuse({"email": rules.email_error(email)})
        await self._accounts.check_password(user, wish.password, address)
        if email == user.email:
            raise InvalidBody(errors={"email": "This is your address already."})
        await self.count(address, email)
        if await self._repository.by_email(email) is not None:
            raise taken()
        await self._repository.end_links(user.id, "change-old", "change-new")
        agreed = user.email_verified_at is None
        await self._repository.change(user.id, new_email=email, new_email_agreed=agreed, new_email_confirmed=False)
        await self._letters.change_email(user, email)
        return EmailChanged(email=email, waiting=True)

    async def confirm(self, token: str) -> EmailChanged:
        """Open a link that confirms an address, or agrees to another; raises `LinkExpired`, `EmailTaken`."""
        link = await self._letters.peek(token, "verify", "change-old", "change-new")
        user = await self._repository.user(link.about)
        if user is None or link.email != (user.email if link.purpose == "verify" else user.new_email):
            raise LinkExpired
        await self._letters.use(link)
        now = self._clock.now()
        if link.purpose == "verify":
            await self._repository.change_if(user.id, {"email": link.email}, email_verified_at=now)
            return EmailChanged(email=user.email, waiting=False)
        field = "new_email_agreed" if link.purpose == "change-old" else "new_email_confirmed"
        changed = await self._repository.change_if(user.id, {"new_email": link.email}, **{field: True})
        if changed is None:
            raise LinkExpired
        if not (changed.new_email_agreed and changed.new_email_confirmed):
            return EmailChanged(email=link.email, waiting=True)
        settled = {"new_email": "", "new_email_agreed": False, "new_email_confirmed": False}
        if not await self._repository.move(user.id, link.email, email_verified_at=now, **settled):
            raise taken()
        await self._repository.end_links(user.id, "verify", "reset")
        if user.email_verified_at is not None:
            await self._letters.email_changed(user, link.email)
        return EmailChanged(email=link.email, waiting=False)

    # --- after the answer ---

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something after answering."""
        task = asyncio.create_task(self._guarded(work))
        self._going_on.add(task)
        task.add_done_callback(self._going_on.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except StoreError as error:
            log.warning("mail_not_queued", error=str(error))

    async def close(self) -> None:
        """Wait for what is going on."""
        await asyncio.gather(*self._going_on, return_exceptions=True)
