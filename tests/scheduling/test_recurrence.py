"""When a series takes place, held against its plain definition day by day, and dateutil's reading of our RRULE."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from videocall.meetings.model import Meeting
from videocall.scheduling.ics import Entry, calendar
from videocall.scheduling.model import Recurrence, Schedule
from videocall.scheduling.recurrence import WEEKDAYS, error_in, is_start, rule_text, settled, starts, to_wall
from videocall.scheduling.words import in_words
from videocall.words import LANGUAGES, Words

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Pacific/Chatham",
    "America/Santiago",
    "Europe/Dublin",
    "America/Havana",
)
MOST = 24
DAYS = 40_000


def recurrences() -> st.SearchStrategy[Recurrence]:
    ends = st.one_of(
        st.just({}),
        st.builds(lambda count: {"count": count}, st.integers(1, MOST)),
        st.builds(lambda days: {"until": date(2027, 1, 1) + timedelta(days=days)}, st.integers(0, 900)),
    )
    days = st.lists(st.sampled_from(WEEKDAYS), unique=True, max_size=7)
    kinds = st.one_of(
        st.just({"freq": "daily"}),
        st.builds(lambda weekdays: {"freq": "weekly", "weekdays": weekdays}, days),
        st.builds(lambda day: {"freq": "monthly", "month_day": day}, st.one_of(st.none(), st.integers(1, 31))),
        st.builds(
            lambda nth, day: {"freq": "monthly", "nth": nth, "weekdays": [day] if day else []},
            st.sampled_from([-1, 1, 2, 3, 4]),
            st.one_of(st.none(), st.sampled_from(WEEKDAYS)),
        ),
    )
    return st.builds(
        lambda kind, end, interval: Recurrence(**kind, **end, interval=interval), kinds, ends, st.integers(1, 14)
    )


def schedules() -> st.SearchStrategy[Schedule]:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    moments = st.integers(0, 3 * 366 * 24 * 60).map(lambda minutes: begin + timedelta(minutes=minutes))
    return st.builds(
        lambda starts_at, zone, recurrence: Schedule(
            starts_at=starts_at, duration_minutes=30, time_zone=zone, recurrence=recurrence
        ),
        moments,
        st.sampled_from(ZONES),
        recurrences(),
    )


def by_definition(schedule: Schedule) -> Iterator[datetime]:
    """Wall times of a series: every day from the first on is asked whether it belongs."""
    rule, first = schedule.recurrence, to_wall(schedule.starts_at, schedule.time_zone)
    assert rule is not None
    found = 0
    monday = first.date() - timedelta(days=first.weekday())
    for offset in range(DAYS):
        day = first.date() + timedelta(days=offset)
        if rule.until is not None and day > rule.until:
            return
        months = (day.year - first.year) * 12 + day.month - first.month
        match rule.freq:
            case "daily":
                belongs = offset % rule.interval == 0
            case "weekly":
                weeks = (day - monday).days // 7
                belongs = weeks % rule.interval == 0 and WEEKDAYS[day.weekday()] in rule.weekdays
            case _ if rule.nth is None:
                belongs = months % rule.interval == 0 and day.day == rule.month_day
            case _:
                last = (day + timedelta(days=7)).month != day.month
                right = last if rule.nth == -1 else (day.day - 1) // 7 + 1 == rule.nth
                belongs = months % rule.interval == 0 and WEEKDAYS[day.weekday()] in rule.weekdays and right
        if belongs:
            found += 1
            yield datetime.combine(day, first.time())
            if found == rule.count:
                return


def moment_of(wall: datetime, zone: str) -> datetime:
    """RFC 5545, section 3.3.5: the first of two, and what does not exist by the offset from before the gap."""
    around = [wall.replace(tzinfo=UTC) + timedelta(days=days) for days in (-1, 1)]
    offsets = [at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta() for at in around]
    found = [wall.replace(tzinfo=UTC) - offset for offset in offsets]
    real = [at for at in found if to_wall(at, zone) == wall]
    return min(real) if real else found[0]


@examples(max_examples=1000, deadline=None, database=None, derandomize=True)
@given(wish=schedules())
def test_a_thousand_rules_give_the_dates_that_they_say(wish: Schedule) -> None:
    assert wish.recurrence is not None
    if error_in(wish.recurrence) is not None:
        return
    try:
        schedule = settled(wish)
    except ValueError:
        return
    assert schedule.starts_at >= wish.starts_at - timedelta(hours=3), "no sooner than wished"
    found = list(islice(starts(schedule), MOST))
    walls = list(islice(by_definition(schedule), MOST))
    assert found == [moment_of(wall, schedule.time_zone) for wall in walls]
    first = datetime.combine(walls[0].date(), walls[0].time(), ZoneInfo(schedule.time_zone))
    again = rrulestr(rule_text(schedule), dtstart=first)
    assert [at.replace(tzinfo=None) for at in islice(again, MOST)] == walls
    later = found[len(found) // 2]
    assert next(starts(schedule, later - timedelta(seconds=1))) == later
    assert is_start(schedule, later)
    assert not is_start(schedule, later + timedelta(minutes=1))
    assert in_words(Words(sorted(LANGUAGES)[walls[0].day % len(LANGUAGES)]), schedule)


def daily(starts_at: datetime, zone: str, interval: int = 1) -> Schedule:
    recurrence = Recurrence(freq="daily", interval=interval)
    return Schedule(starts_at=starts_at, duration_minutes=30, time_zone=zone, recurrence=recurrence)


def changes(zone: str) -> list[datetime]:
    """Every change of clocks from 2026 to 2028, as the first hour after it."""
    begin, found = datetime(2026, 1, 1, tzinfo=UTC), []
    for hour in range(3 * 365 * 24):
        at = begin + timedelta(hours=hour)
        if to_wall(at, zone) - to_wall(at - timedelta(hours=1), zone) != timedelta(hours=1):
            found.append(at)
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_clocks_leaves_the_hour_on_the_wall(zone: str) -> None:
    for change in changes(zone):
        before = to_wall(change - timedelta(hours=2), zone)
        for minutes in range(0, 6 * 60, 15):
            wall = before - timedelta(days=3) + timedelta(minutes=minutes)
            schedule = Schedule(
                starts_at=moment_of(wall, zone),
                duration_minutes=30,
                time_zone=zone,
                recurrence=Recurrence(freq="daily"),
            )
            expected = [moment_of(wall + timedelta(days=day), zone) for day in range(7)]
            assert list(islice(starts(schedule), 7)) == expected
            shown = [to_wall(at, zone).time() for at in expected]
            assert [at for at in shown if at != wall.time()] in ([], [shown[3]]), "only what was skipped moves"


def entry(schedule: Schedule) -> Entry:
    fields: dict[str, Any] = dict.fromkeys(("title", "description", "host_name", "host_key_digest", "host_id"), "x")
    meeting = Meeting(
        code="abc-defg-hjk",
        kind="scheduled",
        status="scheduled",
        engine="auto",
        server=None,
        lobby=False,
        password_sealed=None,
        host_email=None,
        created_at=schedule.starts_at,
        schedule=schedule,
        **fields,
    )
    link = "https://meet.example/m/x"
    return Entry(meeting=meeting, schedule=schedule, link=link, organizer="ada@example.org", host_name="Ada")


@pytest.mark.parametrize("zone", [zone for zone in ZONES if changes(zone)])
def test_calendars_that_know_no_zones_read_ours(zone: str) -> None:
    """The zone goes by another name in the file, so that only its VTIMEZONE says when the clocks change."""
    begin = datetime(2026, 1, 1, 12, tzinfo=UTC)
    schedule = daily(begin, zone, interval=3)
    text = calendar([entry(schedule)], method="PUBLISH", site="https://meet.example", now=begin).decode()
    disguised = icalendar.Calendar.from_ical(text.replace(zone, "Nowhere-" + zone.replace("/", "-")))
    events = recurring_ical_events.of(disguised).between(begin, datetime(2029, 1, 1, tzinfo=UTC))
    shown = sorted(event["DTSTART"].dt.astimezone(UTC) for event in events)
    expected = [at for at in islice(starts(schedule), 400) if at < datetime(2029, 1, 1, tzinfo=UTC)]
    assert shown == expected


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        ({"freq": "monthly", "interval": 12}, "2028-02-29", ["2028-02-29", "2032-02-29", "2036-02-29"]),
        ({"freq": "monthly"}, "2026-01-31", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ({"freq": "monthly", "nth": 2, "weekdays": ["tu"]}, "2026-01-01", ["2026-01-13", "2026-02-10", "2026-03-10"]),
        ({"freq": "monthly", "nth": -1, "weekdays": ["fr"]}, "2026-01-01", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        (
            {"freq": "weekly", "interval": 2, "weekdays": ["su", "mo"]},
            "2026-01-04",
            ["2026-01-04", "2026-01-12", "2026-01-18"],
        ),
    ],
)
def test_days_that_not_every_month_has_are_passed_over(rule: dict[str, Any], first: str, expected: list[str]) -> None:
    starts_at = datetime.combine(date.fromisoformat(first), time(12), UTC)
    schedule = settled(
        Schedule(starts_at=starts_at, duration_minutes=30, time_zone="Europe/Berlin", recurrence=Recurrence(**rule))
    )
    assert [str(at.date()) for at in islice(starts(schedule), 3)] == expected


def test_a_series_without_an_end_is_never_walked_to_its_end() -> None:
    schedule = daily(datetime(2026, 1, 1, tzinfo=UTC), "UTC")
    assert next(starts(schedule, datetime(2036, 1, 1, tzinfo=UTC))) == datetime(2036, 1, 2, tzinfo=UTC)
