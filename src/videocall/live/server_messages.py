"""Every message of the live WebSocket from the server; docs/protocol.md says each in prose.

Every message is one JSON object whose ``type`` names it.
"""

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from videocall.live.state import (
    BreakoutWord,
    Candidate,
    Description,
    EndReason,
    Ice,
    LobbyWord,
    Name,
    Participant,
    ParticipantId,
    Proof,
    RoomMeeting,
    Waiting,
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
