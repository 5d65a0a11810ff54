"""Breakout rooms: what hosts do with them, where people go by themselves, and their end when the time is over."""

import contextlib
from collections.abc import AsyncIterator

from videocall.background import going_on, repeat
from videocall.clock import Clock
from videocall.live.breakouts import call_for_help, close_rooms, close_soon, go, open_rooms, overdue, rename, room_of
from videocall.live.bus import Bus
from videocall.live.client_messages import (
    BreakoutMessage,
    CloseBreakouts,
    MoveToBreakout,
    OpenBreakouts,
    RenameBreakout,
    TellBreakouts,
)
from videocall.live.room import Change, RoomState
from videocall.live.server_messages import WordToBreakouts
from videocall.meetings.repository import MeetingRepository
from videocall.problems import NotAllowed, ParticipantNotFound
from videocall.rates import Rates
from videocall.store.base import as_document

LOOK_SECONDS = 1.0
GO_RATE = "30/minute"
"""How often one person may change rooms, or ask for help: everybody's browsers connect anew each time."""


class BreakoutRooms:
    """Changes them in the room, which decides, and keeps what came of it in the store, for a restart."""

    def __init__(self, *, clock: Clock, repository: MeetingRepository, bus: Bus, rates: Rates) -> None:
        self._clock = clock
        self._repository = repository
        self._bus = bus
        self._rates = rates

    async def act(self, code: str, host_id: str, message: BreakoutMessage) -> None:
        """What a host or co-host asked for; raises `NotAllowed` and `ParticipantNotFound`."""
        room, now = await self._bus.read(code), self._clock.now()
        if isinstance(message, OpenBreakouts):
            _check_may_open(room)
            await self._change(code, open_rooms(message, now))
            return
        if room.meeting.breakouts is None:
            raise NotAllowed("There are no breakout rooms.")
        match message:
            case MoveToBreakout():
                if message.id not in room.participants:
                    raise ParticipantNotFound
                await self._change(code, go(message.id, _known(room, message.room)))
            case RenameBreakout():
                await self._change(code, rename(message.room, message.name))
            case CloseBreakouts():
                await self._change(code, close_rooms() if message.at_once else close_soon(now))
            case TellBreakouts():
                await self._rates.hit(GO_RATE, "tell breakouts", code, host_id)
                for person in room.participants:
                    if person != host_id and room_of(room, person) is not None:
                        await self._bus.send(code, person, WordToBreakouts(word=message.word, by=host_id))

    async def go(self, code: str, person_id: str, to: str | None) -> None:
        """Somebody goes into another room; raises `NotAllowed` when only hosts may."""
        room = await self._bus.read(code)
        breakouts, person = room.meeting.breakouts, room.participants.get(person_id)
        if breakouts is None or person is None:
            return  # closed at that very moment
        if person.role == "guest" and not breakouts.choose:
            raise NotAllowed("Only a host can move people between the rooms.")
        await self._rates.hit(GO_RATE, "breakouts", code, person_id)
        await self._change(code, go(person_id, _known(room, to)))

    async def ask_for_help(self, code: str, person_id: str, *, asking: bool) -> None:
        """Somebody would like a host to come into their breakout room, or no longer."""
        await self._rates.hit(GO_RATE, "breakouts", code, person_id)
        await self._change(code, call_for_help(person_id, asking=asking))

    async def _change(self, code: str, change: Change) -> None:
        room = await self._bus.change(code, change)
        breakouts = room.meeting.breakouts
        await self._repository.change_open(code, breakouts=as_document(breakouts) if breakouts else None)

    async def close_overdue(self) -> None:
        """Close the rooms of meetings of this process whose time is over."""
        now = self._clock.now()
        for code in self._bus.rooms():
            breakouts = (await self._bus.read(code)).meeting.breakouts
            if breakouts is not None and overdue(breakouts, now):
                await self._change(code, close_rooms(now))

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the loop going inside this context."""
        async with going_on(repeat(LOOK_SECONDS, self.close_overdue)):
            yield


def _check_may_open(room: RoomState) -> None:
    if room.meeting.breakouts is not None:
        raise NotAllowed("The breakout rooms are open already.")
    if room.meeting.engine != "direct":
        raise NotAllowed("Breakout rooms need a meeting that goes from browser to browser.")


def _known(room: RoomState, to: str | None) -> str | None:
    breakouts = room.meeting.breakouts
    if to is not None and (breakouts is None or to not in {one.id for one in breakouts.rooms}):
        raise NotAllowed("There is no such room.")
    return to
