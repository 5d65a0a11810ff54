"""When meetings are: what is kept of it, and what the API takes and says (docs/decisions: series and occurrences)."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from videocall.live.state import EndReason
from videocall.mail.model import Email
from videocall.pool.model import Move

Weekday = Literal["mo", "tu", "we", "th", "fr", "sa", "su"]
Moment = Annotated[datetime, Meta(tz=True)]
Minutes = Annotated[int, Meta(ge=5, le=1440)]
ReminderMinutes = Annotated[int, Meta(ge=1, le=7 * 1440)]
TimeZone = Annotated[str, Meta(min_length=1, max_length=64)]
Title = Annotated[str, Meta(max_length=120)]
Description = Annotated[str, Meta(max_length=2000)]
Answer = Literal["accepted", "tentative", "declined"]
OccurrenceStatus = Literal["scheduled", "live", "ended", "cancelled"]
Invitees = Annotated[list[Email], Meta(max_length=50)]
Reminders = Annotated[list[ReminderMinutes], Meta(max_length=5)]


class Recurrence(Struct, forbid_unknown_fields=True):
    """How a meeting repeats (the part of RFC 5545's RRULE that people use), in the time zone of the meeting.

    `weekly` is on `weekdays`. `monthly` is on `month_day` (months that have no such day are passed over) or, with
    `nth`, on the first to fourth or last (-1) of the one weekday in `weekdays`. What is left out is read off the start.
    It ends after the day `until`, after `count` times, or never.
    """

    freq: Literal["daily", "weekly", "monthly"]
    interval: Annotated[int, Meta(ge=1, le=99)] = 1
    weekdays: Annotated[list[Weekday], Meta(max_length=7)] = msgspec.field(default_factory=list)
    month_day: Annotated[int, Meta(ge=1, le=31)] | None = None
    nth: Literal[-1, 1, 2, 3, 4] | None = None
    until: date | None = None
    count: Annotated[int, Meta(ge=1, le=1000)] | None = None


# --- kept in the store ------------------------------------------------------------------------------------------------


class Schedule(Struct, kw_only=True):
    """When a meeting is, kept inside of it. `starts_at` is its first start; of a series, that of the whole rule.

    Everybody may enter `early_entry_minutes` before the start, hosts at any time; with `before_host` off, others wait
    in the lobby until a host is in. `sequence` counts what invited calendars were told (RFC 5545, section 3.8.7.4).
    """

    starts_at: datetime
    duration_minutes: int
    time_zone: str
    recurrence: Recurrence | None = None
    early_entry_minutes: int = 15
    before_host: bool = True
    reminders: list[int] = msgspec.field(default_factory=list)
    sequence: int = 0


class Occurrence(Struct, kw_only=True):
    """One date of a series that is not just as the rule says: changed, cancelled, or over and entered by somebody.

    `original` is its start by the rule and names it for good (RFC 5545's RECURRENCE-ID); the key is `CODE@ORIGINAL`.
    An empty `title` is that of the meeting; so is a `description` of None.
    """

    id: str = msgspec.field(name="_id")
    meeting: str
    original: datetime
    starts_at: datetime
    ends_at: datetime
    status: OccurrenceStatus = "scheduled"
    title: str = ""
    description: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    server: str | None = None
    moves: list[Move] = []


class Invitee(Struct, kw_only=True):
    """Somebody who was invited by mail. The address is encrypted; `email_key` is a keyed digest to find it by."""

    id: str = msgspec.field(name="_id")
    meeting: str
    email_sealed: str
    email_key: str
    created_at: datetime
    answer: Answer | None = None
    answered_at: datetime | None = None


# --- taken by the API -------------------------------------------------------------------------------------------------


class MeetingChange(Struct, forbid_unknown_fields=True):
    """Body of PATCH /api/meetings/{code}: what is left out stays. A password or recurrence of null takes it away.

    Of a series that has begun, the past stays as it was, and a new `starts_at` is that of what is to come.
    """

    title: Title | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    password: Annotated[str, Meta(min_length=1, max_length=128)] | UnsetType | None = UNSET
    engine: Literal["auto", "direct", "jitsi"] | UnsetType = UNSET
    lobby: bool | UnsetType = UNSET
    starts_at: Moment | UnsetType = UNSET
    duration_minutes: Minutes | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET
    recurrence: Recurrence | UnsetType | None = UNSET
    early_entry_minutes: Annotated[int, Meta(ge=0, le=1440)] | UnsetType = UNSET
    before_host: bool | UnsetType = UNSET
    reminders: Reminders | UnsetType = UNSET
    invitees: Invitees | UnsetType = UNSET


class OccurrenceChange(Struct, forbid_unknown_fields=True):
    """Body of PATCH on one date of a series: what is left out stays."""

    starts_at: Moment | UnsetType = UNSET
    duration_minutes: Minutes | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    description: Description | UnsetType = UNSET


class Rsvp(Struct, forbid_unknown_fields=True):
    """Body of POST /api/rsvp. `token` is what the mailed link has after its #; without an answer one only looks."""

    token: Annotated[str, Meta(max_length=200)]
    answer: Answer | None = None


# --- said by the API --------------------------------------------------------------------------------------------------


class InviteeView(Struct):
    """Somebody who was invited, and what they answered; null while they did not."""

    email: str
    answer: Answer | None
    answered_at: datetime | None


class ScheduleView(Struct):
    """The settings of a scheduled meeting, for its hosts, as POST and PATCH take them."""

    starts_at: datetime
    duration_minutes: int
    time_zone: str
    recurrence: Recurrence | None
    early_entry_minutes: int
    before_host: bool
    reminders: list[int]
    invitees: list[InviteeView]
