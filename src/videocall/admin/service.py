"""Administrators: made on the command line, signed in by a cookie, and everything they do is written down."""

import re
import secrets
from datetime import timedelta

import msgspec
from msgspec import Struct

from videocall.accounts import rules
from videocall.accounts.guessing import GuessedPasswords
from videocall.accounts.model import RecoveryCodes, SecondFactorSetup
from videocall.accounts.passwords import Passwords
from videocall.accounts.second_factor import SecondFactor
from videocall.admin.model import (
    Action,
    Admin,
    AdministratorLine,
    AdminSession,
    AdminSessionView,
    AdminSignIn,
    AdminView,
    AuditEntry,
    AuditLine,
    Factor,
    State,
)
from videocall.admin.repository import AdminRepository
from videocall.clock import Clock
from videocall.keys import Keys
from videocall.lists import Wish
from videocall.problems import InvalidBody, InvalidToken, NotFound, WrongCredentials
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.signed_tokens import TokenSigner

LIFETIME = timedelta(days=7)
_NAME = re.compile(r"^[a-z0-9][a-z0-9._@-]{1,99}$")


class SignedInAdmin(Struct):
    """Who is signed in, in which session, and from which network address they call now."""

    admin: Admin
    session: AdminSession
    address: str = ""


class Admins:
    """Administrators as `videocall admin`, the access guard and the console use them."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        keys: Keys,
        passwords: Passwords,
        common: frozenset[str],
        repository: AdminRepository,
        second_factor: SecondFactor,
        rates: Rates,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._passwords = passwords
        self._common = common
        self._repository = repository
        self._second_factor = second_factor
        self._rates = rates
        self._guessed = GuessedPasswords(
            "admin sign-in", settings=settings, keys=keys, passwords=passwords, rates=rates
        )
        self._signer = TokenSigner(keys.derive("admin sessions"), clock, audience="admin", kind="admin+jwt")

    async def create(self, typed_name: str, password: str) -> Admin:
        """Make an administrator; raises `InvalidBody` with a sentence for name and password."""
        name = typed_name.strip().lower()
        errors = {
            "name": None if _NAME.match(name) else "2 to 100 letters, digits, and . _ @ - in between.",
            "password": rules.password_error(password, name, self._common),
        }
        found = {field: error for field, error in errors.items() if error}
        if found:
            raise InvalidBody(" ".join(found.values()), errors=found)
        admin = Admin(
            id=secrets.token_urlsafe(12),
            name=name,
            password_hash=await self._passwords.hash(password),
            created_at=self._clock.now(),
        )
        if not await self._repository.add(admin):
            taken = "There is an administrator of this name already."
            raise InvalidBody(taken, errors={"name": taken})
        await self.note(admin, "administrator_created", admin.id)
        return admin

    async def sign_in(self, wish: AdminSignIn, address: str, agent: str) -> tuple[str, SignedInAdmin]:
        """The cookie's value; an unknown name and a wrong password get the same answer for the same work.

        Wrong guesses are counted by network address and name together: who guesses locks themselves out, nobody else.
        Raises `WrongCredentials`, `CodeRequired`, `WrongCode`, `TooManyGuesses`, `TooManyRequests`.
        """
        await self._rates.hit(self._settings.sign_in_address_rate, "admin sign-in", address)
        name = wish.name.strip().lower()
        admin = await self._repository.by_name(name) if _NAME.match(name) else None
        right = await self._guessed.check(wish.password, admin.password_hash if admin else None, name, address)
        if not right or admin is None:
            raise WrongCredentials("Name or password is wrong.")
        await self._second_factor.check(admin, wish.code)
        now = self._clock.now()
        session = AdminSession(
            id=secrets.token_urlsafe(18),
            admin=admin.id,
            created_at=now,
            expires_at=now + LIFETIME,
            device=rules.device_label(agent),
            address=address,
        )
        await self._repository.add_session(session)
        who = SignedInAdmin(admin=admin, session=session, address=address)
        await self.did(who, "signed_in", admin.id)
        return self._signer.sign({"sub": admin.id, "sid": session.id}, session.expires_at), who

    async def bearer(self, cookie: str, address: str = "") -> SignedInAdmin:
        """Who a cookie stands for; raises `InvalidToken` when it is none of ours, lapsed, or was ended."""
        claims = self._signer.read(cookie, "sid")
        session = await self._repository.session(str(claims["sid"]))
        admin = await self._repository.admin(session.admin) if session else None
        if session is None or admin is None or claims["sub"] != admin.id:
            raise InvalidToken("You are signed out. Please sign in again.")
        return SignedInAdmin(admin=admin, session=session, address=address)

    async def sign_out(self, who: SignedInAdmin) -> None:
        """End this session: its cookie is worth nothing from now on."""
        await self._repository.end_session(who.admin.id, who.session.id)
        await self.did(who, "signed_out", who.admin.id)

    @staticmethod
    def view(who: SignedInAdmin) -> AdminView:
        """Who is signed in, for the console."""
        return AdminView(
            name=who.admin.name,
            expires_at=who.session.expires_at,
            second_factor=bool(who.admin.totp_sealed),
            recovery_codes_left=len(who.admin.recovery),
        )

    async def listed(self, wish: Wish, factor: Factor | None = None) -> tuple[list[AdministratorLine], str | None]:
        """One page of all administrators, and the cursor of the next."""
        found, cursor = await self._repository.listed(wish, factor)
        sessions = await self._repository.signed_in(self._clock.now())
        lines = [
            AdministratorLine(
                id=admin.id,
                name=admin.name,
                created_at=admin.created_at,
                second_factor=bool(admin.totp_sealed),
                sessions=sessions.get(admin.id, 0),
            )
            for admin in found
        ]
        return lines, cursor

    async def sessions(self, who: SignedInAdmin) -> list[AdminSessionView]:
        """My signed-in browsers, the latest first."""
        return [
            AdminSessionView(
                id=session.id,
                device=session.device,
                address=session.address,
                created_at=session.created_at,
                expires_at=session.expires_at,
                current=session.id == who.session.id,
            )
            for session in await self._repository.sessions(who.admin.id)
            if session.expires_at > self._clock.now()
        ]

    async def end_session(self, who: SignedInAdmin, session_id: str) -> None:
        """Sign one of my browsers out; raises `NotFound`."""
        if not await self._repository.end_session(who.admin.id, session_id):
            raise NotFound
        await self.did(who, "session_ended", who.admin.id)

    async def check_password(self, who: SignedInAdmin, password: str) -> None:
        """Make sure that it is the administrator; raises `WrongCredentials`, `TooManyGuesses`."""
        if not await self._guessed.check(password, who.admin.password_hash, who.admin.name, who.address):
            sentence = "That is not your password."
            raise WrongCredentials(sentence, errors={"password": sentence})

    async def begin_second_factor(self, who: SignedInAdmin, password: str) -> SecondFactorSetup:
        """A fresh secret for the app; nothing is asked for until it is confirmed. Raises `WrongCredentials`."""
        await self.check_password(who, password)
        return await self._second_factor.begin_as(who.admin, who.admin.name, "VideoCall.cc console")

    async def confirm_second_factor(self, who: SignedInAdmin, code: str) -> RecoveryCodes:
        """Switch it on; sessions that were opened without it end, but for this one. Raises `WrongCode`."""
        codes = await self._second_factor.confirm(who.admin, code)
        for session in await self._repository.sessions(who.admin.id):
            if session.id != who.session.id:
                await self._repository.end_session(who.admin.id, session.id)
        await self.did(who, "second_factor_on", who.admin.id)
        return codes

    async def disable_second_factor(self, who: SignedInAdmin, password: str) -> None:
        """Ask for no code any more; raises `WrongCredentials`."""
        await self.check_password(who, password)
        await self._second_factor.switch_off(who.admin)
        if who.admin.totp_sealed:
            await self.did(who, "second_factor_off", who.admin.id)

    async def did(
        self,
        who: SignedInAdmin,
        action: Action,
        about: str,
        notes: str = "",
        *,
        before: State | None = None,
        after: State | None = None,
    ) -> None:
        """Write down what somebody who is signed in did."""
        await self.note(who.admin, action, about, notes, address=who.address, before=before, after=after)

    async def note(
        self,
        admin: Admin,
        action: Action,
        about: str,
        notes: str = "",
        *,
        address: str = "",
        before: State | None = None,
        after: State | None = None,
    ) -> None:
        """Write down what was done."""
        await self._repository.note(
            AuditEntry(
                id=secrets.token_urlsafe(12),
                at=self._clock.now(),
                admin=admin.id,
                admin_name=admin.name,
                action=action,
                about=about,
                notes=notes,
                address=address,
                before=before or {},
                after=after or {},
            )
        )

    async def audit(
        self, wish: Wish, *, action: str | None = None, admin_name: str | None = None
    ) -> tuple[list[AuditLine], str | None]:
        """What administrators did: one page, and the cursor of the next."""
        entries, cursor = await self._repository.audit(wish, action=action, admin_name=admin_name)
        return [msgspec.convert(entry, AuditLine, from_attributes=True) for entry in entries], cursor
