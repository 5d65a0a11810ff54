"""What rooms are made of, as both directions of the live WebSocket speak of it.

The same structs are the wire format, the room's state in memory and, through the OpenAPI document, the browser's types.
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


BreakoutWord = Literal["halfway", "notes", "finish", "coming"]
"""What hosts can say to all breakout rooms: half of the time is over, write down what you found, come to an end, I am
on my way round.

A choice and no free text, for the same reason as `LobbyWord`.
"""


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
