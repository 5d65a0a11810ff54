"""Every message of the live WebSocket from the browser; docs/protocol.md says each in prose.

Every message is one JSON object whose ``type`` names it.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from videocall.live.state import (
    MOST_BREAKOUTS,
    BreakoutId,
    BreakoutWord,
    Candidate,
    Description,
    LobbyWord,
    Media,
    Name,
    ParticipantId,
    Proof,
    Secret,
    SessionId,
)


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
