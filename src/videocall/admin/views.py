"""What the console shows: lines of its lists and the pages behind them. Never a meeting's password, never any media."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from videocall.admin.model import DeletionRequestView, Notes
from videocall.live.state import EndReason
from videocall.mail.model import State as MailState
from videocall.meetings.history import MeetingItem
from videocall.meetings.model import Engine, Kind, ParticipantView, Status

UserState = Literal["active", "disabled", "unverified"]


class UserLine(Struct, kw_only=True):
    """One account in the list."""

    id: str
    email: str
    first_name: str
    last_name: str
    created_at: datetime
    verified: bool
    disabled: bool
    second_factor: bool
    restricted: bool


class UserPage(Struct):
    """Some accounts."""

    items: list[UserLine]
    next_cursor: str | None


class UserView(UserLine, kw_only=True):
    """One account. `deletion` is the latest request to delete it, `meetings` are its latest."""

    disabled_at: datetime | None
    picture: str | None
    time_zone: str
    language: str
    sessions: int
    deletion: DeletionRequestView | None
    meetings: list[MeetingItem]


class MeetingLine(Struct, kw_only=True):
    """One meeting in the list."""

    code: str
    title: str
    kind: Kind
    status: Status
    engine: Engine
    server: str | None
    host_name: str
    has_password: bool
    created_at: datetime
    starts_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None


class MeetingLines(Struct):
    """Some meetings."""

    items: list[MeetingLine]
    next_cursor: str | None


class MeetingRecord(MeetingLine, kw_only=True):
    """One meeting with who was there. `host_user` is the host's account, empty for a guest."""

    description: str
    lobby: bool
    locked: bool
    host_user: str
    host_email: str | None
    seen_at: datetime | None
    closes_at: datetime | None
    people_now: int
    participants: list[ParticipantView]
    can_move: bool


class DeletionPage(Struct):
    """Some requests to be deleted."""

    items: list[DeletionRequestView]
    next_cursor: str | None


class MailLine(Struct, kw_only=True):
    """One mail of the queue; `to` is empty once it was sent."""

    id: str
    letter: str
    to: str
    state: MailState
    attempts: int
    created_at: datetime
    due_at: datetime
    done_at: datetime | None
    error: str


class MailPage(Struct):
    """Some of the mail queue."""

    items: list[MailLine]
    next_cursor: str | None


class DayNumbers(Struct):
    """One day (UTC): meetings that ended on it, their minutes, and new accounts."""

    day: str
    meetings: int
    minutes: int
    signups: int


class ServerState(Struct):
    """One server of the pool, and how it is."""

    domain: str
    country: str
    state: str
    enabled: bool
    draining: bool


class OverviewView(Struct, kw_only=True):
    """How the site is doing now, and how it did day by day."""

    at: datetime
    live_meetings: int
    people_now: int
    users: int
    meetings: int
    engines: dict[str, int]
    days: list[DayNumbers]
    servers: list[ServerState]
    mail: dict[str, int]
    deletions_waiting: int
    deletions_late: int
    store: str
    version: str
    started_at: datetime
    disk_free: int
    disk_total: int
    store_bytes: int | None


class Reason(Struct, forbid_unknown_fields=True):
    """Why an administrator does something; kept in the audit log."""

    notes: Notes = ""


class Erasure(Struct, forbid_unknown_fields=True):
    """Body of the start of an erasure: a request of the administrator's, which is then decided like any other."""

    notes: Notes = ""
    hard: bool = False
