"""What is kept of meetings (policy section 3.3) and what the API says about them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from videocall.live.messages import EndReason, Media, Name, Role, Secret, SessionId
from videocall.mail.model import Email

Engine = Literal["auto", "direct", "jitsi"]
Kind = Literal["instant", "scheduled"]
Status = Literal["scheduled", "live", "ended", "cancelled"]
Password = Annotated[str, Meta(min_length=1, max_length=128)]


# --- kept in the store ------------------------------------------------------------------------------------------------


class Meeting(Struct, kw_only=True):
    """One meeting. `seen_at` is the last heartbeat of anybody in it; `empty_since` is set while nobody is."""

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
    started_at: datetime | None = None
    seen_at: datetime | None = None
    empty_since: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None


class Person(Struct, kw_only=True):
    """One participant record: somebody who was let into a meeting, waits for it, or may host it.

    `user` is their account, empty for guests. `ended_at` is when their meeting was over and `hidden` that they took it
    out of their history: by these their dashboard finds it.
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


class Visit(Struct, kw_only=True):
    """One stay of a person in a meeting; a rejoin is another visit of the same person."""

    id: str = msgspec.field(name="_id")
    meeting: str
    person: str
    session: str
    joined_at: datetime
    seen_at: datetime
    left_at: datetime | None = None


# --- said by the API --------------------------------------------------------------------------------------------------


class Guest(Struct, forbid_unknown_fields=True):
    """Somebody without an account; the address is only for mailing them their host link."""

    name: Name
    email: Email | None = None


class NewMeeting(Struct, forbid_unknown_fields=True):
    """Body of POST /api/meetings. `guest` is needed without an account, and passed over with one."""

    guest: Guest | None = None
    kind: Literal["instant"] = "instant"
    title: Annotated[str, Meta(max_length=120)] = ""
    description: Annotated[str, Meta(max_length=2000)] = ""
    password: Password | None = None
    engine: Literal["auto", "direct"] = "auto"
    lobby: bool = False


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


class Share(Struct):
    """Ways to hand on a meeting; `qr` is the address of the QR code of `link` as SVG (`qr.png` stands beside it)."""

    link: str
    qr: str
    email: EmailTemplate


class MeetingView(Struct):
    """What is told about a meeting. The last three are for hosts; the password is for the creator alone."""

    code: str
    title: str
    kind: Kind
    status: Status
    engine: Engine
    lobby: bool
    needs_password: bool
    host_name: str
    link: str
    starts_at: datetime | None
    end_reason: EndReason | None
    password: str | UnsetType | None = UNSET
    participants: list[ParticipantView] | UnsetType = UNSET
    share: Share | UnsetType = UNSET


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
    """Answer to a join: `waiting` means in the lobby; ask again with the token, or wait on the live socket."""

    admission: Literal["admitted", "waiting"]
    participant: ParticipantSummary
    token: str
    engine: Literal["direct", "jitsi"]
    server: str | None
