"""The sockets of this process, by room and person, and the fan-out of events to them."""

from collections import defaultdict
from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec.structs import replace

from videocall.live.bus import Admitted, DirectMessage
from videocall.live.room import told
from videocall.live.server_messages import (
    Dismissed,
    MeetingChanged,
    MeetingEnded,
    ParticipantChanged,
    ParticipantLeft,
    RoomEvent,
    ServerMessage,
    Tick,
    WaitingChanged,
)
from videocall.live.state import Participant

_encoder = msgspec.json.Encoder()


def encode(message: ServerMessage) -> str:
    """One message as it goes over the wire."""
    return _encoder.encode(message).decode()


class Connection(Protocol):
    """One socket, as the hub sees it. Nothing here waits: what a socket cannot take now, it queues or gives up."""

    admitted: bool
    leads: bool
    """Host or co-host: they are told who waits."""
    seq: int
    """Number of the last event that this socket was told, by snapshot or one by one."""

    @property
    def session(self) -> str:
        """The page that sits at this socket."""

    def send(self, encoded: str) -> None:
        """Queue a message; a socket that reads too slowly is closed."""

    def close(self, code: int) -> None:
        """Close after everything queued has gone out."""

    def come_in_again(self) -> None:
        """A host admitted the person from the lobby, or the room was made anew: join again, for a fresh snapshot."""

    def come_back(self) -> None:
        """The room takes this socket for lost, and it is not: say so."""


CLOSE_RESTART = 1012
CLOSE_DISMISSED = 4403
CLOSE_ENDED = 4410


class Hub:
    """Knows who of a room is connected to this process, one socket for each person."""

    def __init__(self) -> None:
        self._rooms: defaultdict[str, dict[str, Connection]] = defaultdict(dict)
        self._count = 0
        self._on_count: Callable[[int], None] = lambda _: None

    def on_count(self, tell: Callable[[int], None]) -> None:
        """Have it told how many people are connected to this process, whenever that changes."""
        self._on_count = tell

    def attach(self, code: str, participant_id: str, connection: Connection) -> None:
        """Make this the socket of a person; one that they had before is told so and closed."""
        before = self._rooms[code].get(participant_id)
        self._rooms[code][participant_id] = connection
        if before is None:
            self._counted(1)
        if before is not None and before is not connection:
            _dismiss(before, Dismissed(why="replaced"))

    def detach(self, code: str, participant_id: str, connection: Connection) -> bool:
        """Forget a socket; False when it was not (any longer) the one of that person."""
        people = self._rooms.get(code, {})
        if people.get(participant_id) is not connection:
            return False
        del people[participant_id]
        if not people:
            del self._rooms[code]
        self._counted(-1)
        return True

    def _counted(self, more: int) -> None:
        self._count += more
        self._on_count(self._count)

    def on_event(self, code: str, event: RoomEvent) -> None:
        """Tell everybody of the room who is connected here; each form is encoded once."""
        people = self._rooms.get(code)
        if not people:
            return
        form_for = _forms(event)
        over = isinstance(event, MeetingEnded)
        for person_id, connection in list(people.items()):
            if over or (connection.admitted and event.seq > connection.seq):
                connection.seq = event.seq
                connection.send(form_for(person_id, connection.leads))
                if isinstance(event, ParticipantChanged) and event.participant.id == person_id:
                    _compare(connection, event.participant)
                if isinstance(event, ParticipantLeft) and event.id == person_id and event.why == "left":
                    connection.close(CLOSE_DISMISSED)  # by HTTP, or in another process
            if over:
                connection.close(CLOSE_ENDED)

    def on_message(self, code: str, to: str, message: DirectMessage) -> None:
        """Hand a message to one person, if they are connected here."""
        connection = self._rooms.get(code, {}).get(to)
        if connection is None:
            return
        match message:
            case Admitted():
                connection.come_in_again()
            case Dismissed():
                _dismiss(connection, message)
            case _:
                connection.send(encode(message))

    def on_reset(self, code: str) -> None:
        """Events may have been missed: everybody who is connected here comes in again."""
        for connection in self._rooms.get(code, {}).values():
            connection.come_in_again()

    def close_all(self, code: int) -> None:
        """The server is going down: close every socket, so that clients come back to its successor at once."""
        for people in self._rooms.values():
            for connection in people.values():
                connection.close(code)


def _forms(event: RoomEvent) -> Callable[[str, bool], str]:
    """What an event looks like to a person, who leads the meeting or does not."""
    whole = encode(event)
    if isinstance(event, WaitingChanged):
        number = encode(Tick(seq=event.seq))
        return lambda _, leads: whole if leads else number
    if isinstance(event, MeetingChanged) and event.meeting.place and not event.meeting.place.open:
        opener, shut = event.meeting.place.opener, encode(replace(event, meeting=told(event.meeting, "")))
        return lambda person_id, _: whole if person_id == opener else shut
    return lambda *_: whole


def _compare(connection: Connection, person: Participant) -> None:
    """Another process may have heard of a person's newer page, or of the end of the socket that they had before.

    Who came to lead the meeting, or no longer does, comes in again: a snapshot tells who waits.
    """
    if person.session == connection.session and person.away_since is not None:
        connection.come_back()
    elif person.session != connection.session and person.away_since is None:
        _dismiss(connection, Dismissed(why="replaced"))
    elif (person.role != "guest") != connection.leads:
        connection.leads = person.role != "guest"
        connection.come_in_again()


def _dismiss(connection: Connection, message: Dismissed) -> None:
    connection.send(encode(message))
    connection.close(CLOSE_DISMISSED)
