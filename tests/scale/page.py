"""A page in a meeting, as a browser keeps it: a snapshot, and the numbered events after it."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from e2e.site_process import SiteProcess

Message = dict[str, Any]
HEARTBEAT_SECONDS = 0.5
PATIENCE = 45.0
"""Seconds; generous, since test machines are small and busy."""


class Page:
    """Somebody's page; it outlives its sockets, as a page does."""

    def __init__(self, code: str, name: str | None = None, token: str | None = None) -> None:
        self.code = code
        self.name = name
        self.token = token
        self.session = secrets.token_urlsafe(8)
        self.id = ""
        self.room: dict[str, Message] = {}
        self.waiting: list[Message] = []
        self.seq = 0
        self.answer: Message = {}
        self.snapshots = 0
        self.gaps = 0
        self.most = 0
        """How many people were in the room at the fullest moment that this page was told of."""
        self.came: list[str] = []
        """Ids of those who came in while this page was there, in order."""
        self.others: list[Message] = []
        self.closed: int | None = None
        self._socket: ClientConnection | None = None
        self._changed = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def names(self) -> list[str]:
        """Who is in the room, by what this page was told; somebody there twice is named twice."""
        return sorted(person["name"] for person in self.room.values())

    @property
    def here(self) -> list[str]:
        """Who is in the room and has a socket."""
        return sorted(person["name"] for person in self.room.values() if person["away_since"] is None)

    async def join(self, site: SiteProcess) -> Message:
        """Connect to a server and ask to be let in; what it answers."""
        await self.leave_socket()
        address = f"{site.address.replace('http', 'ws', 1)}/api/meetings/{self.code}/live"
        self._socket = await connect(address, compression=None, proxy=None, open_timeout=PATIENCE)
        self.answer, self.closed = {}, None
        self._tasks = [asyncio.create_task(self._read(self._socket)), asyncio.create_task(self._beat())]
        wish = {"token": self.token} if self.token else {"name": self.name}
        await self.send("join", session=self.session, **wish)
        await self.until(lambda: bool(self.answer))
        return self.answer

    async def send(self, kind: str, **fields: Any) -> None:
        assert self._socket is not None
        await self._socket.send(msgspec.json.encode({"type": kind, **fields}).decode())

    async def until(self, right: Callable[[], bool]) -> None:
        """Wait for the moment when something holds."""
        try:
            async with self._changed, asyncio.timeout(PATIENCE):
                await self._changed.wait_for(right)
        except TimeoutError:
            raise AssertionError(f"not in time: {self.names=} {self.seq=} {self.answer=} {self.closed=}") from None

    async def until_here(self, names: list[str]) -> None:
        """Wait until these, each once, are all who are there, and all of them have a socket."""
        await self.until(lambda: self.here == self.names == sorted(names))

    async def until_closed(self, code: int | None = None) -> None:
        await self.until(lambda: self.closed is not None and code in {None, self.closed})

    async def until_told_anew(self, snapshots: int) -> None:
        """Wait for more snapshots than there were."""
        await self.until(lambda: self.snapshots > snapshots)

    async def until_hand_of(self, person: "Page") -> None:
        await self.until(lambda: self.room[person.id]["hand"] is not None)

    async def other(self, kind: str) -> Message:
        """The next message of a kind that is not about who is in the room."""
        await self.until(lambda: any(message["type"] == kind for message in self.others))
        found = next(message for message in self.others if message["type"] == kind)
        self.others.remove(found)
        return found

    async def leave_socket(self) -> None:
        """Let go of the socket without a word in the meeting."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._socket is not None:
            self._socket.transport.abort()
            await self._socket.wait_closed()
            self._socket = None

    async def _beat(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS)
                await self.send("heartbeat")

    async def _read(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                await self._take(msgspec.json.decode(text))
                async with self._changed:
                    self._changed.notify_all()
        self.closed = socket.close_code or 1006
        async with self._changed:
            self._changed.notify_all()

    async def _take(self, message: Message) -> None:
        match message["type"]:
            case "snapshot":
                self.id, self.token, self.seq = message["you"], message["token"], message["seq"]
                self.room = {person["id"]: person for person in message["participants"]}
                self.waiting = message["waiting"] or []
                self.snapshots += 1
                self.answer = message
            case "in_lobby":
                self.id, self.token, self.answer = message["you"], message["token"], message
            case "refused":
                self.answer = message
                self.others.append(message)
            case "alive":
                await self._expect(message["seq"])
            case _ if "seq" in message:
                if await self._expect(message["seq"] - 1):
                    self.seq = message["seq"]
                    self._apply(message)
            case _:
                self.others.append(message)

    async def _expect(self, seq: int) -> bool:
        """Whether this page knows everything up to a number; it asks for a snapshot when it does not."""
        if self.id in self.room and seq > self.seq:
            self.gaps += 1
            await self.send("resync")
        return seq == self.seq

    def _apply(self, event: Message) -> None:
        match event["type"]:
            case "participant_joined" | "participant_changed":
                if event["participant"]["id"] not in self.room:
                    self.came.append(event["participant"]["id"])
                self.room[event["participant"]["id"]] = event["participant"]
                self.most = max(self.most, len(self.room))
            case "participant_left":
                self.room.pop(event["id"], None)
            case "waiting_changed":
                self.waiting = event["waiting"]
            case "meeting_ended":
                self.others.append(event)
