"""Pure decisions about meetings."""

from datetime import datetime, timedelta
from typing import Literal, Protocol

from msgspec import Struct

from videocall.live.client_messages import End, EngineFailed, HandOver, HostMessage, SetMeeting, SetRole
from videocall.live.room import RoomState
from videocall.live.state import EndReason, Participant, Role
from videocall.meetings.model import Engine, Kind, Meeting, Person, Status
from videocall.pool.model import Carrier, Refusal
from videocall.problems import Banned, MeetingEnded, MeetingLocked, NotAllowed, PasswordRequired, TooEarly
from videocall.scheduling.rules import WARN_BEFORE

Admission = Literal["admitted", "waiting"]

UNSTARTED_AFTER = timedelta(hours=24)
"""An instant meeting that nobody ever entered ends after this."""


class Limits(Struct, frozen=True):
    """How long a meeting may be without a sign of life."""

    abandoned_after: timedelta
    empty_after: timedelta


def check_power(role: Role, message: HostMessage) -> None:
    """Raise `NotAllowed` unless somebody in this role may do that."""
    if role == "guest":
        raise NotAllowed("Only a host can do this.")
    for_hosts_alone = isinstance(message, SetRole | HandOver | End) or (
        isinstance(message, SetMeeting) and message.password is not None
    )
    if role != "host" and for_hosts_alone:
        raise NotAllowed("A co-host cannot do this; ask the host.")


def check_removal(by: Participant, who: Participant) -> None:
    """Raise `NotAllowed` when a co-host wants to send a host out."""
    if who.role == "host" and by.role != "host":
        raise NotAllowed("A co-host cannot send out the host.")


def check_lock(meeting: Meeting, known: Person | None, *, waits: bool) -> None:
    """Raise `MeetingLocked` for somebody new; who was let in once, leads, or waits already, may come back."""
    if meeting.locked and not waits and not (known is not None and (known.admitted or known.leads)):
        raise MeetingLocked


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


def check_time(meeting: Meeting, now: datetime, *, host_here: bool) -> None:
    """Raise `TooEarly` while only hosts may enter; once one is in, the others may come too."""
    opens = opens_at(meeting)
    if opens is not None and now < opens and not host_here:
        raise TooEarly(starts_at=meeting.starts_at or opens, opens_at=opens, now=now)


def opens_at(meeting: Meeting) -> datetime | None:
    """From when on everybody may enter a scheduled meeting; None for any time."""
    if meeting.schedule is None or meeting.starts_at is None:
        return None
    return meeting.starts_at - timedelta(minutes=meeting.schedule.early_entry_minutes)


def waits_for_host(meeting: Meeting) -> bool:
    """Whether others wait in the lobby until a host is in, who then need not let them in one by one."""
    return meeting.schedule is not None and not meeting.schedule.before_host


def admission(meeting: Meeting, person: Person, *, host_here: bool = True) -> Admission:
    """Whether somebody goes into the room or into the lobby."""
    if person.leads:
        return "admitted"
    if meeting.lobby and not person.admitted:
        return "waiting"
    return "waiting" if waits_for_host(meeting) and not host_here else "admitted"


def ending_soon(closes_at: datetime | None, now: datetime) -> bool:
    """Whether people in the meeting are to be told that its time is nearly over."""
    return closes_at is not None and closes_at - now <= WARN_BEFORE


def carrier_at_first(engine: Engine) -> Carrier:
    """What carries a meeting when it begins."""
    return "jitsi" if engine == "jitsi" else "direct"


def refusal(failure: EngineFailed) -> Refusal | None:
    """How a server keeps people out by itself, as the page of one of them says; None where something else is wrong."""
    return failure.reason if failure.reason in ("login", "lobby", "password") else None


def enough_failed(room: RoomState) -> bool:
    """Whether so many people report a fault of the place they are in that it is no longer theirs alone.

    Two, or whoever is there alone; and half of those who have said anything about it.
    """
    here = [person for person in room.participants.values() if person.away_since is None]
    heard = [one.arrival.state for one in here if one.arrival and one.arrival.epoch == room.meeting.epoch]
    failed = heard.count("failed")
    return failed >= min(2, len(here)) and 2 * failed >= len(heard) > 0


class Shelved(Protocol):
    """What a dashboard sorts."""

    kind: Kind
    status: Status


def shelf(meeting: Shelved) -> Literal["live", "upcoming", "history"]:
    """Where a dashboard shows a meeting; an instant one that nobody entered yet can be entered now."""
    if meeting.status in {"ended", "cancelled"}:
        return "history"
    return "live" if meeting.status == "live" or meeting.kind == "instant" else "upcoming"


def due_end(meeting: Meeting, now: datetime, limits: Limits) -> EndReason | None:
    """Why a meeting should end now, or None. Purpose: policy section 5, abandoned meetings."""
    if meeting.ended_at is not None:
        return None
    if meeting.closes_at is not None:
        # Its time is kept for it: who comes late, or back after a break, finds it open.
        return None if now < meeting.closes_at else "time" if meeting.started_at else "abandoned"
    if meeting.seen_at is None:
        return "abandoned" if now - meeting.created_at > UNSTARTED_AFTER else None
    if meeting.empty_since is not None and now - meeting.empty_since > limits.empty_after:
        return "abandoned"
    return "abandoned" if now - meeting.seen_at > limits.abandoned_after else None
