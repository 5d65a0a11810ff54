"""Pure decisions about when meetings are."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import UNSET, structs

from videocall.problems import InvalidBody
from videocall.scheduling.model import MeetingChange, Recurrence, Schedule
from videocall.scheduling.recurrence import error_in, settled, starts, time_zones

FARTHEST = timedelta(days=5 * 366)
"""How far ahead a meeting may begin."""
EXTENSION = timedelta(minutes=15)
LONGEST = timedelta(hours=36)
"""No extension makes a meeting longer."""
WARN_BEFORE = timedelta(minutes=5)
TIMES = ("starts_at", "duration_minutes", "time_zone", "recurrence")
"""What moves a meeting; the rest of a schedule can change while it goes on."""
_SETTINGS = (*TIMES, "early_entry_minutes", "before_host", "reminders")


def plan(
    starts_at: datetime | None,
    duration_minutes: int,
    time_zone: str,
    recurrence: Recurrence | None,
    now: datetime,
    **settings: Any,
) -> Schedule:
    """The schedule of a new meeting; raises `InvalidBody` with a sentence for each field."""
    if starts_at is None:
        raise InvalidBody(errors={"starts_at": "Please say when it starts."})
    schedule = Schedule(
        starts_at=starts_at,
        duration_minutes=duration_minutes,
        time_zone=time_zone,
        recurrence=recurrence,
        **{**settings, "reminders": sorted(set(settings.get("reminders", [])), reverse=True)},
    )
    return checked(schedule, now)


def checked(schedule: Schedule, now: datetime) -> Schedule:
    """The schedule with nothing left open; raises `InvalidBody` when it does not fit, or is over already."""
    errors: dict[str, str] = {}
    if schedule.time_zone not in time_zones():
        errors["time_zone"] = "There is no such time zone."
    wrong = error_in(schedule.recurrence) if schedule.recurrence else None
    if wrong is not None:
        errors[f"recurrence.{wrong[0]}"] = wrong[1]
    if not now - FARTHEST < schedule.starts_at < now + FARTHEST:
        errors["starts_at"] = "This is too far away."
    if errors:
        raise InvalidBody(errors=errors)
    utc = schedule.starts_at.astimezone(now.tzinfo)
    try:
        schedule = settled(structs.replace(schedule, starts_at=utc.replace(second=0, microsecond=0)))
    except ValueError:
        raise InvalidBody(errors={"recurrence": "There is no such day."}) from None
    if next(starts(schedule, now - timedelta(minutes=schedule.duration_minutes)), None) is None:
        raise InvalidBody(errors={"starts_at": "This is over already."})
    return schedule


def changed(schedule: Schedule, change: MeetingChange, now: datetime) -> Schedule:
    """The schedule after a change, which calendars are told of by a higher `sequence`."""
    fields = {name: getattr(change, name) for name in _SETTINGS if getattr(change, name) is not UNSET}
    if "reminders" in fields:
        fields["reminders"] = sorted(set(fields["reminders"]), reverse=True)
    after = structs.replace(schedule, **fields, sequence=schedule.sequence + 1)
    return checked(after, now) if moves(change) else after


def moves(change: MeetingChange) -> bool:
    """Whether a change is about when the meeting is."""
    return any(getattr(change, name) is not UNSET for name in TIMES)
