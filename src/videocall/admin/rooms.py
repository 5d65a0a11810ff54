"""Meetings as administrators see them: when, who, where; never a password, never any media."""

from collections.abc import Awaitable, Callable

from videocall.admin.service import Admins, SignedInAdmin
from videocall.admin.views import MeetingLine, MeetingRecord
from videocall.lists import Wish
from videocall.meetings.model import Engine, Kind, Meeting, Status
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.service import Meetings
from videocall.problems import MeetingEnded, NotAllowed

Move = Callable[[str], Awaitable[bool]]
"""Moves a meeting to another server; False when it could not."""


class Rooms:
    """Looks meetings up, ends them, and moves them to another server."""

    def __init__(self, *, admins: Admins, meetings: Meetings, repository: MeetingRepository, move: Move | None) -> None:
        self._admins = admins
        self._meetings = meetings
        self._repository = repository
        self._move = move

    async def list(
        self, wish: Wish, status: Status | None = None, engine: Engine | None = None, kind: Kind | None = None
    ) -> tuple[list[MeetingLine], str | None]:
        """One page of meetings, and the cursor of the next."""
        found, cursor = await self._repository.listed(wish, status=status, engine=engine, kind=kind)
        return [_line(meeting) for meeting in found], cursor

    async def view(self, code: str) -> MeetingRecord:
        """One meeting and who was there; raises `MeetingNotFound`."""
        meeting = await self._meetings.find(code)
        line = _line(meeting)
        participants = await self._meetings.attendance(meeting.code)
        return MeetingRecord(
            **{name: getattr(line, name) for name in MeetingLine.__struct_fields__},
            description=meeting.description,
            lobby=meeting.lobby,
            locked=meeting.locked,
            host_user=meeting.host_user,
            host_email=meeting.host_email,
            seen_at=meeting.seen_at,
            closes_at=meeting.closes_at,
            people_now=sum(any(visit.left_at is None for visit in person.visits) for person in participants),
            participants=participants,
            can_move=self._move is not None and meeting.status == "live" and line.server is not None,
        )

    async def end(self, who: SignedInAdmin, code: str, notes: str) -> MeetingRecord:
        """End a meeting for everybody in it; raises `MeetingEnded`."""
        meeting = await self._meetings.find(code)
        if not await self._meetings.end(meeting.code, "admin"):
            raise MeetingEnded
        await self._admins.did(
            who, "meeting_ended", meeting.code, notes, before={"status": meeting.status}, after={"status": "ended"}
        )
        return await self.view(code)

    async def move(self, who: SignedInAdmin, code: str, notes: str) -> MeetingRecord:
        """Move everybody in a meeting to another server of the pool; raises `NotAllowed` where that cannot be."""
        before = await self._meetings.find(code)
        if self._move is None or not await self._move(before.code):
            raise NotAllowed("This meeting cannot be moved: it is not on a server, or no other one can take it.")
        after = await self._meetings.find(code)
        await self._admins.did(
            who, "meeting_moved", before.code, notes, before={"server": before.server}, after={"server": after.server}
        )
        return await self.view(code)


def _line(meeting: Meeting) -> MeetingLine:
    known = {name for name in MeetingLine.__struct_fields__ if name not in {"code", "has_password", "server"}}
    return MeetingLine(
        code=meeting.code,
        has_password=meeting.password_sealed is not None,
        # One that goes from browser to browser only has a server in reserve.
        server=meeting.server if meeting.carrier == "jitsi" else None,
        **{name: getattr(meeting, name) for name in known},
    )
