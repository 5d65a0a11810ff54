"""Administrators: made on the command line, signed in by a cookie, and everything they do is written down."""

import re
import secrets
from datetime import timedelta

import msgspec
from msgspec import Struct

from videocall.accounts import rules
from videocall.accounts.deletion import Deletions
from videocall.accounts.guessing import GuessedPasswords
from videocall.accounts.model import DeletionRequest, DeletionStatus
from videocall.accounts.passwords import Passwords
from videocall.admin.model import (
    Action,
    Admin,
    AdminSession,
    AdminSignIn,
    Approval,
    AuditEntry,
    AuditLine,
    DeletionRequestView,
    Rejection,
)
from videocall.admin.repository import AdminRepository
from videocall.clock import Clock
from videocall.keys import Keys
from videocall.problems import InvalidBody, InvalidToken, WrongCredentials
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.signed_tokens import TokenSigner

LIFETIME = timedelta(days=7)
_NAME = re.compile(r"^[a-z0-9][a-z0-9._@-]{1,99}$")
MOST_LISTED = 500


class SignedInAdmin(Struct):
    """Who is signed in, and in which session."""

    admin: Admin
    session: AdminSession


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
        rates: Rates,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._passwords = passwords
        self._common = common
        self._repository = repository
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

    async def sign_in(self, wish: AdminSignIn, address: str) -> tuple[str, SignedInAdmin]:
        """The cookie's value; an unknown name and a wrong password get the same answer for the same work.

        Wrong guesses are counted by network address and name together: who guesses locks themselves out, nobody else.
        Raises `WrongCredentials`, `TooManyGuesses`, `TooManyRequests`.
        """
        await self._rates.hit(self._settings.sign_in_address_rate, "admin sign-in", address)
        name = wish.name.strip().lower()
        admin = await self._repository.by_name(name) if _NAME.match(name) else None
        right = await self._guessed.check(wish.password, admin.password_hash if admin else None, name, address)
        if not right or admin is None:
            raise WrongCredentials("Name or password is wrong.")
        now = self._clock.now()
        session = AdminSession(id=secrets.token_urlsafe(18), admin=admin.id, created_at=now, expires_at=now + LIFETIME)
        await self._repository.add_session(session)
        await self.note(admin, "signed_in", session.admin)
        cookie = self._signer.sign({"sub": admin.id, "sid": session.id}, session.expires_at)
        return cookie, SignedInAdmin(admin=admin, session=session)

    async def bearer(self, cookie: str) -> SignedInAdmin:
        """Who a cookie stands for; raises `InvalidToken` when it is none of ours, lapsed, or was ended."""
        claims = self._signer.read(cookie, "sid")
        session = await self._repository.session(str(claims["sid"]))
        admin = await self._repository.admin(session.admin) if session else None
        if session is None or admin is None or claims["sub"] != admin.id:
            raise InvalidToken("You are signed out. Please sign in again.")
        return SignedInAdmin(admin=admin, session=session)

    async def sign_out(self, who: SignedInAdmin) -> None:
        """End this session: its cookie is worth nothing from now on."""
        await self._repository.end_session(who.session.id)
        await self.note(who.admin, "signed_out", who.admin.id)

    async def note(self, admin: Admin, action: Action, about: str, notes: str = "") -> None:
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
            )
        )

    async def audit(self, most: int = MOST_LISTED) -> list[AuditLine]:
        """What administrators did, the latest first."""
        entries = await self._repository.audit(most)
        return [msgspec.convert(entry, AuditLine, from_attributes=True) for entry in entries]


class Decisions:
    """Decides about requests to be deleted; the person is mailed, and the decision written down."""

    def __init__(self, admins: Admins, deletions: Deletions) -> None:
        self._admins = admins
        self._deletions = deletions

    async def list(self, status: DeletionStatus) -> list[DeletionRequestView]:
        """Requests in a state, the oldest first."""
        return [_view(request) for request in await self._deletions.list(status, MOST_LISTED)]

    async def approve(self, admin: Admin, request_id: str, wish: Approval) -> DeletionRequestView:
        """Let the account be deleted in two weeks; raises `NotFound`, or `NotAllowed` in another state."""
        request = await self._deletions.approve(request_id, wish.notes, hard=wish.hard)
        await self._admins.note(admin, "deletion_approved", request.id, wish.notes)
        return _view(request)

    async def reject(self, admin: Admin, request_id: str, wish: Rejection) -> DeletionRequestView:
        """Let the account stay; raises `NotFound`, or `NotAllowed` in another state."""
        request = await self._deletions.reject(request_id, wish.notes)
        await self._admins.note(admin, "deletion_rejected", request.id, wish.notes)
        return _view(request)


def _view(request: DeletionRequest) -> DeletionRequestView:
    return DeletionRequestView(**{name: getattr(request, name) for name in DeletionRequestView.__struct_fields__})
