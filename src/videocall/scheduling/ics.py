"""Meetings as iCalendar (RFC 5545), and as messages between calendars (RFC 5546). No password ever stands in them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vRecur, vText
from msgspec import Struct

from videocall.meetings.model import Meeting
from videocall.scheduling.model import Occurrence, Schedule
from videocall.scheduling.recurrence import rule_text

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
_PRODUCT = "-//VideoCall.cc//Meetings//EN"
_PARTSTAT = {"accepted": "ACCEPTED", "tentative": "TENTATIVE", "declined": "DECLINED", None: "NEEDS-ACTION"}


class Entry(Struct, frozen=True):
    """One meeting with what its calendars need: the changed and cancelled dates, and whom it is for.

    `host_name` is in the words of who reads it. `only` makes it about one date; `attendee` is the one address that it
    is sent to.
    """

    meeting: Meeting
    schedule: Schedule
    link: str
    organizer: str
    host_name: str
    kept: Sequence[Occurrence] = ()
    attendee: str | None = None
    answer: str | None = None
    only: datetime | None = None
    cancelled: bool = False


def uid(code: str, site: str) -> str:
    """What names a meeting in every calendar, for good."""
    return f"{code}@{urlsplit(site).hostname or 'localhost'}"


def calendar(entries: Sequence[Entry], *, method: Method, site: str, now: datetime, name: str = "") -> bytes:
    """A calendar file, with the time zones that it speaks of."""
    whole = Calendar()
    whole.add("prodid", _PRODUCT)
    whole.add("version", "2.0")
    whole.add("method", method)
    if name:
        whole.add("x-wr-calname", name)
        whole.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in entries:
        for event in _events(entry, site, now):
            whole.add_component(event)
    if any(entry.schedule.time_zone != "UTC" for entry in entries):
        first = min(entry.schedule.starts_at for entry in entries).date()
        last = max(_last_day(entry, now) for entry in entries).date()
        whole.add_missing_timezones(first_date=first - timedelta(days=366), last_date=last + timedelta(days=366))
    text: bytes = whole.to_ical()
    return text


def _last_day(entry: Entry, now: datetime) -> datetime:
    """Until when the zone's changes have to be told: a rule without an end is told ten years ahead."""
    start = max(now, entry.schedule.starts_at)
    return start + timedelta(days=3660) if entry.schedule.recurrence else start


def _events(entry: Entry, site: str, now: datetime) -> list[Event]:
    schedule, events = entry.schedule, []
    if entry.only is None:
        whole = _event(entry, site, now)
        if schedule.recurrence is not None:
            whole.add("rrule", vRecur.from_ical(rule_text(schedule)))
            gone = [_local(one.original, schedule) for one in entry.kept if one.status == "cancelled"]
            if gone:
                whole.add("exdate", gone)
        events.append(whole)
        if entry.cancelled:
            return events
    for one in entry.kept:
        wanted = one.original == entry.only if entry.only is not None else _differs(one)
        if wanted:
            event = _event(entry, site, now, one)
            event.add("recurrence-id", _local(one.original, schedule))
            events.append(event)
    return events


def _differs(one: Occurrence) -> bool:
    return one.status != "cancelled" and (
        one.status == "scheduled" or bool(one.title) or one.description is not None or one.starts_at != one.original
    )


def _event(entry: Entry, site: str, now: datetime, one: Occurrence | None = None) -> Event:
    """The whole meeting, or one date of it."""
    meeting, event = entry.meeting, Event()
    starts_at = one.starts_at if one else entry.schedule.starts_at
    ends_at = one.ends_at if one else starts_at + timedelta(minutes=entry.schedule.duration_minutes)
    text = meeting.description if one is None or one.description is None else one.description
    event.add("uid", uid(meeting.code, site))
    event.add("dtstamp", now)
    event.add("created", meeting.created_at)
    event.add("last-modified", now)
    event.add("sequence", entry.schedule.sequence)
    event.add("dtstart", _local(starts_at, entry.schedule))
    event.add("dtend", _local(ends_at, entry.schedule))
    event.add("summary", (one.title if one else "") or meeting.title)
    event.add("description", f"{text}\n\n{entry.link}".strip())
    event.add("location", entry.link)
    event.add("url", entry.link)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    organizer = vCalAddress(f"mailto:{entry.organizer}")
    organizer.params["cn"] = vText(entry.host_name)
    event["organizer"] = organizer
    if entry.attendee is not None:
        attendee = vCalAddress(f"mailto:{entry.attendee}")
        attendee.params["role"] = vText("REQ-PARTICIPANT")
        attendee.params["partstat"] = vText(_PARTSTAT[entry.answer])
        attendee.params["rsvp"] = vText("FALSE")  # answers come by our page: nobody reads the mailbox of the server
        event.add("attendee", attendee, encode=False)
    return event


def _local(moment: datetime, schedule: Schedule) -> datetime:
    """A time with its zone; in UTC where that is the zone, which calendars know without being told."""
    return moment.astimezone(UTC if schedule.time_zone == "UTC" else ZoneInfo(schedule.time_zone))
