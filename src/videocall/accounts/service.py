"""Register, sign in and out, sessions, profile."""

import secrets
import zoneinfo
from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET

from videocall.accounts import rules
from videocall.accounts.guessing import GuessedPasswords
from videocall.accounts.letters import Letters
from videocall.accounts.model import (
    Me,
    PasswordChange,
    ProfileChange,
    Registration,
    Session,
    SessionView,
    SignedIn,
    SignIn,
    User,
)
from videocall.accounts.passwords import Passwords
from videocall.accounts.repository import AccountRepository
from videocall.accounts.second_factor import SecondFactor
from videocall.accounts.tokens import LIFETIME, UserToken, UserTokens
from videocall.clock import Clock
from videocall.keys import Keys
from videocall.meetings.members import Contact, Member
from videocall.problems import AccountDisabled, EmailTaken, InvalidBody, InvalidToken, NotFound, WrongCredentials
from videocall.rates import Rates
from videocall.settings import Settings


class Caller(msgspec.Struct):
    """Who is signed in, and in which session."""

    user: User
    session: str


class Accounts:
    """Accounts as their owners use them."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        keys: Keys,
        tokens: UserTokens,
        passwords: Passwords,
        common: frozenset[str],
        repository: AccountRepository,
        second_factor: SecondFactor,
        letters: Letters,
        rates: Rates,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._guessed = GuessedPasswords("sign-in", settings=settings, keys=keys, passwords=passwords, rates=rates)
        self._tokens = tokens
        self._passwords = passwords
        self._common = common
        self._repository = repository
        self._second_factor = second_factor
        self._letters = letters
        self._rates = rates

    # --- in and out ---

    async def register(self, wish: Registration, address: str, agent: str, language: str) -> SignedIn:
        """Make an account that begins in `language`, and sign it in.

        Raises `InvalidBody` with a sentence for each field, `EmailTaken`.
        """
        await self._rates.hit(self._settings.register_rate, "register", address)
        errors = {
            "first_name": rules.name_error(wish.first_name, "first name"),
            "last_name": rules.name_error(wish.last_name, "last name"),
            "email": rules.email_error(wish.email),
            "password": self.password_error(wish.password, wish.email),
        }
        refuse(errors)
        email = rules.clean_email(wish.email)
        if await self._repository.by_email(email) is not None:
            raise taken()
        user = User(
            id=secrets.token_urlsafe(12),
            email=email,
            first_name=rules.clean_name(wish.first_name),
            last_name=rules.clean_name(wish.last_name),
            password_hash=await self._passwords.hash(wish.password),
            language=language,
            created_at=self._clock.now(),
        )
        if not await self._repository.add(user):
            raise taken()
        await self._letters.verify(user)
        return await self.open_session(user, agent)

    async def sign_in(self, wish: SignIn, address: str, agent: str) -> SignedIn:
        """Sign in; an unknown address and a wrong password get the same answer for the same work.

        Wrong guesses are counted by network address and account together: who guesses locks themselves out, nobody
        else. Raises `WrongCredentials`, `CodeRequired`, `WrongCode`, `AccountDisabled`, `TooManyGuesses`.
        """
        await self._rates.hit(self._settings.sign_in_address_rate, "sign-in", address)
        email = rules.clean_email(wish.email)
        user = await self._repository.by_email(email) if rules.email_error(email) is None else None
        await self._check_password(wish.password, user, email, address)
        if user is None:
            raise WrongCredentials
        if user.disabled_at is not None:
            raise AccountDisabled
        await self._second_factor.check(user, wish.code)
        if self._passwords.is_stale(user.password_hash):
            fresh = await self._passwords.hash(wish.password)
            await self._repository.change_if(user.id, {"password_hash": user.password_hash}, password_hash=fresh)
        return await self.open_session(user, agent)

    async def check_password(self, user: User, password: str, address: str, field: str = "password") -> None:
        """Make sure that it is the person; raises `WrongCredentials` that names the field, `TooManyGuesses`."""
        await self._check_password(password, user, user.email, address, field)

    async def _check_password(
        self, password: str, user: User | None, email: str, address: str, field: str | None = None
    ) -> None:
        if not await self._guessed.check(password, user.password_hash if user else None, email, address):
            raise WrongCredentials(
                "That is not your password." if field else None,
                errors={field: "That is not your password."} if field else None,
            )

    async def open_session(self, user: User, agent: str) -> SignedIn:
        """Sign in somebody who has shown who they are."""
        now = self._clock.now()
        session = Session(
            id=secrets.token_urlsafe(12),
            user=user.id,
            generation=user.generation,
            device=rules.device_label(agent),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        await self._repository.add_session(session)
        token = self._tokens.sign(UserToken(user=user.id, session=session.id), session.expires_at)
        return SignedIn(token=token, expires_at=session.expires_at, user=self.view(user))

    async def bearer(self, token: str) -> Caller:
        """Who a token stands for; raises `InvalidToken` when its session was ended, `AccountDisabled`."""
        claims = self._tokens.read(token)
        session = await self._repository.session(claims.session)
        user = await self._repository.user(claims.user) if session else None
        if session is None or user is None or session.user != user.id or session.generation != user.generation:
            raise InvalidToken("You are signed out. Please sign in again.")
        if user.disabled_at is not None:
            raise AccountDisabled
        return Caller(user=user, session=session.id)

    @staticmethod
    def member(user: User) -> Member:
        """An account as meetings see it."""
        return Member(
            id=user.id,
            name=user.name,
            generation=user.generation,
            restricted=user.restricted,
            verified=user.email_verified_at is not None,
        )

    async def of_token(self, token: str) -> Member | None:
        """See `Members`."""
        return self.member((await self.bearer(token)).user) if UserTokens.is_one(token) else None

    async def contact(self, user_id: str) -> Contact | None:
        """See `Members`."""
        return _contact(await self._repository.user(user_id))

    async def contact_at(self, email: str) -> Contact | None:
        """See `Members`."""
        return _contact(await self._repository.by_email(email.lower()))

    async def renew_feed(self, user_id: str) -> int:
        """See `Members`."""
        return present(await self._repository.renew_feed(user_id)).feed

    async def generation(self, user_id: str) -> int:
        """See `Members`."""
        user = await self.reload(user_id)
        if user.disabled_at is not None:
            raise AccountDisabled
        return user.generation

    async def sign_out(self, caller: Caller) -> None:
        """End this session."""
        await self._repository.end_session(caller.user.id, caller.session)

    async def sign_out_everywhere(self, caller: Caller) -> None:
        """End every session, this one too, and every meeting token of the account."""
        await self._repository.end_tokens(caller.user.id)

    async def sessions(self, caller: Caller) -> list[SessionView]:
        """Signed-in devices, the latest first."""
        now = self._clock.now()
        return [
            SessionView(
                id=session.id,
                device=session.device,
                created_at=session.created_at,
                expires_at=session.expires_at,
                current=session.id == caller.session,
            )
            for session in await self._repository.sessions(caller.user.id)
            if session.expires_at > now and session.generation == caller.user.generation
        ]

    async def end_session(self, caller: Caller, session_id: str) -> None:
        """Sign one device out; raises `NotFound`."""
        mine = {session.id for session in await self._repository.sessions(caller.user.id)}
        if session_id not in mine or not await self._repository.end_session(caller.user.id, session_id):
            raise NotFound

    # --- profile ---

    def view(self, user: User) -> Me:
        """An account as its owner sees it."""
        return Me(
            id=user.id,
            email=user.email,
            email_verified=user.email_verified_at is not None,
            new_email=user.new_email or None,
            first_name=user.first_name,
            last_name=user.last_name,
            name=user.name,
            picture=f"{self._settings.public_url}/uploads/{user.picture}" if user.picture else None,
            time_zone=user.time_zone,
            language=user.language,
            theme=user.theme,
            notifications=user.notifications,
            devices=user.devices,
            restricted=user.restricted,
            legal_seen=user.legal_seen,
            second_factor=bool(user.totp_sealed),
            recovery_codes_left=len(user.recovery),
            created_at=user.created_at,
        )

    async def change_profile(self, user: User, wish: ProfileChange) -> Me:
        """Set what the wish names; raises `InvalidBody` with a sentence for each field."""
        errors: dict[str, str | None] = {}
        fields: dict[str, Any] = {
            name: value for name, value in msgspec.structs.asdict(wish).items() if value is not UNSET
        }
        for name, what in (("first_name", "first name"), ("last_name", "last name")):
            if name in fields:
                errors[name] = rules.name_error(fields[name], what)
                fields[name] = rules.clean_name(fields[name])
        if fields.get("time_zone", "UTC") not in _time_zones():
            errors["time_zone"] = "There is no such time zone."
        if wish.devices is not UNSET and any("\0" in label for label in msgspec.structs.astuple(wish.devices)):
            errors["devices"] = "That is no device."
        refuse(errors)
        if not fields:
            return self.view(user)
        return self.view(present(await self._repository.change(user.id, **msgspec.to_builtins(fields))))

    async def change_password(self, caller: Caller, wish: PasswordChange, address: str, agent: str) -> SignedIn:
        """Set a new password: every older token ends, and this device gets a new one."""
        user = caller.user
        await self.check_password(user, wish.current_password, address, "current_password")
        changed = await self.set_password(user, wish.password)
        await self._letters.password_changed(changed)
        return await self.open_session(changed, agent)

    def password_error(self, password: str, email: str) -> str | None:
        """What is wrong with a new password, or None."""
        return rules.password_error(password, email, self._common)

    async def set_password(self, user: User, password: str, **fields: Any) -> User:
        """Keep a new password, by which older tokens and reset links end; raises `InvalidBody`."""
        refuse({"password": self.password_error(password, user.email)})
        hashed = await self._passwords.hash(password)
        changed = present(await self._repository.end_tokens(user.id, password_hash=hashed, **fields))
        await self._repository.end_links(user.id, "reset")
        return changed

    async def reload(self, user_id: str) -> User:
        """An account as it is now; raises `InvalidToken` when it is gone."""
        return present(await self._repository.user(user_id))


@cache
def _time_zones() -> set[str]:
    return {"UTC", *zoneinfo.available_timezones()}


def _contact(user: User | None) -> Contact | None:
    if user is None or user.disabled_at is not None:
        return None
    return Contact(
        id=user.id,
        name=user.name,
        email=user.email,
        verified=user.email_verified_at is not None,
        time_zone=user.time_zone,
        language=user.language,
        wants_reminders=user.notifications.reminders,
        wants_invitations=user.notifications.invitations,
        feed=user.feed,
    )


def present(user: User | None) -> User:
    """The account, which was there a moment ago; raises `InvalidToken` when it was deleted meanwhile."""
    if user is None:
        raise InvalidToken("This account is gone.")
    return user


def refuse(errors: dict[str, str | None]) -> None:
    """Raise `InvalidBody` if there is anything wrong with a field."""
    found = {field: error for field, error in errors.items() if error}
    if found:
        raise InvalidBody(errors=found)


def taken() -> EmailTaken:
    """Another account has the address."""
    return EmailTaken(errors={"email": "There is an account with this address already."})
