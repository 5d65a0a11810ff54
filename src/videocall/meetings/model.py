"""What is kept of meetings (policy section 3.3) and what the API says about them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from videocall.live.state import Breakouts, EndReason, Media, Name, Role, Secret, SessionId
from videocall.mail.model import Email
from videocall.pool.model import Carrier, Move
from videocall.scheduling.model import (
    Description,
    Invitees,
    Minutes,
    Moment,
    Recurrence,
    Reminders,
    Schedule,
    ScheduleView,
    TimeZone,
    Title,
)

Engine = Literal["auto", "direct", "jitsi"]
Kind = Literal["instant", "scheduled"]
Status = Literal["scheduled", "live", "ended", "cancelled"]
Password = Annotated[str, Meta(min_length=1, max_length=128)]


# --- kept in the store ------------------------------------------------------------------------------------------------


class Meeting(Struct, kw_only=True):
    """One meeting. `seen_at` is the last heartbeat of anybody in it; `empty_since` is set while nobody is.

    A scheduled one has a `schedule`. `starts_at` and `closes_at` are then those of the date that goes on or comes next,
    and `occurrence` names it in a series. `reopens` is set between the end of one date and the next one's turn.
    `warned`: people in it know that its time is nearly over. `remind_at` is when the next reminders are due.
    `password_of_another`: set by a host who handed over since, so the present one may change it but not read it
    (policy section 9).
    `engine` is what was wished for, and `carrier` what carries the media since the `epoch` began; `server` is the one
    of the pool that it is on, or would go to. `moves` are those of the date that goes on. `breakouts` are kept while
    they are open, so that a restart of the server brings nobody together who was apart.
    """

    code: str = msgspec.field(name="_id")
    title: str
    description: str
    kind: Kind
    status: Status
    engine: Engine
    server: str | None
    lobby: bool
    password_sealed: str | None
    host_id: str
    host_name: str
    host_email: str | None
    host_key_digest: str
    created_at: datetime
    host_user: str = ""
    password_of_another: bool = False
    locked: bool = False
    started_at: datetime | None = None
    seen_at: datetime | None = None
    empty_since: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    schedule: Schedule | None = None
    occurrence: datetime | None = None
    starts_at: datetime | None = None
    closes_at: datetime | None = None
    reopens: bool = False
    warned: bool = False
    remind_at: datetime | None = None
    carrier: Carrier = "direct"
    epoch: int = 0
    moves: list[Move] = []
    breakouts: Breakouts | None = None


class Person(Struct, kw_only=True):
    """One participant record: somebody who was let into a meeting, waits for it, or may host it.

    `user` is their account, empty for guests. `ended_at` is when their meeting was over and `hidden` that they took it
    out of their history: by these their dashboard finds it, and by `starts_at`, the meeting's own.

    Of each date of a series that is over, whoever has an account and was there has a record of its own, whose `meeting`
    is the key of the occurrence, `CODE@ORIGINAL`.
    """

    id: str = msgspec.field(name="_id")
    meeting: str
    name: str
    role: Role
    created_at: datetime
    admitted: bool = False
    banned: bool = False
    user: str = ""
    ended_at: datetime | None = None
    hidden: bool = False
    starts_at: datetime | None = None

    @property
    def leads(self) -> bool:
        """Host or co-host."""
        return self.role != "guest"


class Visit(Struct, kw_only=True):
    """One stay of a person in a meeting; a rejoin is another visit of the same person. In a series, of one date."""

    id: str = msgspec.field(name="_id")
    meeting: str
    person: str
    session: str
    joined_at: datetime
    seen_at: datetime
    left_at: datetime | None = None
    occurrence: datetime | None = None


# --- said by the API --------------------------------------------------------------------------------------------------


class Guest(Struct, forbid_unknown_fields=True):
    """Somebody without an account; the address is only for mailing them their host link."""

    name: Name
    email: Email | None = None


class NewMeeting(Struct, forbid_unknown_fields=True):
    """Body of POST /api/meetings. `guest` is needed without an account, and passed over with one.

    What stands from `starts_at` on is for scheduled meetings. With a `recurrence`, the first start is the first moment
    from `starts_at` on that fits it. Everybody may enter `early_entry_minutes` before the start; with `before_host` off
    they wait in the lobby until a host is in. `reminders` are mailed so many minutes before each start. Inviting
    people takes an account whose address was confirmed.
    """

    guest: Guest | None = None
    kind: Kind = "instant"
    title: Title = ""
    description: Description = ""
    password: Password | None = None
    engine: Engine = "auto"
    lobby: bool = False
    starts_at: Moment | None = None
    duration_minutes: Minutes = 60
    time_zone: TimeZone = "UTC"
    recurrence: Recurrence | None = None
    early_entry_minutes: Annotated[int, Meta(ge=0, le=1440)] = 15
    before_host: bool = True
    reminders: Reminders = msgspec.field(default_factory=lambda: [1440, 10])
    invitees: Invitees = msgspec.field(default_factory=list)


class VisitView(Struct):
    """When somebody was there; `left_at` is null while they still are."""

    joined_at: datetime
    left_at: datetime | None


class ParticipantView(Struct):
    """One line of the attendance record."""

    id: str
    name: str
    role: Role
    visits: list[VisitView]


class EmailTemplate(Struct):
    """An invitation for people who mail it themselves; `mailto` is the whole thing as a link (RFC 6068)."""

    subject: str
    text: str
    mailto: str


class CalendarLinks(Struct):
    """Addresses that put a scheduled meeting into a calendar; `apple` is the calendar file, which any other takes."""

    google: str
    outlook: str
    apple: str


class Share(Struct):
    """Ways to hand on a meeting; `qr` is the address of the QR code of `link` as SVG (`qr.png` stands beside it).

    `calendar` is null for an instant meeting.
    """

    link: str
    qr: str
    email: EmailTemplate
    calendar: CalendarLinks | None = None


class ServerView(Struct):
    """A server of the pool, as people are told before their media goes through it; `country` is two letters."""

    domain: str
    operator: str
    country: str


class MeetingView(Struct):
    """What is told about a meeting. The last five are for hosts; the password is for the creator alone.

    `engine` is what was wished for, `carrier` what carries the media now. `server` is the one of the pool that it goes
    through, or would go through when more people come than fit into `direct`; null when there is none.

    Of a scheduled meeting: `starts_at`, `opens_at` (everybody may enter) and `ends_at` of the date that goes on or
    comes next; of a series, `occurrence` names it. Of an instant one, all of these are null.
    """

    code: str
    title: str
    kind: Kind
    status: Status
    engine: Engine
    carrier: Carrier
    server: ServerView | None
    lobby: bool
    needs_password: bool
    host_name: str
    link: str
    description: str
    starts_at: datetime | None
    opens_at: datetime | None
    ends_at: datetime | None
    duration_minutes: int | None
    time_zone: str | None
    recurrence: Recurrence | None
    occurrence: datetime | None
    end_reason: EndReason | None
    password: str | UnsetType | None = UNSET
    participants: list[ParticipantView] | UnsetType = UNSET
    share: Share | UnsetType = UNSET
    schedule: ScheduleView | UnsetType = UNSET
    moves: list[Move] | UnsetType = UNSET


class Created(Struct):
    """Answer to POST /api/meetings.

    A guest's token lets them act as host, and the host link restores that elsewhere; a user's own token does both.
    """

    meeting: MeetingView
    token: str | UnsetType = UNSET
    host_link: str | UnsetType = UNSET


class JoinRequest(Struct, forbid_unknown_fields=True):
    """Body of POST /api/meetings/{code}/join. Who comes back sends their token as bearer instead of a name."""

    name: Annotated[str, Meta(max_length=60)] | None = None
    password: Annotated[str, Meta(max_length=128)] | None = None
    host_key: Secret | None = None
    session: SessionId | None = None
    media: Media = msgspec.field(default_factory=Media)


class ParticipantSummary(Struct):
    """Who one is in a meeting."""

    id: str
    name: str
    role: Role


class JoinAnswer(Struct):
    """Answer to a join: `waiting` means in the lobby; ask again with the token, or wait on the live socket.

    `engine` carries the media now; with `jitsi`, `server` is where, and null while everybody waits for one.
    """

    admission: Literal["admitted", "waiting"]
    participant: ParticipantSummary
    token: str
    engine: Carrier
    server: str | None
