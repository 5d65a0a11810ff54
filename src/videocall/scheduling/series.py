"""The dates of a meeting: what the rule says, with what became of single dates."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from videocall.meetings.model import Meeting
from videocall.scheduling.model import Occurrence, Schedule
from videocall.scheduling.recurrence import is_start, starts
from videocall.scheduling.repository import ScheduleRepository, occurrence_key


class Slot(Struct, frozen=True):
    """One date to come, or going on. An empty `title` and a `description` of None are the meeting's."""

    original: datetime
    starts_at: datetime
    ends_at: datetime
    title: str = ""
    description: str | None = None
    changed: bool = False


def slots(schedule: Schedule, kept: Sequence[Occurrence], after: datetime) -> Iterator[Slot]:
    """The dates that end after a moment, soonest first; without those that were cancelled or are over."""
    known = {one.original for one in kept}
    length = timedelta(minutes=schedule.duration_minutes)
    by_rule = (
        Slot(original=start, starts_at=start, ends_at=start + length)
        for start in starts(schedule, after - length)
        if start not in known
    )
    changed = [
        Slot(
            original=one.original,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            title=one.title,
            description=one.description,
            changed=True,
        )
        for one in kept
        if one.status == "scheduled" and one.ends_at > after
    ]
    return _merged(by_rule, sorted(changed, key=_place))


def _merged(*lists: Iterable[Slot]) -> Iterator[Slot]:
    return heapq.merge(*lists, key=_place)


def _place(slot: Slot) -> tuple[datetime, datetime]:
    return slot.starts_at, slot.original


class Series:
    """Answers when a meeting takes place."""

    def __init__(self, repository: ScheduleRepository) -> None:
        self._repository = repository

    async def upcoming(self, meeting: Meeting, after: datetime, most: int) -> list[Slot]:
        """The next dates that end after a moment, soonest first."""
        schedule = meeting.schedule
        if schedule is None:
            return []
        kept = await self._repository.kept(meeting.code, after) if schedule.recurrence else []
        return list(islice(slots(schedule, kept, after), most))

    async def next(self, meeting: Meeting, after: datetime) -> Slot | None:
        """The date that goes on at a moment or comes next."""
        found = await self.upcoming(meeting, after, 1)
        return found[0] if found else None

    async def begin(self, meeting: Meeting, after: datetime) -> Meeting:
        """The meeting with the date that goes on at a moment, or comes next, in front; with none when all is over."""
        slot = await self.next(meeting, after)
        series = meeting.schedule is not None and meeting.schedule.recurrence is not None
        return replace(
            meeting,
            occurrence=slot.original if slot and series else None,
            starts_at=slot.starts_at if slot else None,
            closes_at=slot.ends_at if slot else None,
        )

    async def slot(self, meeting: Meeting, original: datetime) -> Slot | None:
        """One date by its name; None when there is no such one, or no longer."""
        schedule = meeting.schedule
        if schedule is None or schedule.recurrence is None:
            return None
        one = await self._repository.occurrence(meeting.code, original)
        kept = [] if one is None else [one]
        if one is None and not is_start(schedule, original):
            return None
        since = min(original, one.starts_at) if one else original
        return next((slot for slot in islice(slots(schedule, kept, since), 2) if slot.original == original), None)

    async def record(self, meeting: Meeting) -> str | None:
        """Keep the date of a series that has just ended; its key when there is a reason to, None for nobody came.

        Doing it twice is the same as once.
        """
        original, ended_at = meeting.occurrence, meeting.ended_at
        if original is None or meeting.starts_at is None or meeting.closes_at is None or ended_at is None:
            return None
        if meeting.started_at is None and ended_at >= meeting.closes_at:
            return None
        before = await self._repository.occurrence(meeting.code, original)
        key = occurrence_key(meeting.code, original)
        await self._repository.put(
            Occurrence(
                id=key,
                meeting=meeting.code,
                original=original,
                starts_at=meeting.starts_at,
                ends_at=meeting.closes_at,
                status="ended",
                title=before.title if before else "",
                description=before.description if before else None,
                started_at=meeting.started_at,
                ended_at=ended_at,
                end_reason=meeting.end_reason,
                server=meeting.server if meeting.carrier == "jitsi" else None,
                moves=meeting.moves,
            )
        )
        return key
