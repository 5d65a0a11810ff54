"""Every message of the live WebSocket, in both directions; docs/protocol.md says each in prose.

The same structs are the wire format, the room's state in memory and, through the OpenAPI document, the browser's types.
Every message is one JSON object whose ``type`` names it.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=60)]
ParticipantId = Annotated[str, Meta(min_length=1, max_length=40)]
SessionId = Annotated[str, Meta(min_length=8, max_length=40, pattern=r"^[A-Za-z0-9_-]+(?!\n)$")]
Secret = Annotated[str, Meta(max_length=4096)]
Role = Literal["host", "cohost", "guest"]
"""Host and co-host both lead a meeting; what a host alone may do: `videocall.meetings.hosting`."""
EndReason = Literal["host", "abandoned", "time", "admin", "cancelled"]


class Media(Struct, forbid_unknown_fields=True):
    """What somebody sends at the moment."""

    microphone: bool = False
    camera: bool = False
    screen: bool = False


class Participant(Struct, forbid_unknown_fields=True):
    """One person in the room, as everybody in it sees them.

    `session` names the page that the person sits at: a reload or another tab makes a new one, and peers then build a
    new connection; a mere reconnect of the socket keeps it, and media flows on untouched. `hand` is None or the number
    of the event that raised the hand, so that every screen orders hands alike. `away_since` is set while the socket is
    gone and the person is expected back.
    """

    id: ParticipantId
    session: str
    name: Name
    role: Role
    joined_at: datetime
    media: Media = msgspec.field(default_factory=Media)
    hand: int | None = None
    away_since: datetime | None = None


class Waiting(Struct, forbid_unknown_fields=True):
    """One person in the lobby, as hosts see them."""

    id: ParticipantId
    name: Name
    since: datetime
    away_since: datetime | None = None


class RoomMeeting(Struct, forbid_unknown_fields=True):
    """The part of a meeting that can change while people are in it.

    A scheduled one is closed at `ends_at`; `ending_soon` comes some minutes before, when a host may extend it.
    """

    code: str
    title: str
    engine: Literal["direct", "jitsi"]
    lobby: bool
    limit: int
    ends_at: datetime | None = None
    ending_soon: bool = False
    locked: bool = False
    needs_password: bool = False


class IceServer(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One STUN or TURN entry in the form of RTCIceServer (W3C WebRTC, section 4.2.4)."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class Ice(Struct, forbid_unknown_fields=True):
    """How browsers find a way to each other; TURN credentials in it last for a limited time."""

    servers: list[IceServer]
    policy: Literal["all", "relay"] = "all"


# --- from the browser -------------------------------------------------------------------------------------------------


class Join(Struct, tag="join", forbid_unknown_fields=True):
    """Ask to be let in, or to come back: the first message of a socket.

    A `token` says who one is (from an earlier admission, from creating the meeting, or of an account); without one a
    `name` is needed. `host_key` comes from the host link. A password is needed once for each new participant.
    """

    session: SessionId
    name: Annotated[str, Meta(max_length=60)] | None = None
    token: Secret | None = None
    host_key: Secret | None = None
    password: Annotated[str, Meta(max_length=128)] | None = None
    media: Media = msgspec.field(default_factory=Media)
    hand: bool = False


class Leave(Struct, tag="leave", forbid_unknown_fields=True):
    """Say goodbye: the visit ends now, without waiting for the person to come back."""


class Heartbeat(Struct, tag="heartbeat", forbid_unknown_fields=True):
    """I am still here; answered by `Alive`."""


class Resync(Struct, tag="resync", forbid_unknown_fields=True):
    """A number was missing, or the TURN credentials are about to expire: send a fresh `Snapshot`."""


class Description(Struct, forbid_unknown_fields=True):
    """An SDP offer, answer or rollback (RTCSessionDescriptionInit)."""

    type: Literal["offer", "answer", "pranswer", "rollback"]
    sdp: Annotated[str, Meta(max_length=65536)] = ""


class Candidate(Struct, forbid_unknown_fields=True):
    """One trickled ICE candidate (RTCIceCandidateInit, in the casing of the browser's own object)."""

    candidate: Annotated[str, Meta(max_length=1024)]
    sdpMid: Annotated[str, Meta(max_length=64)] | None = None  # noqa: N815 -- the W3C's name
    sdpMLineIndex: Annotated[int, Meta(ge=0, le=65535)] | None = None  # noqa: N815 -- the W3C's name
    usernameFragment: Annotated[str, Meta(max_length=256)] | None = None  # noqa: N815 -- the W3C's name


class Signal(Struct, tag="signal", forbid_unknown_fields=True):
    """Carry a description or some candidates to one other person, who is dropped silently if gone.

    `to_session` is the page it is meant for: what was meant for a page that has been reloaded since is not delivered.
    """

    to: ParticipantId
    to_session: SessionId
    description: Description | None = None
    candidates: Annotated[list[Candidate], Meta(max_length=64)] = msgspec.field(default_factory=list)


class SetMedia(Struct, tag="set_media", forbid_unknown_fields=True):
    """I switched something on or off."""

    media: Media


class SetHand(Struct, tag="set_hand", forbid_unknown_fields=True):
    """I raise or lower my hand."""

    raised: bool


class Admit(Struct, tag="admit", forbid_unknown_fields=True):
    """Host: let one person out of the lobby into the room, or everybody when `id` is None."""

    id: ParticipantId | None = None


class Refuse(Struct, tag="refuse", forbid_unknown_fields=True):
    """Host: turn somebody in the lobby away; `ban` holds for the rest of the meeting."""

    id: ParticipantId
    ban: bool = False


class Mute(Struct, tag="mute", forbid_unknown_fields=True):
    """Host: switch off the microphone of one person, or of everybody else when `id` is None."""

    id: ParticipantId | None = None


class Remove(Struct, tag="remove", forbid_unknown_fields=True):
    """Host: send somebody out; `ban` keeps them out for the rest of the meeting."""

    id: ParticipantId
    ban: bool = False


class AskToUnmute(Struct, tag="ask_to_unmute", forbid_unknown_fields=True):
    """Host: ask somebody to switch their microphone on; nobody else can do that for them."""

    id: ParticipantId


class StopCamera(Struct, tag="stop_camera", forbid_unknown_fields=True):
    """Host: switch off somebody's camera."""

    id: ParticipantId


class SetRole(Struct, tag="set_role", forbid_unknown_fields=True):
    """Host alone: make somebody a co-host, or take that back."""

    id: ParticipantId
    role: Literal["cohost", "guest"]


class HandOver(Struct, tag="hand_over", forbid_unknown_fields=True):
    """Host alone: make somebody the host, and become a co-host."""

    id: ParticipantId


class SetMeeting(Struct, tag="set_meeting", forbid_unknown_fields=True, omit_defaults=True):
    """Host: lock the meeting or open it, lobby on or off; host alone: another password. What is left out stays.

    An empty password takes it away.
    """

    locked: bool | None = None
    lobby: bool | None = None
    password: Annotated[str, Meta(max_length=128)] | None = None


class Extend(Struct, tag="extend", forbid_unknown_fields=True):
    """Host or co-host: let a scheduled meeting be closed a quarter of an hour later."""


class End(Struct, tag="end", forbid_unknown_fields=True):
    """Host alone: end the meeting for everybody."""


HostMessage = Admit | Refuse | Mute | AskToUnmute | StopCamera | Remove | SetRole | HandOver | SetMeeting | Extend | End
ClientMessage = Join | Leave | Heartbeat | Resync | Signal | SetMedia | SetHand | HostMessage


# --- from the server: numbered events ---------------------------------------------------------------------------------


class ParticipantJoined(Struct, tag="participant_joined", forbid_unknown_fields=True):
    """Somebody came in: add them."""

    seq: int
    participant: Participant


class ParticipantChanged(Struct, tag="participant_changed", forbid_unknown_fields=True):
    """Something about somebody changed: replace the whole record."""

    seq: int
    participant: Participant


class ParticipantLeft(Struct, tag="participant_left", forbid_unknown_fields=True):
    """Somebody is gone: take them out."""

    seq: int
    id: ParticipantId
    why: Literal["left", "lost", "removed"]


class MeetingChanged(Struct, tag="meeting_changed", forbid_unknown_fields=True):
    """A property of the meeting changed: replace the whole record."""

    seq: int
    meeting: RoomMeeting


class WaitingChanged(Struct, tag="waiting_changed", forbid_unknown_fields=True):
    """The lobby changed: replace the list. Only hosts are told; everybody else gets a `Tick` of the same number."""

    seq: int
    waiting: list[Waiting]


class MeetingEnded(Struct, tag="meeting_ended", forbid_unknown_fields=True):
    """The meeting is over; the socket closes after this."""

    seq: int
    why: EndReason


class Tick(Struct, tag="tick", forbid_unknown_fields=True):
    """A number that was not for you; counting it keeps your place."""

    seq: int


RoomEvent = ParticipantJoined | ParticipantChanged | ParticipantLeft | MeetingChanged | WaitingChanged | MeetingEnded


# --- from the server: everything else ---------------------------------------------------------------------------------


class Snapshot(Struct, tag="snapshot", forbid_unknown_fields=True):
    """You are in: the whole room as of event `seq`. Answers `Join`, `Resync`, and being admitted from the lobby.

    `waiting` is None for everybody but hosts. `heartbeat_seconds` is how often to send `Heartbeat`.
    """

    seq: int
    you: ParticipantId
    token: str
    meeting: RoomMeeting
    participants: list[Participant]
    waiting: list[Waiting] | None
    ice: Ice
    heartbeat_seconds: float


class InLobby(Struct, tag="in_lobby", forbid_unknown_fields=True):
    """Wait: a host has been told that you are here. The token keeps your place when the socket breaks."""

    you: ParticipantId
    token: str
    heartbeat_seconds: float


class Refused(Struct, tag="refused", forbid_unknown_fields=True):
    """What you asked for was not done; `code` is the stable code of the problem (docs/protocol.md lists them)."""

    code: str
    detail: str
    retry_after_seconds: int | None = None


class PeerSignal(Struct, tag="peer_signal", forbid_unknown_fields=True):
    """What another person's browser sends to yours, as it was given to `Signal`."""

    sender: ParticipantId
    sender_session: str
    description: Description | None = None
    candidates: list[Candidate] = msgspec.field(default_factory=list)


class MuteRequested(Struct, tag="mute_requested", forbid_unknown_fields=True):
    """A host switched your microphone off; switch it off, and it stays off until you switch it on."""

    by: ParticipantId


class UnmuteRequested(Struct, tag="unmute_requested", forbid_unknown_fields=True):
    """A host would like to hear you; only you can switch your microphone on."""

    by: ParticipantId


class CameraStopRequested(Struct, tag="camera_stop_requested", forbid_unknown_fields=True):
    """A host switched your camera off; switch it off, and it stays off until you switch it on."""

    by: ParticipantId


class HostLink(Struct, tag="host_link", forbid_unknown_fields=True):
    """You were made the host, and this link restores that on any device; it is told this once, and older ones ended."""

    link: str


class Alive(Struct, tag="alive", forbid_unknown_fields=True):
    """Answer to `Heartbeat`, with the number of the newest event: a gap means that something was missed."""

    seq: int


class Dismissed(Struct, tag="dismissed", forbid_unknown_fields=True):
    """You are out and this socket closes. `replaced`: the same person came in from another page."""

    why: Literal["replaced", "removed", "refused", "too_slow", "too_many_messages"]


ServerMessage = (
    ParticipantJoined
    | ParticipantChanged
    | ParticipantLeft
    | MeetingChanged
    | WaitingChanged
    | MeetingEnded
    | Tick
    | Snapshot
    | InLobby
    | Refused
    | PeerSignal
    | MuteRequested
    | UnmuteRequested
    | CameraStopRequested
    | HostLink
    | Alive
    | Dismissed
)
