"""What is kept of one guest in one meeting: theirs to read and to erase, without an account (policy section 12)."""

from datetime import datetime

from msgspec import Struct

from videocall.clock import Clock
from videocall.live.bus import Bus
from videocall.live.room import leave
from videocall.live.state import Role
from videocall.mail.service import Mailer
from videocall.meetings.model import Person, VisitView
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.service import Meetings
from videocall.problems import NotAllowed, StillThere
from videocall.rates import Rates
from videocall.words import DELETED_GUEST

RATE = "60/hour"


class RecordedMeeting(Struct):
    """The meeting; `description` and `email` are given to whoever made it."""

    code: str
    title: str
    host_name: str
    created_at: datetime
    ended_at: datetime | None
    description: str | None
    email: str | None


class GuestRecord(Struct):
    """Everything that is kept about a guest of one meeting."""

    exported_at: datetime
    id: str
    name: str
    role: Role
    created_at: datetime
    let_in: bool
    banned: bool
    meeting: RecordedMeeting
    visits: list[VisitView]


class GuestRecords:
    """Answers guests about themselves."""

    def __init__(
        self, *, clock: Clock, repository: MeetingRepository, meetings: Meetings, mailer: Mailer, bus: Bus, rates: Rates
    ) -> None:
        self._clock = clock
        self._repository = repository
        self._meetings = meetings
        self._mailer = mailer
        self._bus = bus
        self._rates = rates

    async def export(self, person: Person) -> GuestRecord:
        """Everything about a guest; raises `NotAllowed` for the record of an account, which has its own export."""
        await self._check(person)
        meeting = await self._meetings.find(person.meeting)
        own = meeting.host_id == person.id
        return GuestRecord(
            exported_at=self._clock.now(),
            id=person.id,
            name=person.name,
            role=person.role,
            created_at=person.created_at,
            let_in=person.admitted,
            banned=person.banned,
            meeting=RecordedMeeting(
                code=meeting.code,
                title=meeting.title,
                host_name=meeting.host_name,
                created_at=meeting.created_at,
                ended_at=meeting.ended_at,
                description=meeting.description if own else None,
                email=meeting.host_email if own else None,
            ),
            visits=[
                VisitView(joined_at=visit.joined_at, left_at=visit.left_at)
                for visit in await self._repository.visits_ever(person)
            ],
        )

    async def erase(self, person: Person) -> None:
        """Take name and address out of the record; that somebody was there stays. Twice does no harm.

        Raises `StillThere` while they are in the meeting, where everybody sees their name.
        """
        await self._check(person)
        if await self._repository.visits_of(person.id):
            raise StillThere
        await self._bus.change(person.meeting, leave(person.id, "left"))  # out of the lobby
        meeting = await self._meetings.find(person.meeting)
        if meeting.host_id == person.id and meeting.host_email:
            await self._mailer.forget(meeting.host_email)
        await self._repository.erase_guest(meeting, person, DELETED_GUEST)

    async def _check(self, person: Person) -> None:
        if person.user:
            raise NotAllowed("This record belongs to your account: export or delete it in your profile.")
        await self._rates.hit(RATE, "guest record", person.id)
