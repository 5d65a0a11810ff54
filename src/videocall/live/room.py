"""The state of one room and every way it can change, as pure functions.

A change is a generator: it looks at the state and yields events, each numbered one past the state; whoever runs it
applies an event before asking for the next (`videocall.live.bus`). So the state is always the sum of its events, and a
client that applies the same events holds the same state.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from videocall.live.server_messages import (
    MeetingChanged,
    MeetingEnded,
    ParticipantChanged,
    ParticipantJoined,
    ParticipantLeft,
    RoomEvent,
    WaitingChanged,
)
from videocall.live.state import (
    Arrival,
    EndReason,
    LobbyWord,
    Media,
    Participant,
    Place,
    Role,
    RoomMeeting,
    ServerRefusal,
    Waiting,
)
from videocall.problems import MeetingEnded as MeetingIsOver
from videocall.problems import MeetingFull


class RoomState(Struct):
    """Everything about a room that its people need to know; `seq` is the number of the last event."""

    meeting: RoomMeeting
    seq: int = 0
    participants: dict[str, Participant] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    ended: EndReason | None = None


Events = Iterator[RoomEvent]
Change = Callable[[RoomState], Events]


def apply(state: RoomState, event: RoomEvent) -> None:
    """Bring the state up to an event; web/src/call/room.ts does the same."""
    match event:
        case ParticipantJoined() | ParticipantChanged():
            state.participants[event.participant.id] = event.participant
        case ParticipantLeft():
            state.participants.pop(event.id, None)
        case WaitingChanged():
            state.waiting = {person.id: person for person in event.waiting}
        case MeetingEnded():
            state.ended = event.why
        case _:
            state.meeting = event.meeting
    state.seq = event.seq


def _waiting(state: RoomState, waiting: dict[str, Waiting]) -> WaitingChanged:
    return WaitingChanged(seq=state.seq + 1, waiting=list(waiting.values()))


def enter(participant: Participant) -> Change:
    """Come into the room, or come back to it.

    Raises `MeetingFull` when there is no seat for one more, and the problem `MeetingEnded` when it is over.
    """

    def change(state: RoomState) -> Events:
        if state.ended is not None:
            raise MeetingIsOver
        present = state.participants.get(participant.id)
        if present is None and len(state.participants) >= state.meeting.limit:
            raise MeetingFull
        if participant.id in state.waiting:
            yield _waiting(state, {key: person for key, person in state.waiting.items() if key != participant.id})
        if present is None:
            yield ParticipantJoined(seq=state.seq + 1, participant=_numbered(participant, None, state.seq + 1))
        else:
            arrival = present.arrival if present.session == participant.session else None
            back = replace(
                _numbered(participant, present.hand, state.seq + 1), joined_at=present.joined_at, arrival=arrival
            )
            yield ParticipantChanged(seq=state.seq + 1, participant=back)

    return change


def _numbered(participant: Participant, hand_before: int | None, number: int) -> Participant:
    """Keep the place of a hand that was up before; a hand that comes up now goes to the end of the line."""
    if participant.hand is None:
        return participant
    return replace(participant, hand=hand_before or number)


def leave(participant_id: str, why: Literal["left", "removed"]) -> Change:
    """Go out of the room, or out of the lobby; nothing happens for somebody who is in neither."""

    def change(state: RoomState) -> Events:
        if participant_id in state.waiting:
            yield _waiting(state, {key: person for key, person in state.waiting.items() if key != participant_id})
        if participant_id in state.participants:
            yield ParticipantLeft(seq=state.seq + 1, id=participant_id, why=why)

    return change


def wait(person: Waiting) -> Change:
    """Come into the lobby, or come back to one's place in it; raises the problem `MeetingEnded` when it is over."""

    def change(state: RoomState) -> Events:
        if state.ended is not None:
            raise MeetingIsOver
        before = state.waiting.get(person.id)
        entry = replace(person, since=before.since, word=before.word) if before else person
        if entry != before:
            yield _waiting(state, {**state.waiting, person.id: entry})

    return change


def tell(waiting_ids: Collection[str], word: LobbyWord) -> Change:
    """Note what people in the lobby are told: they see it again after a reload. Who waits no longer is let be."""

    def change(state: RoomState) -> Events:
        waiting = {
            key: replace(person, word=word) if key in waiting_ids else person for key, person in state.waiting.items()
        }
        if waiting != state.waiting:
            yield _waiting(state, waiting)

    return change


def set_media(participant_id: str, media: Media) -> Change:
    """Say what somebody sends now."""

    def change(state: RoomState) -> Events:
        person = state.participants.get(participant_id)
        if person and person.media != media:
            yield ParticipantChanged(seq=state.seq + 1, participant=replace(person, media=media))

    return change


def set_hand(participant_id: str, *, raised: bool) -> Change:
    """Raise or lower a hand; hands are in the order of the events that raised them."""

    def change(state: RoomState) -> Events:
        person = state.participants.get(participant_id)
        if person and (person.hand is not None) != raised:
            number = state.seq + 1
            yield ParticipantChanged(seq=number, participant=replace(person, hand=number if raised else None))

    return change


def set_role(participant_id: str, role: Role) -> Change:
    """Make somebody host, co-host, or neither."""

    def change(state: RoomState) -> Events:
        person = state.participants.get(participant_id)
        if person and person.role != role:
            yield ParticipantChanged(seq=state.seq + 1, participant=replace(person, role=role))

    return change


def set_meeting(*, announce: bool = False, **fields: Any) -> Change:
    """Something about the meeting itself is different now; `announce` when the room cannot see it, as a password."""

    def change(state: RoomState) -> Events:
        meeting = replace(state.meeting, **fields)
        if meeting != state.meeting or announce:
            yield MeetingChanged(seq=state.seq + 1, meeting=meeting)

    return change


def move(
    epoch: int,
    *,
    engine: Literal["direct", "jitsi"],
    limit: int,
    place: Place | None,
    refusal: ServerRefusal | None = None,
) -> Change:
    """Go over to the media of an epoch. Never back: who comes late with an older one changes nothing.

    Breakout rooms are for media from browser to browser, and everybody goes over together.
    """

    def change(state: RoomState) -> Events:
        if epoch > state.meeting.epoch:
            shown = replace(place, opener=opener(state)) if place else None
            rooms = state.meeting.breakouts if engine == "direct" else None
            meeting = replace(
                state.meeting,
                epoch=epoch,
                engine=engine,
                limit=limit,
                place=shown,
                breakouts=rooms,
                refusal=refusal,
            )
            yield MeetingChanged(seq=state.seq + 1, meeting=meeting)

    return change


def open_place(epoch: int) -> Change:
    """Let everybody into the place of an epoch."""

    def change(state: RoomState) -> Events:
        place = state.meeting.place
        if place is not None and state.meeting.epoch == epoch and not place.open:
            meeting = replace(state.meeting, place=replace(place, open=True))
            yield MeetingChanged(seq=state.seq + 1, meeting=meeting)

    return change


def arrive(participant_id: str, epoch: int, reached: Literal["joined", "failed"] | None) -> Change:
    """Say how far somebody came into the place of this epoch; None for out of it again. Of others nothing is heard.

    The opener opens it, nobody else: who comes in first is moderator there. So does an opener who is kept out: then the
    others show whether it is the place.
    """

    def change(state: RoomState) -> Events:
        person = state.participants.get(participant_id)
        if person is None or state.meeting.place is None or epoch != state.meeting.epoch:
            return
        arrival = Arrival(epoch=epoch, state=reached) if reached else None
        if person.arrival != arrival:
            yield ParticipantChanged(seq=state.seq + 1, participant=replace(person, arrival=arrival))
        if reached is not None and participant_id == opener(state):
            yield from open_place(epoch)(state)

    return change


def opener(state: RoomState) -> str | None:
    """Who goes into a new place first: the host, or else whoever has been here longest, of those who are not away."""
    here = [person for person in state.participants.values() if person.away_since is None]
    first = min(here, key=lambda person: (person.role != "host", person.joined_at, person.id), default=None)
    return first.id if first else None


def steps(change: Change, state: RoomState) -> Events:
    """The events of a change, and what follows from it: another may now be the one who goes into a place first.

    Whoever runs a change on a room runs these, and applies each before asking for the next.
    """
    yield from change(state)
    place, first = state.meeting.place, opener(state)
    if place is not None and not place.open and first is not None and first != place.opener:
        meeting = replace(state.meeting, place=replace(place, opener=first))
        yield MeetingChanged(seq=state.seq + 1, meeting=meeting)


def told(meeting: RoomMeeting, person_id: str) -> RoomMeeting:
    """What one person is told of a meeting: how to come into its place once they may go in."""
    place = meeting.place
    if place is None or place.open or place.opener == person_id:
        return meeting
    return replace(meeting, place=replace(place, room="", password=""))


def go_away(participant_id: str, session: str | None, now: datetime) -> Change:
    """The socket of a page broke; `session` guards against the late end of an older page. None for the lobby."""

    def change(state: RoomState) -> Events:
        person = state.participants.get(participant_id)
        if person and person.session == session:
            yield ParticipantChanged(seq=state.seq + 1, participant=replace(person, away_since=now))
        waiting = state.waiting.get(participant_id)
        if waiting:
            yield _waiting(state, {**state.waiting, participant_id: replace(waiting, away_since=now)})

    return change


def come_back(participant_id: str, session: str) -> Change:
    """Take back a `go_away`: this page's socket is there after all, in another process than the one that lost it."""

    def change(state: RoomState) -> Events:
        person = state.participants.get(participant_id)
        if person and person.session == session and person.away_since is not None:
            yield ParticipantChanged(seq=state.seq + 1, participant=replace(person, away_since=None))
        waiting = state.waiting.get(participant_id)
        if waiting and waiting.away_since is not None:
            yield _waiting(state, {**state.waiting, participant_id: replace(waiting, away_since=None)})

    return change


def end(why: EndReason) -> Change:
    """The meeting is over for everybody."""

    def change(state: RoomState) -> Events:
        if state.ended is None:
            yield MeetingEnded(seq=state.seq + 1, why=why)

    return change


def lose(person_id: str, away_since: datetime) -> Change:
    """Let go of somebody, in the room or in the lobby, who has been away since then and did not come back meanwhile."""

    def change(state: RoomState) -> Events:
        waiting = state.waiting.get(person_id)
        if waiting and waiting.away_since == away_since:
            yield _waiting(state, {key: person for key, person in state.waiting.items() if key != person_id})
        person = state.participants.get(person_id)
        if person and person.away_since == away_since:
            yield ParticipantLeft(seq=state.seq + 1, id=person_id, why="lost")

    return change


def lose_session(participant_id: str, session: str) -> Change:
    """Let go of somebody whose process died with the socket, unless they came back from another page meanwhile."""

    def change(state: RoomState) -> Events:
        person = state.participants.get(participant_id)
        if person is not None and person.session == session:
            yield ParticipantLeft(seq=state.seq + 1, id=participant_id, why="lost")

    return change
