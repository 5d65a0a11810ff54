"""What is mailed about accounts; every link carries its secret after the #, which no server log ever sees."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from videocall.accounts import rules
from videocall.accounts.model import DeletionRequest, Link, LinkPurpose, User
from videocall.accounts.repository import AccountRepository
from videocall.clock import Clock
from videocall.keys import Keys
from videocall.mail.service import Mailer
from videocall.problems import LinkExpired
from videocall.settings import Settings


class Letters:
    """Writes letters about accounts, and opens the links in them."""

    def __init__(
        self, *, settings: Settings, clock: Clock, keys: Keys, repository: AccountRepository, mailer: Mailer
    ) -> None:
        self._site = settings.public_url
        self._clock = clock
        self._keys = keys
        self._repository = repository
        self._mailer = mailer

    async def verify(self, user: User) -> None:
        """Ask whether the address of an account is its owner's."""
        link = await self._link("verify", user.id, user.email, "/verify-email", rules.VERIFY_WITHIN)
        await self._put("verify-email", user, link=link)

    async def reset(self, user: User) -> None:
        """Let somebody choose a new password."""
        link = await self._link("reset", user.id, user.email, "/forgot-password", rules.RESET_WITHIN)
        await self._put("reset-password", user, link=link)

    async def password_changed(self, user: User) -> None:
        """Tell the owner, in case it was somebody else."""
        link = f"{self._site}/forgot-password"
        await self._put("password-changed", user, link=link)

    async def second_factor(self, user: User, *, on: bool) -> None:
        """Tell the owner, in case it was somebody else."""
        link = f"{self._site}/forgot-password"
        await self._put("second-factor", user, link=link, on=on)

    async def passkey(self, user: User, passkey: str, *, added: bool) -> None:
        """Tell the owner, in case it was somebody else."""
        link = f"{self._site}/forgot-password"
        await self._put("passkey", user, passkey=passkey, link=link, added=added)

    async def change_email(self, user: User, new_email: str) -> None:
        """Ask the new address, and the old one if it was ever confirmed."""
        new = await self._link("change-new", user.id, new_email, "/verify-email", rules.VERIFY_WITHIN)
        await self._put("change-email-new", user, to=new_email, link=new)
        if user.email_verified_at is not None:
            old = await self._link("change-old", user.id, new_email, "/verify-email", rules.VERIFY_WITHIN)
            await self._put("change-email-old", user, link=old, new_email=new_email)

    async def email_changed(self, user: User, new_email: str) -> None:
        """Tell the old address."""
        await self._put("email-changed", user, new_email=new_email)

    async def confirm_deletion(self, request: DeletionRequest) -> None:
        """Ask whether it was the person who wants the account deleted."""
        page = "/account/delete-account"
        link = await self._link("deletion", request.id, request.email, page, rules.VERIFY_WITHIN)
        await self._put("delete-account", request, link=link, hard=request.hard)

    async def deletion_approved(self, request: DeletionRequest, due_at: datetime) -> None:
        """Tell the day, and how to change one's mind."""
        page = "/account/delete-account"
        link = await self._link("keep", request.id, request.email, page, due_at - self._clock.now(), mark="keep")
        await self._put("deletion-approved", request, link=link, day=due_at.date())

    async def deletion_rejected(self, request: DeletionRequest, notes: str) -> None:
        """Tell that the account stays."""
        await self._put("deletion-rejected", request, notes=notes)

    async def deletion_done(self, request: DeletionRequest) -> None:
        """Say farewell."""
        await self._put("deletion-done", request, once=f"deletion {request.id}", hard=request.hard)

    async def _put(self, letter: str, about: User | DeletionRequest, *, to: str = "", **values: Any) -> None:
        """Queue a letter to whom it is about, in their language."""
        name, language = about.first_name, about.language
        await self._mailer.put(letter, to or about.email, language=language, name=name, **values)

    async def _link(
        self, purpose: LinkPurpose, about: str, email: str, page: str, lasts: timedelta, *, mark: str = "token"
    ) -> str:
        token = secrets.token_urlsafe(24)
        link = Link(
            id=self._digest(token), purpose=purpose, about=about, email=email, expires_at=self._clock.now() + lasts
        )
        await self._repository.add_link(link)
        return f"{self._site}{page}#{mark}={token}"

    async def peek(self, token: str, *purposes: LinkPurpose) -> Link:
        """What a link allows; raises `LinkExpired`. It can still be used."""
        link = await self._repository.link(self._digest(token))
        if link is None or link.purpose not in purposes or link.expires_at <= self._clock.now():
            raise LinkExpired
        return link

    async def use(self, link: Link) -> None:
        """Use a link up; raises `LinkExpired` when somebody else just did."""
        if not await self._repository.use_link(link.id):
            raise LinkExpired

    def _digest(self, token: str) -> str:
        return self._keys.fingerprint("mailed links", token)
