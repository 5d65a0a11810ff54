"""Pure decisions about meetings."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from videocall.live.messages import EndReason
from videocall.meetings.model import Meeting, Person
from videocall.problems import Banned, MeetingEnded, PasswordRequired

Admission = Literal["admitted", "waiting"]

UNSTARTED_AFTER = timedelta(hours=24)
"""An instant meeting that nobody ever entered ends after this."""


class Limits(Struct, frozen=True):
    """How long a meeting may be without a sign of life."""

    abandoned_after: timedelta
    empty_after: timedelta


def needs_password(meeting: Meeting, person: Person | None) -> bool:
    """Whether this join must show the password: whoever is known to the meeting has shown it, or never needed to."""
    return meeting.password_sealed is not None and person is None


def check_open(meeting: Meeting, person: Person | None) -> None:
    """Raise unless the meeting still takes this person in."""
    if meeting.status in {"ended", "cancelled"}:
        raise MeetingEnded
    if person is not None and person.banned:
        raise Banned


def check_password(given: str | None, *, right: bool) -> bool:
    """Whether this is a wrong guess; raises `PasswordRequired` when nothing was given."""
    if not given:
        raise PasswordRequired
    return not right


def admission(meeting: Meeting, person: Person) -> Admission:
    """Whether somebody goes into the room or into the lobby."""
    if meeting.lobby and person.role != "host" and not person.admitted:
        return "waiting"
    return "admitted"


def shelf(meeting: Meeting) -> Literal["live", "upcoming", "history"]:
    """Where a dashboard shows a meeting; an instant one that nobody entered yet can be entered now."""
    if meeting.status in {"ended", "cancelled"}:
        return "history"
    return "live" if meeting.status == "live" or meeting.kind == "instant" else "upcoming"


def due_end(meeting: Meeting, now: datetime, limits: Limits) -> EndReason | None:
    """Why a meeting should end now, or None. Purpose: policy section 5, abandoned meetings."""
    if meeting.ended_at is not None:
        return None
    if meeting.seen_at is None:
        return "abandoned" if now - meeting.created_at > UNSTARTED_AFTER else None
    if meeting.empty_since is not None and now - meeting.empty_since > limits.empty_after:
        return "abandoned"
    return "abandoned" if now - meeting.seen_at > limits.abandoned_after else None
