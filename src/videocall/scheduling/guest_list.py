"""Who is invited to a meeting. Addresses are encrypted in the store, and found by a keyed digest."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from videocall.clock import Clock
from videocall.keys import Keys, same
from videocall.scheduling.model import Answer, Invitee
from videocall.scheduling.repository import ScheduleRepository

_SEAL = "invited addresses"


class Invited(Struct, frozen=True):
    """Somebody who is invited, and what they answered."""

    id: str
    meeting: str
    email: str
    answer: Answer | None
    answered_at: datetime | None


class GuestList:
    """Keeps who is invited."""

    def __init__(self, *, clock: Clock, keys: Keys, repository: ScheduleRepository) -> None:
        self._clock = clock
        self._keys = keys
        self._repository = repository

    async def of(self, code: str) -> list[Invited]:
        """Everybody who is invited to a meeting."""
        return [self._opened(invitee) for invitee in await self._repository.invitees(code)]

    async def invitations(self, email: str) -> list[Invited]:
        """Every invitation that an address has."""
        return [self._opened(invitee) for invitee in await self._repository.invitations_of(self._key(email))]

    async def change(self, code: str, emails: Iterable[str]) -> tuple[list[Invited], list[Invited]]:
        """Let these addresses be invited and no others; who is new, and who no longer is."""
        wanted = {email.lower() for email in emails}
        before = {invited.email: invited for invited in await self.of(code)}
        new = [await self._add(code, email) for email in sorted(wanted - before.keys())]
        gone = [before[email] for email in sorted(before.keys() - wanted)]
        for invited in gone:
            await self._repository.uninvite(invited.id)
        return new, gone

    async def _add(self, code: str, email: str) -> Invited:
        invitee = Invitee(
            id=secrets.token_urlsafe(12),
            meeting=code,
            email_sealed=self._keys.seal(_SEAL, email),
            email_key=self._key(email),
            created_at=self._clock.now(),
        )
        await self._repository.invite(invitee)
        return self._opened(invitee)

    def token(self, invited_id: str) -> str:
        """What the mailed link carries: it stays the same, so that a later letter can carry it again."""
        return f"{invited_id}.{self._keys.fingerprint('invitations', invited_id)[:40]}"

    async def read(self, token: str) -> Invited | None:
        """Whose invitation a token is of; None for what is no token, or no longer."""
        invited_id, _, _ = token.partition(".")
        if not same(token, self.token(invited_id)):
            return None
        invitee = await self._repository.invitee(invited_id)
        return self._opened(invitee) if invitee else None

    async def answer(self, invited: Invited, answer: Answer) -> Invited:
        """Keep what somebody answered."""
        changed = await self._repository.answer(invited.id, answer, self._clock.now())
        return self._opened(changed) if changed else invited

    async def forget(self, email: str) -> None:
        """Erase every invitation to an address."""
        await self._repository.forget_address(self._key(email))

    async def clear(self, code: str) -> None:
        """Erase every invitation to a meeting."""
        await self._repository.forget_invitees(code)

    def _key(self, email: str) -> str:
        return self._keys.fingerprint(_SEAL, email.lower())

    def _opened(self, invitee: Invitee) -> Invited:
        return Invited(
            id=invitee.id,
            meeting=invitee.meeting,
            email=self._keys.unseal(_SEAL, invitee.email_sealed),
            answer=invitee.answer,
            answered_at=invitee.answered_at,
        )
