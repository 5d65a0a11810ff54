"""When a series takes place. Pure: dateutil's rules in the wall time of the organiser's zone, made into UTC.

So the hour on the wall stays when clocks change. A time that a change skips moves on by as much as was skipped, and of
a time that comes twice the first counts: RFC 5545, section 3.3.5.
"""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Literal

from dateutil.rrule import DAILY, FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, rrule, weekday
from msgspec.structs import replace

from videocall.scheduling.model import Recurrence, Schedule, Weekday

WEEKDAYS: tuple[Weekday, ...] = ("mo", "tu", "we", "th", "fr", "sa", "su")
LAST_YEAR = 2200
"""Rules without an end are followed no further."""
_RULE_DAYS = dict(zip(WEEKDAYS, (MO, TU, WE, TH, FR, SA, SU), strict=True))
_FREQUENCIES: dict[str, Literal[1, 2, 3]] = {"daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY}


@cache
def time_zones() -> frozenset[str]:
    """Every zone that somebody may choose (IANA)."""
    return frozenset({"UTC", *zoneinfo.available_timezones()} - {"Factory", "localtime", "posixrules"})


def to_utc(wall: datetime, zone: str) -> datetime:
    """The moment of a wall time."""
    return wall.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0).astimezone(UTC)


def to_wall(moment: datetime, zone: str) -> datetime:
    """The wall time of a moment, without a zone."""
    return moment.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def error_in(recurrence: Recurrence) -> tuple[str, str] | None:
    """The field of a recurrence that does not fit, and why; None when all is well."""
    if recurrence.until is not None and recurrence.count is not None:
        return "count", "It ends on a day or after a number of times, not both."
    if recurrence.freq == "daily" and recurrence.weekdays:
        return "weekdays", "On certain weekdays it is weekly."
    if recurrence.freq == "monthly" and recurrence.weekdays and recurrence.nth is None:
        return "nth", "Please say which of these weekdays in the month."
    if recurrence.nth is not None and (recurrence.freq != "monthly" or len(recurrence.weekdays) > 1):
        return "nth", "This takes one weekday of a monthly meeting."
    if recurrence.month_day is not None and (recurrence.freq != "monthly" or recurrence.nth is not None):
        return "month_day", "This is for monthly meetings by date."
    return None


def settled(schedule: Schedule) -> Schedule:
    """The schedule with what its recurrence leaves open read off the start, and the start on the first day that fits.

    Raises `ValueError` when no day fits.
    """
    recurrence = schedule.recurrence
    if recurrence is None:
        return schedule
    first = to_wall(schedule.starts_at, schedule.time_zone)
    if recurrence.freq == "weekly" or recurrence.nth is not None:
        days = [day for day in WEEKDAYS if day in recurrence.weekdays] or [WEEKDAYS[first.weekday()]]
        recurrence = replace(recurrence, weekdays=days)
    elif recurrence.freq == "monthly" and recurrence.month_day is None:
        recurrence = replace(recurrence, month_day=first.day)
    start = next(_walls(schedule, recurrence), None)
    if start is None:
        raise ValueError("No day fits.")
    return replace(schedule, recurrence=recurrence, starts_at=to_utc(start, schedule.time_zone))


def _walls(schedule: Schedule, recurrence: Recurrence) -> Iterator[datetime]:
    days: list[weekday] | None = [_RULE_DAYS[day] for day in recurrence.weekdays] or None
    if recurrence.nth is not None and days:
        days = [day(recurrence.nth) for day in days]
    rule = rrule(
        _FREQUENCIES[recurrence.freq],
        dtstart=to_wall(schedule.starts_at, schedule.time_zone),
        interval=recurrence.interval,
        wkst=MO,
        byweekday=days,
        bymonthday=recurrence.month_day,
        count=recurrence.count,
        until=None if recurrence.count else datetime.combine(recurrence.until or date(LAST_YEAR, 1, 1), time.max),
    )
    return iter(rule)


def starts(schedule: Schedule, after: datetime | None = None) -> Iterator[datetime]:
    """Every start in order, those after a moment when one is given."""
    if schedule.recurrence is None:
        yield from [schedule.starts_at] if after is None or schedule.starts_at > after else []
        return
    for wall in _walls(schedule, schedule.recurrence):
        # Long series are walked from their first day: no zone is asked about what is clearly too early.
        if after is not None and wall.replace(tzinfo=UTC) < after - timedelta(days=2):
            continue
        moment = to_utc(wall, schedule.time_zone)
        if after is None or moment > after:
            yield moment


def is_start(schedule: Schedule, moment: datetime) -> bool:
    """Whether the rule has a start at that very moment."""
    return next(starts(schedule, moment - timedelta(milliseconds=1)), None) == moment


def rule_text(schedule: Schedule) -> str:
    """The recurrence as the value of an RRULE (RFC 5545, section 3.3.10); empty for a meeting that does not repeat."""
    recurrence = schedule.recurrence
    if recurrence is None:
        return ""
    parts = [f"FREQ={recurrence.freq.upper()}"]
    if recurrence.interval > 1:
        parts.append(f"INTERVAL={recurrence.interval}")
    if recurrence.weekdays:
        nth = "" if recurrence.nth is None else str(recurrence.nth)
        parts.append("BYDAY=" + ",".join(nth + day.upper() for day in recurrence.weekdays))
    if recurrence.month_day is not None:
        parts.append(f"BYMONTHDAY={recurrence.month_day}")
    if recurrence.count is not None:
        parts.append(f"COUNT={recurrence.count}")
    elif recurrence.until is not None:
        last = to_utc(datetime.combine(recurrence.until, time(23, 59, 59)), schedule.time_zone)
        parts.append(f"UNTIL={last:%Y%m%dT%H%M%SZ}")
    return ";".join(parts)
