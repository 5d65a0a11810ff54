"""Schedule meetings, move them, change or cancel single dates, extend what goes on."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET, structs

from videocall.clock import Clock
from videocall.live.bus import Bus
from videocall.live.room import set_meeting
from videocall.meetings.members import Member
from videocall.meetings.model import Created, Meeting, MeetingView, NewMeeting, Person
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.rules import ending_soon
from videocall.meetings.service import Meetings
from videocall.problems import (
    EmailNotVerified,
    InvalidBody,
    MeetingEnded,
    MeetingLive,
    NotAllowed,
    NotFound,
    NotScheduled,
    Unavailable,
)
from videocall.scheduling import rules
from videocall.scheduling.invitations import Invitations
from videocall.scheduling.model import MeetingChange, Occurrence, OccurrenceChange, Schedule
from videocall.scheduling.reminders import Reminders
from videocall.scheduling.repository import ScheduleRepository, occurrence_key
from videocall.scheduling.series import Series, Slot
from videocall.store.base import as_document
from videocall.texts import lines, one_line
from videocall.words import Words

MOST_CHANGED = 500
"""So many dates of one series may differ from its rule."""
_TRIES = 5
_PLACE = ("occurrence", "starts_at", "closes_at")
"""What of a meeting says which date goes on or comes next."""
_TOLD = {"title", "description", *rules.TIMES}
"""What invited people are told of when it changes."""


class Scheduling:
    """Meetings at a set time, as their hosts arrange them."""

    def __init__(
        self,
        *,
        clock: Clock,
        meetings: Meetings,
        repository: MeetingRepository,
        dates: ScheduleRepository,
        series: Series,
        invitations: Invitations,
        reminders: Reminders,
        bus: Bus,
    ) -> None:
        self._clock = clock
        self._meetings = meetings
        self._repository = repository
        self._dates = dates
        self._series = series
        self._invitations = invitations
        self._reminders = reminders
        self._bus = bus

    async def create(self, wish: NewMeeting, address: str, member: Member | None, language: str) -> Created:
        """Make an instant or scheduled meeting; raises `InvalidBody`, `EmailNotVerified`, and what `Meetings` does."""
        if wish.kind == "instant":
            if wish.starts_at is not None or wish.recurrence is not None or wish.invitees:
                raise InvalidBody(errors={"kind": "Only a scheduled meeting has a time and invited people."})
            return await self._meetings.create(wish, address, member, language=language)
        schedule = rules.plan(
            wish.starts_at,
            wish.duration_minutes,
            wish.time_zone,
            wish.recurrence,
            self._clock.now(),
            early_entry_minutes=wish.early_entry_minutes,
            before_host=wish.before_host,
            reminders=wish.reminders,
        )
        if wish.invitees:
            if member is None:
                raise InvalidBody(errors={"invitees": "Inviting people by mail takes an account."})
            if not member.verified:
                raise EmailNotVerified
            await self._invitations.count(member.id, len(set(wish.invitees)))
        created = await self._meetings.create(wish, address, member, schedule, language=language)
        meeting = await self._meetings.find(created.meeting.code)
        await self._reminders.plan(meeting)
        if wish.invitees:
            await self._invitations.change(meeting, wish.invitees)
            host = await self._repository.person(meeting.code, meeting.host_id)
            created.meeting = await self._meetings.view(meeting.code, host, language)
        return created

    async def change(self, host: Person, change: MeetingChange, language: str) -> MeetingView:
        """Change a meeting, or the whole series from now on; raises `InvalidBody`, `MeetingEnded`, `MeetingLive`.

        Whether the people may be invited is asked first: what is refused changes nothing.
        """
        before = await self._meetings.find(host.meeting)
        if change.invitees is not UNSET and before.schedule is not None and before.ended_at is None:
            await self._invitations.check(before, change.invitees)
        for _ in range(_TRIES):
            after = await self._changed(before, change, language)
            if after is not None:
                break
            before = await self._meetings.find(host.meeting)
        else:
            raise Unavailable
        if rules.moves(change):
            await self._repository.set_start(after.code, after.starts_at)
        await self._tell_room(after)
        await self._invite(after, change)
        if after.schedule is not None:
            await self._reminders.plan(after)
        return await self._meetings.view(after.code, host, language)

    async def _changed(self, meeting: Meeting, change: MeetingChange, language: str) -> Meeting | None:
        now = self._clock.now()
        if meeting.ended_at is not None:
            raise MeetingEnded
        fields: dict[str, Any] = {"lobby": change.lobby} if change.lobby is not UNSET else {}
        if change.engine is not UNSET:
            fields |= await self._meetings.engine_fields(meeting, change.engine)
        if change.title is not UNSET:
            fields["title"] = one_line(change.title) or Words(language).say("meeting_of", name=meeting.host_name)
        if change.description is not UNSET:
            fields["description"] = lines(change.description)
        if change.password is not UNSET:
            fields |= self._meetings.password_fields(change.password)
        settings = {name for name in change.__struct_fields__ if getattr(change, name) is not UNSET} - fields.keys()
        if settings - {"password"}:
            if meeting.schedule is None:
                raise NotScheduled
            schedule = rules.changed(meeting.schedule, change, now)
            fields |= await self._moved(meeting, schedule, change, now)
        elif fields.keys() & _TOLD and meeting.schedule is not None:
            fields["schedule"] = as_document(structs.replace(meeting.schedule, sequence=meeting.schedule.sequence + 1))
        return await self._repository.change_meeting(meeting, **fields) if fields else meeting

    async def _moved(
        self, meeting: Meeting, schedule: Schedule, change: MeetingChange, now: datetime
    ) -> dict[str, Any]:
        fields: dict[str, Any] = {"schedule": as_document(schedule)}
        if not rules.moves(change):
            return fields
        if meeting.status == "live":
            raise MeetingLive
        await self._dates.forget_changes(meeting.code)
        begun = await self._series.begin(structs.replace(meeting, schedule=schedule), now)
        moved = {name: getattr(begun, name) for name in _PLACE}
        return fields | moved | {"warned": False}

    async def _invite(self, meeting: Meeting, change: MeetingChange) -> None:
        told = any(getattr(change, name) is not UNSET for name in _TOLD)
        if change.invitees is not UNSET:
            await self._invitations.change(meeting, change.invitees, tell_others=told)
        elif told and meeting.schedule is not None:
            await self._invitations.tell(meeting)

    async def _tell_room(self, meeting: Meeting) -> None:
        soon = ending_soon(meeting.closes_at, self._clock.now())
        about = {"title": meeting.title, "lobby": meeting.lobby, "ends_at": meeting.closes_at, "ending_soon": soon}
        await self._bus.change(
            meeting.code, set_meeting(needs_password=meeting.password_sealed is not None, announce=True, **about)
        )

    async def cancel(self, host: Person) -> None:
        """Cancel a meeting, of a series all dates to come; whoever is in it is sent out. Twice does no harm."""
        meeting = await self._meetings.find(host.meeting)
        if await self._meetings.end(meeting.code, "cancelled") and meeting.schedule is not None:
            schedule = structs.replace(meeting.schedule, sequence=meeting.schedule.sequence + 1)
            await self._invitations.tell_cancelled(structs.replace(meeting, schedule=schedule))

    async def let_go(self, user_id: str, email: str, name: str, *, hard: bool) -> None:
        """An account goes: what it had planned is cancelled, and nothing is kept of whom it invited or who invited it.

        `hard`: its name and address stand in nothing that is mailed or kept because of this.
        """
        for code in await self._repository.hosted(user_id):
            meeting = await self._repository.meeting(code)
            if meeting is None or meeting.host_user != user_id:
                continue
            if hard:
                await self._dates.erase_names(code, {name, email}, meeting.host_name)
            if meeting.schedule is not None and await self._meetings.end(code, "cancelled"):
                await self._invitations.tell_cancelled(meeting, anonymous=hard)
            await self._invitations.clear(code)
        await self._invitations.forget(email)

    # --- single dates ---

    async def change_date(self, host: Person, original: datetime, change: OccurrenceChange) -> Slot:
        """Move or change one date of a series; raises `NotFound`, `MeetingEnded`, `MeetingLive`, `InvalidBody`."""
        meeting, slot = await self._date(host, original)
        now = self._clock.now()
        starts_at = slot.starts_at if change.starts_at is UNSET else _in_utc(change.starts_at, now)
        length = slot.ends_at - slot.starts_at
        if change.duration_minutes is not UNSET:
            length = timedelta(minutes=change.duration_minutes)
        if starts_at + length <= now:
            raise InvalidBody(errors={"starts_at": "This is over already."})
        changed = structs.replace(
            slot,
            starts_at=starts_at,
            ends_at=starts_at + length,
            title=slot.title if change.title is UNSET else one_line(change.title),
            description=slot.description if change.description is UNSET else lines(change.description),
            changed=True,
        )
        await self._keep(meeting, changed, "scheduled")
        await self._invitations.tell(await self._go_on(meeting), changed)
        return changed

    async def cancel_date(self, host: Person, original: datetime) -> None:
        """Let one date of a series fall out; raises `NotFound`, `MeetingEnded`, `MeetingLive`."""
        meeting, slot = await self._date(host, original)
        await self._keep(meeting, slot, "cancelled")
        after = await self._go_on(meeting)
        if after.starts_at is None:
            await self.cancel(host)
        else:
            await self._invitations.tell_cancelled(after, slot)

    async def _date(self, host: Person, original: datetime) -> tuple[Meeting, Slot]:
        meeting = await self._meetings.find(host.meeting)
        if meeting.schedule is None or meeting.schedule.recurrence is None:
            raise NotScheduled("This meeting does not repeat.")
        if meeting.ended_at is not None:
            raise MeetingEnded
        slot = await self._series.slot(meeting, original)
        if slot is None:
            raise NotFound
        if slot.ends_at <= self._clock.now():
            raise MeetingEnded
        if meeting.status == "live" and meeting.occurrence == original:
            raise MeetingLive
        return meeting, slot

    async def _keep(self, meeting: Meeting, slot: Slot, status: Any) -> None:
        if await self._dates.count_kept(meeting.code) >= MOST_CHANGED:
            raise InvalidBody("So many dates of one series cannot differ from its rule.")
        await self._dates.put(
            Occurrence(
                id=occurrence_key(meeting.code, slot.original),
                meeting=meeting.code,
                original=slot.original,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                status=status,
                title=slot.title,
                description=slot.description,
            )
        )

    async def _go_on(self, meeting: Meeting) -> Meeting:
        """After a change of its dates: which one is next, and calendars are told of something newer."""
        now = self._clock.now()
        for _ in range(_TRIES):
            if meeting.schedule is None:
                raise NotScheduled
            schedule = structs.replace(meeting.schedule, sequence=meeting.schedule.sequence + 1)
            begun = meeting if meeting.status == "live" else await self._series.begin(meeting, now)
            fields = {name: getattr(begun, name) for name in _PLACE}
            changed = await self._repository.change_meeting(meeting, schedule=as_document(schedule), **fields)
            if changed is not None:
                await self._repository.set_start(meeting.code, changed.starts_at)
                await self._reminders.plan(changed)
                await self._tell_room(changed)
                return changed
            meeting = await self._meetings.find(meeting.code)
        raise Unavailable

    # --- while it goes on ---

    async def extend(self, code: str) -> datetime:
        """Fifteen minutes more; when it will be closed now. Raises `NotScheduled`, `NotAllowed`."""
        for _ in range(_TRIES):
            meeting = await self._meetings.find(code)
            if meeting.closes_at is None or meeting.starts_at is None:
                raise NotScheduled
            if meeting.ended_at is not None:
                raise MeetingEnded
            if meeting.status != "live":
                raise NotScheduled("This meeting does not go on now.")
            closes_at = meeting.closes_at + rules.EXTENSION
            if closes_at - meeting.starts_at > rules.LONGEST:
                raise NotAllowed("No meeting can be longer than this.")
            changed = await self._repository.change_meeting(meeting, closes_at=closes_at, warned=False)
            if changed is not None:
                await self._tell_room(changed)
                return closes_at
        raise Unavailable


def _in_utc(moment: datetime, now: datetime) -> datetime:
    if not now - rules.FARTHEST < moment < now + rules.FARTHEST:
        raise InvalidBody(errors={"starts_at": "This is too far away."})
    return moment.astimezone(now.tzinfo).replace(second=0, microsecond=0)
