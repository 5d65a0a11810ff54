"""Every way in which the breakout rooms of a meeting can change, as pure functions; see `videocall.live.room`.

All of them are one part of the meeting's record, so each change is one event: nobody is half way between two rooms.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from videocall.live.client_messages import OpenBreakouts
from videocall.live.room import Change, Events, RoomState
from videocall.live.server_messages import MeetingChanged
from videocall.live.state import Breakout, Breakouts

CLOSE_AFTER = timedelta(seconds=30)
"""So long people have to say goodbye when a host closes the rooms."""
MOST_REMEMBERED = 200
"""So many people are known to be in a breakout room before those who are not in the meeting any more are forgotten."""


def room_of(state: RoomState, person_id: str) -> str | None:
    """The id of the breakout room that somebody is in; None for the main room."""
    breakouts = state.meeting.breakouts
    return breakouts.people.get(person_id) if breakouts else None


def side_by_side(state: RoomState, one: str, other: str) -> bool:
    """Whether two people are in the same room, so that their browsers are to be connected."""
    return room_of(state, one) == room_of(state, other)


def _now(state: RoomState, breakouts: Breakouts | None) -> Events:
    if breakouts != state.meeting.breakouts:
        yield MeetingChanged(seq=state.seq + 1, meeting=replace(state.meeting, breakouts=breakouts))


def open_rooms(wish: OpenBreakouts, now: datetime) -> Change:
    """Open them, with those who are in the meeting and in a list; nothing happens while some are open already.

    Nor where the media goes through a server: it has one room for all.
    """

    def change(state: RoomState) -> Events:
        if state.meeting.breakouts is not None or state.meeting.engine != "direct":
            return
        rooms = [Breakout(id=str(number), name=room.name) for number, room in enumerate(wish.rooms, 1)]
        people = {
            person: room.id
            for room, asked in zip(rooms, wish.rooms, strict=True)
            for person in asked.people
            if person in state.participants
        }
        ends_at = now + timedelta(minutes=wish.minutes) if wish.minutes else None
        yield from _now(state, Breakouts(rooms=rooms, people=people, choose=wish.choose, ends_at=ends_at))

    return change


def go(person_id: str, room: str | None) -> Change:
    """Take somebody into a breakout room, or to the main room with None. A host who comes is the help asked for."""

    def change(state: RoomState) -> Events:
        breakouts, person = state.meeting.breakouts, state.participants.get(person_id)
        if breakouts is None or person is None or room not in {None, *(one.id for one in breakouts.rooms)}:
            return
        if breakouts.people.get(person_id) == room:
            return
        people = {key: place for key, place in breakouts.people.items() if key != person_id}
        if room is not None:
            people[person_id] = room
        if len(people) > MOST_REMEMBERED:
            people = {key: place for key, place in people.items() if key in state.participants}
        rooms = [
            replace(one, help=None) if (one.help == person_id) or (one.id == room and person.role != "guest") else one
            for one in breakouts.rooms
        ]
        yield from _now(state, replace(breakouts, people=people, rooms=rooms))

    return change


def rename(room: str, name: str) -> Change:
    """Call a breakout room something else."""

    def change(state: RoomState) -> Events:
        breakouts = state.meeting.breakouts
        if breakouts is not None:
            rooms = [replace(one, name=name) if one.id == room else one for one in breakouts.rooms]
            yield from _now(state, replace(breakouts, rooms=rooms))

    return change


def call_for_help(person_id: str, *, asking: bool) -> Change:
    """Note in the room of somebody that a host is asked to come, or no longer. Who has one there needs no other."""

    def change(state: RoomState) -> Events:
        breakouts, room = state.meeting.breakouts, room_of(state, person_id)
        if breakouts is None or room is None or person_id not in state.participants:
            return
        led = any(one.role != "guest" and room_of(state, one.id) == room for one in state.participants.values())
        asks = person_id if asking and not led else None
        rooms = [replace(one, help=asks) if one.id == room else one for one in breakouts.rooms]
        yield from _now(state, replace(breakouts, rooms=rooms))

    return change


def close_soon(now: datetime) -> Change:
    """Let the time of the rooms end soon, if it does not end sooner; at once while nobody is in them."""

    def change(state: RoomState) -> Events:
        breakouts = state.meeting.breakouts
        if breakouts is None:
            return
        ends_at = now + CLOSE_AFTER
        if not breakouts.people.keys() & state.participants.keys():
            yield from _now(state, None)
        elif breakouts.ends_at is None or breakouts.ends_at > ends_at:
            yield from _now(state, replace(breakouts, ends_at=ends_at))

    return change


def close_rooms(now: datetime | None = None) -> Change:
    """Bring everybody back to the main room: now, or, with a time, if the rooms were to end by then."""

    def change(state: RoomState) -> Events:
        breakouts = state.meeting.breakouts
        if breakouts is not None and (now is None or overdue(breakouts, now)):
            yield from _now(state, None)

    return change


def overdue(breakouts: Breakouts, now: datetime) -> bool:
    """Whether the time of the rooms is over."""
    return breakouts.ends_at is not None and breakouts.ends_at <= now
