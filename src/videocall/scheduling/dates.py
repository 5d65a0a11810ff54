"""The dates of a meeting for its hosts: those to come, and those that are over with who was there."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from videocall.clock import Clock
from videocall.meetings.model import Meeting, Person
from videocall.meetings.service import Meetings
from videocall.problems import InvalidBody, NotFound
from videocall.scheduling.model import Occurrence
from videocall.scheduling.repository import ScheduleRepository
from videocall.scheduling.series import Series, Slot
from videocall.scheduling.views import OccurrencePage, OccurrenceView

DatesView = Literal["upcoming", "history"]
MOST = 50
"""Dates in one page."""
_FARTHEST = 2000
"""Dates to come that can be paged through."""
_TIES = 20


class Dates:
    """Reads the dates of meetings."""

    def __init__(self, *, clock: Clock, meetings: Meetings, repository: ScheduleRepository, series: Series) -> None:
        self._clock = clock
        self._meetings = meetings
        self._repository = repository
        self._series = series

    async def page(self, host: Person, view: DatesView, cursor: str | None, limit: int) -> OccurrencePage:
        """Some dates; raises `InvalidBody` for a cursor that is not ours."""
        meeting = await self._meetings.find(host.meeting)
        place = _read_cursor(cursor) if cursor else None
        items = await (self._to_come(meeting, place) if view == "upcoming" else self._over(meeting, place, limit))
        more = len(items) > limit
        items = items[:limit]
        if view == "history":
            for item in items:
                occurrence = item.original if _repeats(meeting) else None
                item.participants = await self._meetings.attendance(meeting.code, occurrence)
        return OccurrencePage(items=items, next_cursor=_cursor(items[-1]) if more else None)

    async def one(self, host: Person, original: datetime) -> OccurrenceView:
        """One date of a series; raises `NotFound`."""
        meeting = await self._meetings.find(host.meeting)
        kept = await self._repository.occurrence(meeting.code, original)
        slot = await self._series.slot(meeting, original)
        if kept is not None and kept.status in {"ended", "cancelled"}:
            view = _of_record(meeting, kept)
        elif slot is not None:
            view = _of_slot(meeting, slot)
        else:
            raise NotFound
        view.participants = await self._meetings.attendance(meeting.code, original)
        return view

    def changed(self, meeting: Meeting, slot: Slot) -> OccurrenceView:
        """A date that was just changed."""
        return _of_slot(meeting, slot)

    async def _to_come(self, meeting: Meeting, place: tuple[datetime, datetime] | None) -> list[OccurrenceView]:
        if meeting.ended_at is not None:
            return []
        slots = await self._series.upcoming(meeting, self._clock.now(), _FARTHEST if place else MOST + 1)
        later = (slot for slot in slots if place is None or (slot.starts_at, slot.original) > place)
        return [_of_slot(meeting, slot) for slot in islice(later, MOST + 1)]

    async def _over(
        self, meeting: Meeting, place: tuple[datetime, datetime] | None, limit: int
    ) -> list[OccurrenceView]:
        if not _repeats(meeting):
            return [] if meeting.ended_at is None or place else [_of_whole(meeting)]
        before = place[0] if place else self._clock.now() + timedelta(days=3650)
        records = await self._repository.over(meeting.code, before, limit + _TIES)
        return [
            _of_record(meeting, record)
            for record in records
            if place is None or (record.starts_at, record.original) < place
        ]


def _repeats(meeting: Meeting) -> bool:
    return meeting.schedule is not None and meeting.schedule.recurrence is not None


def _of_slot(meeting: Meeting, slot: Slot) -> OccurrenceView:
    current = meeting.status == "live" and meeting.occurrence in {None, slot.original}
    ends_at = meeting.closes_at if current and meeting.closes_at else slot.ends_at
    return OccurrenceView(
        original=slot.original,
        starts_at=slot.starts_at,
        ends_at=ends_at,
        duration_minutes=_minutes(slot.starts_at, ends_at),
        title=slot.title or meeting.title,
        description=meeting.description if slot.description is None else slot.description,
        status="live" if current else "scheduled",
        changed=slot.changed,
        started_at=meeting.started_at if current else None,
        ended_at=None,
        end_reason=None,
        participants=[],
    )


def _of_record(meeting: Meeting, record: Occurrence) -> OccurrenceView:
    return OccurrenceView(
        original=record.original,
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        duration_minutes=_minutes(record.starts_at, record.ends_at),
        title=record.title or meeting.title,
        description=meeting.description if record.description is None else record.description,
        status=record.status,
        changed=bool(record.title) or record.description is not None or record.starts_at != record.original,
        started_at=record.started_at,
        ended_at=record.ended_at,
        end_reason="cancelled" if record.status == "cancelled" else record.end_reason,
        participants=[],
    )


def _of_whole(meeting: Meeting) -> OccurrenceView:
    starts_at = meeting.starts_at or meeting.created_at
    ends_at = meeting.closes_at or meeting.ended_at or starts_at
    return OccurrenceView(
        original=starts_at,
        starts_at=starts_at,
        ends_at=ends_at,
        duration_minutes=_minutes(starts_at, ends_at),
        title=meeting.title,
        description=meeting.description,
        status="cancelled" if meeting.status == "cancelled" else "ended",
        changed=False,
        started_at=meeting.started_at,
        ended_at=meeting.ended_at,
        end_reason=meeting.end_reason,
        participants=[],
    )


def _minutes(begin: datetime, end: datetime) -> int:
    return round((end - begin).total_seconds() / 60)


def _cursor(item: OccurrenceView) -> str:
    return f"{item.starts_at:%Y%m%dT%H%M%SZ}-{item.original:%Y%m%dT%H%M%SZ}"


def _read_cursor(cursor: str) -> tuple[datetime, datetime]:
    try:
        starts_at, _, original = cursor.partition("-")
        return read_stamp(starts_at), read_stamp(original)
    except ValueError:
        raise InvalidBody(errors={"cursor": "This is no cursor of ours."}) from None


def read_stamp(text: str) -> datetime:
    """A moment in the form that calendars use, 20260622T120000Z; raises `ValueError`."""
    return datetime.strptime(text, "%Y%m%dT%H%M%S%z")
