"""Times in English words, for mails and templates; pages say them in the visitor's own language."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from videocall.scheduling.model import Recurrence, Schedule
from videocall.scheduling.recurrence import WEEKDAYS, to_wall

_DAYS = dict(zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_UNITS = {"daily": "day", "weekly": "week", "monthly": "month"}


def span_in_words(starts_at: datetime, minutes: int, zone: str) -> str:
    """For example “Monday, 22 June 2026, 14:00 to 15:00 (Europe/Berlin, UTC+02:00)”."""
    begin, end = to_wall(starts_at, zone), to_wall(starts_at + timedelta(minutes=minutes), zone)
    until = f"{end:%H:%M}" if end.date() == begin.date() else f"{end:%A}, {end.day} {end:%B}, {end:%H:%M}"
    offset = f"{starts_at.astimezone(ZoneInfo(zone)):%z}"
    where = zone if zone == "UTC" else f"{zone}, UTC{offset[:3]}:{offset[3:5]}"
    return f"{begin:%A}, {begin.day} {begin:%B %Y}, {begin:%H:%M} to {until} ({where})"


def in_words(schedule: Schedule, zone: str | None = None) -> str:
    """When a meeting is, with how it repeats, in a zone or the meeting's own."""
    text = span_in_words(schedule.starts_at, schedule.duration_minutes, zone or schedule.time_zone)
    return f"{text}, {rule_in_words(schedule.recurrence)}" if schedule.recurrence else text


def rule_in_words(recurrence: Recurrence) -> str:
    """For example “every 2 weeks on Monday and Friday until 1 July 2027”."""
    unit = _UNITS[recurrence.freq]
    text = f"every {unit}" if recurrence.interval == 1 else f"every {recurrence.interval} {unit}s"
    if recurrence.nth is not None and recurrence.weekdays:
        text += f" on the {_NTH[recurrence.nth]} {_DAYS[recurrence.weekdays[0]]}"
    elif recurrence.weekdays:
        days = [_DAYS[day] for day in recurrence.weekdays]
        text += " on " + (" and ".join([", ".join(days[:-1]), days[-1]]) if len(days) > 1 else days[0])
    elif recurrence.month_day is not None:
        text += f" on day {recurrence.month_day}"
    if recurrence.until is not None:
        text += f" until {recurrence.until.day} {recurrence.until:%B %Y}"
    if recurrence.count is not None:
        text += f", {recurrence.count} times"
    return text


def begins(starts_at: datetime, now: datetime) -> str:
    """How soon a meeting begins, seen from now: “in 10 minutes”."""
    minutes = round((starts_at - now).total_seconds() / 60)
    for length, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= length:
            count = round(minutes / length)
            return f"in {count} {unit}{'' if count == 1 else 's'}"
    return "now"
