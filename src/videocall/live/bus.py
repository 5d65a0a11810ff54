"""Where rooms live and how their changes reach every process that serves people in them.

`InProcessBus` is for one process, `videocall.live.redis_bus.RedisBus` for several. A change is a function of the state
alone, so it can be tried again on a newer state.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec import Struct

from videocall.live.room import Change, RoomState, apply, steps
from videocall.live.server_messages import (
    CameraStopRequested,
    Dismissed,
    HostLink,
    MuteRequested,
    PeerSignal,
    PlaceConfirmed,
    RoomEvent,
    TurnedAway,
    UnmuteRequested,
    WordFromHost,
    WordToBreakouts,
)


class Admitted(Struct, tag="admitted"):
    """A host let somebody in; whoever holds that person's socket brings them into the room."""


DirectMessage = (
    PeerSignal
    | MuteRequested
    | UnmuteRequested
    | CameraStopRequested
    | HostLink
    | PlaceConfirmed
    | TurnedAway
    | WordFromHost
    | WordToBreakouts
    | Dismissed
    | Admitted
)
"""A message for one person, wherever their socket is."""

LoadRoom = Callable[[str], Awaitable[RoomState]]
OnEvent = Callable[[str, RoomEvent], None]
OnMessage = Callable[[str, str, DirectMessage], None]
OnReset = Callable[[str], None]
"""Events of a room may have been missed: everybody in it comes in again and gets a fresh snapshot."""


class Bus(Protocol):
    """The rooms of all processes. Events of one room come to every listener in the order of their numbers."""

    def listen(self, on_event: OnEvent, on_message: OnMessage, on_reset: OnReset) -> None:
        """Have events and direct messages of watched rooms handed over, as they happen."""

    async def open(self) -> None:
        """Connect; raises `Unavailable`."""

    async def close(self) -> None:
        """Let go of everything."""

    async def watch(self, code: str) -> None:
        """Somebody of the room is about to connect here. Each call wants one `unwatch`, even when it raises."""

    async def unwatch(self, code: str) -> None:
        """One of them is gone."""

    async def read(self, code: str) -> RoomState:
        """The room as it is now, made from the store when no process knows it. Treat it as read-only."""

    async def change(self, code: str, change: Change) -> RoomState:
        """Run a change on the room and tell everybody; what the change raises is raised here, and nothing happened."""

    async def send(self, code: str, to: str, message: DirectMessage) -> None:
        """Hand a message to the socket of one person; it is dropped when they have none."""

    async def forget(self, code: str) -> None:
        """Let go of a room that is over."""

    def rooms(self) -> list[str]:
        """Codes of the rooms that this process knows."""


class InProcessBus:
    """All rooms in the memory of this process. `load` makes the state of a room that is not known yet."""

    def __init__(self, load: LoadRoom) -> None:
        self._load = load
        self._rooms: dict[str, RoomState] = {}
        self._on_event: list[OnEvent] = []
        self._on_message: list[OnMessage] = []

    def listen(self, on_event: OnEvent, on_message: OnMessage, on_reset: OnReset) -> None:  # noqa: ARG002
        """See `Bus`. Nothing can be missed inside one process, so nothing is ever reset."""
        self._on_event.append(on_event)
        self._on_message.append(on_message)

    async def open(self) -> None:
        """See `Bus`."""

    async def close(self) -> None:
        """See `Bus`."""

    async def watch(self, code: str) -> None:
        """See `Bus`."""

    async def unwatch(self, code: str) -> None:
        """See `Bus`."""

    async def read(self, code: str) -> RoomState:
        """See `Bus`."""
        state = self._rooms.get(code)
        if state is None:
            loaded = await self._load(code)
            # Somebody else may have loaded it meanwhile: the first one counts.
            state = self._rooms.setdefault(code, loaded)
        return state

    async def change(self, code: str, change: Change) -> RoomState:
        """See `Bus`. Between reading and the last event nothing is awaited, so changes never mix."""
        state = await self.read(code)
        for event in steps(change, state):
            apply(state, event)
            for listener in self._on_event:
                listener(code, event)
        return state

    async def send(self, code: str, to: str, message: DirectMessage) -> None:
        """See `Bus`."""
        for listener in self._on_message:
            listener(code, to, message)

    async def forget(self, code: str) -> None:
        """See `Bus`."""
        self._rooms.pop(code, None)

    def rooms(self) -> list[str]:
        """See `Bus`."""
        return list(self._rooms)
