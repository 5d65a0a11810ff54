"""Every message of the live WebSocket, in both directions; docs/protocol.md says each in prose.

The same structs are the wire format, the room's state in memory and, through the OpenAPI document, the browser's types.
Every message is one JSON object whose ``type`` names it.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from videocall.pool.model import Refusal

Name = Annotated[str, Meta(min_length=1, max_length=60)]
ParticipantId = Annotated[str, Meta(min_length=1, max_length=40)]
SessionId = Annotated[str, Meta(min_length=8, max_length=40, pattern=r"^[A-Za-z0-9_-]+(?!\n)$")]
Secret = Annotated[str, Meta(max_length=4096)]
Proof = Annotated[str, Meta(max_length=128)]
"""Opaque here, and only passed on."""
Role = Literal["host", "cohost", "guest"]
"""Host and co-host both lead a meeting; what a host alone may do: `videocall.meetings.hosting`."""
EndReason = Literal["host", "abandoned", "time", "admin", "cancelled"]


class Media(Struct, forbid_unknown_fields=True):
    """What somebody sends at the moment."""

    microphone: bool = False
    camera: bool = False
    screen: bool = False


class Arrival(Struct, forbid_unknown_fields=True):
    """How far somebody has come into the place of an epoch (`Place`): they are in it, or something keeps them out."""

    epoch: int
    state: Literal["joined", "failed"]


class Participant(Struct, forbid_unknown_fields=True):
    """One person in the room, as everybody in it sees them.

    `session` names the page that the person sits at: a reload or another tab makes a new one, and peers then build a
    new connection; a mere reconnect of the socket keeps it, and media flows on untouched. `hand` is None or the number
    of the event that raised the hand, so that every screen orders hands alike. `away_since` is set while the socket is
    gone and the person is expected back. `arrival` is about media on a server of the pool; None until they say so.
    """

    id: ParticipantId
    session: str
    name: Name
    role: Role
    joined_at: datetime
    media: Media = msgspec.field(default_factory=Media)
    hand: int | None = None
    away_since: datetime | None = None
    arrival: Arrival | None = None


LobbyWord = Literal["soon", "minutes", "name", "later"]
"""What hosts can say to people in the lobby: soon, in some minutes, come back with your full name, not now.

A choice and no free text, since what people write to each other never passes the server; all read it in their language.
"""


class Waiting(Struct, forbid_unknown_fields=True):
    """One person in the lobby, as hosts see them; `word` is what they were told last."""

    id: ParticipantId
    name: Name
    since: datetime
    away_since: datetime | None = None
    word: LobbyWord | None = None


class Place(Struct, forbid_unknown_fields=True):
    """Where the media of an epoch goes: a room on a server of the pool. Only people in the meeting are told.

    `server` is its domain, with a port when that is not 443; `operator` and `country` (ISO 3166, two letters) say whose
    it is. Whoever is first in a room there leads it, so while it is not `open` only the `opener` goes in: the host,
    or whoever has been in the meeting longest. To all others `room` and `password` are told when it is.
    """

    server: str
    operator: str
    country: str
    room: str
    password: str
    opener: ParticipantId | None = None
    open: bool = False


BreakoutId = Annotated[str, Meta(min_length=1, max_length=4)]
MOST_BREAKOUTS = 20


class Breakout(Struct, forbid_unknown_fields=True):
    """One breakout room; `help` is who asked last for a host to come, None once one is there."""

    id: BreakoutId
    name: Name
    help: ParticipantId | None = None


class Breakouts(Struct, forbid_unknown_fields=True):
    """The breakout rooms of a meeting, while there are any. Media goes only between people in the same one.

    `people` says who is in which; whoever it does not name is in the main room. It names people who are not there at
    the moment, too: they come back to where they were. With `choose` everybody goes where they like, else only hosts
    do. At `ends_at` all go back to the main room; None: when a host says so.
    """

    rooms: list[Breakout]
    people: dict[ParticipantId, BreakoutId]
    choose: bool = False
    ends_at: datetime | None = None


class ServerRefusal(Struct, forbid_unknown_fields=True):
    """A server of the pool, by its domain, that kept people out by itself, and how."""

    server: str
    how: Refusal


class RoomMeeting(Struct, forbid_unknown_fields=True):
    """The part of a meeting that can change while people are in it.

    A scheduled one is closed at `ends_at`; `ending_soon` comes some minutes before, when a host may extend it.
    `epoch` grows with every move to other media. With the engine `jitsi`, a `place` of None means that everybody waits
    for a server. `breakouts` are there only with `direct`. `refusal` is there when the meeting left
    its last server because that kept people out.
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
    epoch: int = 0
    place: Place | None = None
    breakouts: Breakouts | None = None
    refusal: ServerRefusal | None = None


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
    `proof` is between the two browsers: what the description was signed with is never told to the server.
    """

    to: ParticipantId
    to_session: SessionId
    description: Description | None = None
    proof: Proof | None = None
    candidates: Annotated[list[Candidate], Meta(max_length=64)] = msgspec.field(default_factory=list)


class SetMedia(Struct, tag="set_media", forbid_unknown_fields=True):
    """I switched something on or off."""

    media: Media


class SetHand(Struct, tag="set_hand", forbid_unknown_fields=True):
    """I raise or lower my hand."""

    raised: bool


class EngineStatus(Struct, tag="engine_status", forbid_unknown_fields=True):
    """How far I am in the place of an epoch.

    `ready`: its page has loaded, or has loaded itself again; that is answered by `PlaceConfirmed`. `joined`: I am in
    the room there. `left`: no longer, and nothing was wrong.
    """

    epoch: Annotated[int, Meta(ge=0)]
    state: Literal["ready", "joined", "left"]


class EngineFailed(Struct, tag="engine_failed", forbid_unknown_fields=True):
    """The place of an epoch does not work for me; `error` is what its page said, for the record of the server.

    `login`, `lobby`, `password`: the server itself wants that, and does not let me in.
    Answered by `PlaceConfirmed` when the meeting stays where it is, and by a `MeetingChanged` when it moves.
    """

    epoch: Annotated[int, Meta(ge=0)]
    reason: Literal["no_ready", "not_joined", "error", "closed", "login", "lobby", "password"]
    error: Annotated[str, Meta(max_length=200)] | None = None


class Admit(Struct, tag="admit", forbid_unknown_fields=True):
    """Host: let one person out of the lobby into the room, or everybody when `id` is None."""

    id: ParticipantId | None = None


class Refuse(Struct, tag="refuse", forbid_unknown_fields=True):
    """Host: turn somebody in the lobby away; `ban` holds for the rest of the meeting."""

    id: ParticipantId
    ban: bool = False


class TellWaiting(Struct, tag="tell_waiting", forbid_unknown_fields=True):
    """Host: say something to one person in the lobby, or to everybody there when `id` is None."""

    word: LobbyWord
    id: ParticipantId | None = None


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


class NewBreakout(Struct, forbid_unknown_fields=True):
    """A breakout room to be, and who goes into it."""

    name: Name
    people: Annotated[list[ParticipantId], Meta(max_length=100)] = msgspec.field(default_factory=list)


class OpenBreakouts(Struct, tag="open_breakouts", forbid_unknown_fields=True):
    """Host: open breakout rooms, for so many minutes or until they are closed; who is in none stays where they are."""

    rooms: Annotated[list[NewBreakout], Meta(min_length=1, max_length=MOST_BREAKOUTS)]
    choose: bool = False
    minutes: Annotated[int, Meta(ge=1, le=1440)] | None = None


class MoveToBreakout(Struct, tag="move_to_breakout", forbid_unknown_fields=True):
    """Host: bring somebody into a breakout room, or back to the main room when `room` is None."""

    id: ParticipantId
    room: BreakoutId | None = None


class RenameBreakout(Struct, tag="rename_breakout", forbid_unknown_fields=True):
    """Host: call a breakout room something else."""

    room: BreakoutId
    name: Name


class CloseBreakouts(Struct, tag="close_breakouts", forbid_unknown_fields=True):
    """Host: bring everybody back to the main room, half a minute from now or `at_once`."""

    at_once: bool = False


BreakoutWord = Literal["halfway", "notes", "finish", "coming"]
"""What hosts can say to all breakout rooms: half of the time is over, write down what you found, come to an end, I am
on my way round.

A choice and no free text, for the same reason as `LobbyWord`.
"""


class TellBreakouts(Struct, tag="tell_breakouts", forbid_unknown_fields=True):
    """Host: say something to everybody in all breakout rooms."""

    word: BreakoutWord


class GoToBreakout(Struct, tag="go_to_breakout", forbid_unknown_fields=True):
    """Go into a breakout room, or back to the main room when `room` is None: hosts always, others if they may."""

    room: BreakoutId | None = None


class AskForHelp(Struct, tag="ask_for_help", forbid_unknown_fields=True):
    """Ask that a host comes into the breakout room that I am in, or say that it is no longer needed."""

    asking: bool


LobbyMessage = Admit | Refuse | TellWaiting
PersonMessage = Mute | AskToUnmute | StopCamera | Remove | SetRole | HandOver
BreakoutMessage = OpenBreakouts | MoveToBreakout | RenameBreakout | CloseBreakouts | TellBreakouts
HostMessage = LobbyMessage | PersonMessage | BreakoutMessage | SetMeeting | Extend | End
OwnBreakoutMessage = GoToBreakout | AskForHelp
EngineMessage = EngineStatus | EngineFailed
ClientMessage = (
    Join | Leave | Heartbeat | Resync | Signal | SetMedia | SetHand | OwnBreakoutMessage | EngineMessage | HostMessage
)


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

    `waiting` is None for everybody but hosts. `heartbeat_seconds` is how often to send `Heartbeat`. `now` is the time
    by the clock that other times here are of; that of the page's computer may differ.
    """

    seq: int
    now: datetime
    you: ParticipantId
    token: str
    meeting: RoomMeeting
    participants: list[Participant]
    waiting: list[Waiting] | None
    ice: Ice
    heartbeat_seconds: float


class InLobby(Struct, tag="in_lobby", forbid_unknown_fields=True):
    """Wait: a host has been told that you are here. The token keeps your place when the socket breaks.

    `word` is what a host said to you before.
    """

    you: ParticipantId
    token: str
    heartbeat_seconds: float
    word: LobbyWord | None = None


class WordFromHost(Struct, tag="word_from_host", forbid_unknown_fields=True):
    """A host says something to you while you wait."""

    word: LobbyWord


class WordToBreakouts(Struct, tag="word_to_breakouts", forbid_unknown_fields=True):
    """A host says something to all breakout rooms, and you are in one."""

    word: BreakoutWord
    by: ParticipantId


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
    proof: Proof | None = None
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


class PlaceConfirmed(Struct, tag="place_confirmed", forbid_unknown_fields=True):
    """The epoch that the meeting is in.

    Who reported another one is late: the news is on its way. Who reported a fault of this one tries it again.
    """

    epoch: int


class TurnedAway(Struct, tag="turned_away", forbid_unknown_fields=True):
    """For hosts: somebody could not come in, since the meeting is full.

    `no_server`: it is for media that goes from browser to browser, and no server can take it over at the moment.
    `breakouts`: nor may one, while breakout rooms are open.
    """

    name: Name
    why: Literal["limit", "no_server", "breakouts"]


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
    | WordFromHost
    | WordToBreakouts
    | Refused
    | PeerSignal
    | MuteRequested
    | UnmuteRequested
    | CameraStopRequested
    | HostLink
    | PlaceConfirmed
    | TurnedAway
    | Alive
    | Dismissed
)
