"""When meetings are, in the reader's words, for mails and templates; pages say it themselves (web/src/agenda)."""

from videocall.scheduling.model import Recurrence, Schedule
from videocall.scheduling.recurrence import WEEKDAYS
from videocall.words import Words

_NTH = {1: "monthly_first", 2: "monthly_second", 3: "monthly_third", 4: "monthly_fourth", -1: "monthly_last"}
_UNITS = {"daily": "repeat_days", "weekly": "repeat_weeks", "monthly": "repeat_months"}


def in_words(words: Words, schedule: Schedule) -> str:
    """When a meeting is in its own zone, and in another line how it repeats."""
    text = words.span(schedule.starts_at, schedule.duration_minutes, schedule.time_zone)
    return f"{text}\n{rule_in_words(words, schedule.recurrence)}" if schedule.recurrence else text


def rule_in_words(words: Words, recurrence: Recurrence) -> str:
    """For example “every 2 weeks on Monday and Friday until 1 July 2027”."""
    often = words.say(_UNITS[recurrence.freq], recurrence.interval)
    days = [words.weekday(WEEKDAYS.index(day)) for day in recurrence.weekdays]
    if recurrence.nth is not None and days:
        which = words.say(_NTH[recurrence.nth], weekday=days[0])
        often = words.say("repeat_months_on", months=often, which=which)
    elif days:
        often = words.say("repeat_weeks_on", weeks=often, days=words.all_of(days))
    elif recurrence.month_day is not None:
        often = words.say("repeat_months_on", months=often, which=words.say("monthly_day", day=recurrence.month_day))
    if recurrence.until is not None:
        often = words.say("repeat_until", often=often, date=words.day(recurrence.until))
    if recurrence.count is not None:
        often = words.say("repeat_times", recurrence.count, often=often)
    return often
