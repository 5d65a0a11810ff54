"""Attendance as a table for spreadsheets (RFC 4180)."""

import csv
import io
from datetime import UTC, datetime

from videocall.clock import Clock
from videocall.meetings.model import ParticipantView, Person
from videocall.meetings.service import Meetings
from videocall.problems import NotFound
from videocall.scheduling.repository import ScheduleRepository
from videocall.texts import table_cell

_COLUMNS = ("date", "name", "role", "joined_at", "left_at", "minutes")


class Tables:
    """Writes who was there, from when to when."""

    def __init__(self, *, clock: Clock, meetings: Meetings, repository: ScheduleRepository) -> None:
        self._clock = clock
        self._meetings = meetings
        self._repository = repository

    async def attendance(self, host: Person, occurrence: datetime | None) -> str:
        """One line for each visit, of one date of a series or of all; raises `NotFound`."""
        meeting = await self._meetings.find(host.meeting)
        if occurrence is not None:
            known = await self._repository.occurrence(meeting.code, occurrence)
            if known is None and meeting.occurrence != occurrence:
                raise NotFound
        people = await self._meetings.attendance(meeting.code, occurrence)
        return _table(people, self._clock.now())


def _table(people: list[ParticipantView], now: datetime) -> str:
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_COLUMNS)
    visits = [(visit.joined_at, visit.left_at, person) for person in people for visit in person.visits]
    for joined_at, left_at, person in sorted(visits, key=lambda visit: (visit[0], visit[2].name)):
        minutes = round(((left_at or now) - joined_at).total_seconds() / 60)
        cells = (joined_at.date(), person.name, person.role, _time(joined_at), left_at and _time(left_at), minutes)
        table.writerow(table_cell(cell) for cell in cells)
    return out.getvalue()


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
