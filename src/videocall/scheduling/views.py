"""What the API says about dates of meetings, invitations and calendars."""

from datetime import datetime

from msgspec import Struct

from videocall.live.state import EndReason
from videocall.meetings.model import ParticipantView, Status
from videocall.scheduling.model import Answer, OccurrenceStatus, Recurrence


class OccurrenceView(Struct):
    """One date of a meeting, named by its `original` start. `changed`: it differs from the rule of the series."""

    original: datetime
    starts_at: datetime
    ends_at: datetime
    duration_minutes: int
    title: str
    description: str
    status: OccurrenceStatus
    changed: bool
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None
    participants: list[ParticipantView]


class OccurrencePage(Struct):
    """Some dates of a meeting: those to come, soonest first, or those that are over, latest first."""

    items: list[OccurrenceView]
    next_cursor: str | None


class Extended(Struct):
    """When a meeting that was extended will be closed."""

    ends_at: datetime


class RsvpView(Struct):
    """An invitation as its receiver sees it. `starts_at` is the next start of a series."""

    title: str
    description: str
    host_name: str
    link: str
    email: str
    status: Status
    starts_at: datetime | None
    duration_minutes: int
    time_zone: str
    recurrence: Recurrence | None
    needs_password: bool
    answer: Answer | None


class FeedView(Struct):
    """The secret address of an account's calendar; null when there is none (yet)."""

    url: str | None
