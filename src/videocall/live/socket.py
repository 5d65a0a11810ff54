"""The live WebSocket: one `LiveSocket` for each page in a meeting (docs/protocol.md)."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, ClassVar

import msgspec
import structlog
from litestar.connection import WebSocket
from litestar.exceptions import WebSocketDisconnect, WebSocketException
from msgspec import Struct
from msgspec.structs import replace

from videocall.clock import Clock
from videocall.live.breakouts import side_by_side
from videocall.live.bus import Bus
from videocall.live.client_messages import (
    AskForHelp,
    ClientMessage,
    EngineFailed,
    EngineStatus,
    GoToBreakout,
    Heartbeat,
    HostMessage,
    Join,
    Leave,
    Resync,
    SetHand,
    SetMedia,
    Signal,
)
from videocall.live.hub import CLOSE_DISMISSED, CLOSE_ENDED, CLOSE_RESTART, Hub, encode
from videocall.live.ice import ice_for
from videocall.live.room import RoomState, set_hand, set_media, told
from videocall.live.server_messages import Alive, Dismissed, InLobby, PeerSignal, Refused, Snapshot
from videocall.meetings.admission import AdmissionService, Entry, Knock
from videocall.meetings.breakouts import BreakoutRooms
from videocall.meetings.hosting import Hosting
from videocall.meetings.moves import Moves
from videocall.meetings.service import Meetings
from videocall.meetings.upkeep import Upkeep
from videocall.problems import (
    Banned,
    MeetingEnded,
    MeetingNotFound,
    NotAllowed,
    Problem,
    Unavailable,
)
from videocall.settings import Settings
from videocall.store.base import StoreError

log = structlog.get_logger()
AnyWebSocket = WebSocket[Any, Any, Any]

CLOSE_LOST = 1006
CLOSE_UNREADABLE = 4400
CLOSE_NOT_FOUND = 4404
CLOSE_IDLE = 4408
CLOSE_TOO_MUCH = 4429
PAUSES = (0.2, 1.0, 2.0, 4.0)
"""Seconds between attempts to come in again by oneself."""
MOST_QUEUED = 512
MOST_QUEUED_CHARACTERS = 1024 * 1024
"""How far a socket may be behind, in messages and in size, before it is given up."""

_decoder = msgspec.json.Decoder(ClientMessage)


class LiveServices(Struct):
    """What a live socket works with."""

    settings: Settings
    clock: Clock
    bus: Bus
    hub: Hub
    meetings: Meetings
    admission: AdmissionService
    hosting: Hosting
    breakouts: BreakoutRooms
    moves: Moves
    upkeep: Upkeep


class LiveSocket:
    """One socket from opening to closing; the `videocall.live.hub.Connection` of the person behind it."""

    __slots__ = (
        "_address",
        "_close_code",
        "_code",
        "_in_second",
        "_join",
        "_person",
        "_queue",
        "_second",
        "_services",
        "_socket",
        "_tasks",
        "_token",
        "_watching",
        "_writing",
        "admitted",
        "leads",
        "seq",
    )  # fmt: skip -- thousands of these are idle at a time
    _closing: ClassVar = {MeetingNotFound: CLOSE_NOT_FOUND, MeetingEnded: CLOSE_ENDED, Banned: CLOSE_DISMISSED}

    def __init__(self, socket: AnyWebSocket, code: str, address: str, services: LiveServices) -> None:
        self.admitted = False
        self.leads = False
        self.seq = 0
        self._socket = socket
        self._code = code
        self._address = address
        self._services = services
        self._person = ""
        self._token: str | None = None
        self._join: Join | None = None
        self._queue: list[str] = []
        self._close_code: int | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writing = False
        self._watching = False
        self._second = 0
        self._in_second = 0

    # --- what the hub calls ---

    @property
    def session(self) -> str:
        """See `Connection`."""
        return self._join.session if self._join is not None else ""

    def send(self, encoded: str) -> None:
        """See `Connection`. A task runs only while there is something to write: being idle costs nothing."""
        if self._close_code is not None:
            return
        self._queue.append(encoded)
        if len(self._queue) > MOST_QUEUED or sum(map(len, self._queue)) > MOST_QUEUED_CHARACTERS:
            self._queue[:] = [encode(Dismissed(why="too_slow"))]
            self._close_code = CLOSE_TOO_MUCH
            self._spawn(self._lose())  # nobody knows when the socket will take its goodbye
        self._start_writing()

    def close(self, code: int) -> None:
        """See `Connection`."""
        if self._close_code is None:
            self._close_code = code
            self._start_writing()

    def come_in_again(self) -> None:
        """See `Connection`."""
        if self._join is not None and self._close_code is None:
            self._spawn(self._try_join(replace(self._join, token=self._token)))

    def come_back(self) -> None:
        """See `Connection`."""
        self._spawn(self._try_beat())

    # --- the life of the socket ---

    async def run(self) -> None:
        """Serve the socket until it closes."""
        await self._socket.accept()
        deadline = asyncio.get_running_loop().time() + self._services.settings.join_within_seconds
        try:
            while self._close_code is None:
                text = await self._receive(deadline)
                if self._close_code is None:  # what comes after the goodbye is too late
                    await self._take(text)
        except TimeoutError:
            self.close(CLOSE_IDLE)
        except (msgspec.DecodeError, RecursionError):
            self.close(CLOSE_UNREADABLE)
        except (WebSocketDisconnect, WebSocketException):
            self._close_code = self._close_code or CLOSE_LOST
        finally:
            await self._finish()

    async def _receive(self, deadline: float) -> str:
        async with asyncio.timeout_at(None if self._person else deadline):
            return await self._socket.receive_text()

    async def _take(self, text: str) -> None:
        if not self._within_rate():
            self.send(encode(Dismissed(why="too_many_messages")))
            self.close(CLOSE_TOO_MUCH)
            return
        message = _decoder.decode(text)
        try:
            await self._handle(message)
        except Problem as problem:
            self._refuse(problem)
        except StoreError as error:
            log.warning("live_store_failed", error=str(error))
            self._refuse(Unavailable())

    def _within_rate(self) -> bool:
        second = int(self._services.clock.now().timestamp())
        if second != self._second:
            self._second, self._in_second = second, 0
        self._in_second += 1
        return self._in_second <= self._services.settings.messages_per_second

    def _refuse(self, problem: Problem) -> None:
        refused = Refused(code=problem.code, detail=problem.detail, retry_after_seconds=problem.retry_after)
        self.send(encode(refused))
        closing = self._closing.get(type(problem))
        if closing is not None:
            self.close(closing)

    async def _lose(self) -> None:
        """The person behind this socket is away, unless another socket has taken its place."""
        with contextlib.suppress(Problem, StoreError):
            if self._person and self._services.hub.detach(self._code, self._person, self):
                await self._services.admission.lose(self._code, self._person, self.session)

    async def _finish(self) -> None:
        await self._lose()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._lose()  # once more: somebody who was just coming in again has come into nothing
        if self._watching:
            await self._services.bus.unwatch(self._code)

    # --- messages ---

    async def _handle(self, message: ClientMessage) -> None:
        if isinstance(message, Join):
            if self._person:
                raise NotAllowed("You have joined already.")
            await self._enter(message)
        elif isinstance(message, Heartbeat):
            self.send(encode(Alive(seq=await self._answer_beat())))
        elif not self._person:
            raise NotAllowed("Join first.")
        elif isinstance(message, Leave):
            self._services.hub.detach(self._code, self._person, self)
            await self._services.admission.depart(self._code, self._person, "left")
            self.close(1000)
        elif not self.admitted:
            self._handle_waiting(message)
        elif isinstance(message, HostMessage):
            await self._services.hosting.act(self._code, self._person, message)
        else:
            await self._handle_participant(message)

    def _handle_waiting(self, message: ClientMessage) -> None:
        match message:
            case SetMedia():
                self._remember(media=message.media)
            case SetHand():
                self._remember(hand=message.raised)
            case _:
                raise NotAllowed("Please wait until a host lets you in.")

    async def _handle_participant(
        self, message: Resync | Signal | SetMedia | SetHand | GoToBreakout | AskForHelp | EngineStatus | EngineFailed
    ) -> None:
        bus = self._services.bus
        match message:
            case Resync():
                self._send_snapshot(await bus.read(self._code))
            case Signal():
                await self._relay(message)
            case SetMedia():
                await bus.change(self._code, set_media(self._person, message.media))
                self._remember(media=message.media)
            case SetHand():
                await bus.change(self._code, set_hand(self._person, raised=message.raised))
                self._remember(hand=message.raised)
            case GoToBreakout():
                await self._services.breakouts.go(self._code, self._person, message.room)
            case AskForHelp():
                await self._services.breakouts.ask_for_help(self._code, self._person, asking=message.asking)
            case EngineStatus():
                await self._services.moves.status(self._code, self._person, message)
            case EngineFailed():
                await self._services.moves.failed(self._code, self._person, message)

    async def _relay(self, signal: Signal) -> None:
        room = await self._services.bus.read(self._code)
        receiver = room.participants.get(signal.to)
        if receiver is None or receiver.session != signal.to_session:
            return
        if self._person not in room.participants or not side_by_side(room, self._person, signal.to):
            return
        forwarded = PeerSignal(
            sender=self._person,
            sender_session=self.session,
            description=signal.description,
            proof=signal.proof,
            candidates=signal.candidates,
        )
        await self._services.bus.send(self._code, signal.to, forwarded)

    async def _answer_beat(self) -> int:
        if not self._person:
            return 0
        try:
            return await self._beat()
        except (Unavailable, StoreError):
            # The socket is alive all the same, and nobody has to be told every few seconds that a part is down.
            return self.seq

    async def _beat(self) -> int:
        room = await self._services.upkeep.heartbeat(self._code, self._person, self.session)
        if self.admitted and self._person not in room.participants:
            # Let go of by mistake, for example by a process that took this one for dead.
            self.come_in_again()
        return room.seq

    async def _try_beat(self) -> None:
        with contextlib.suppress(Problem, StoreError):  # the next heartbeat tries again
            await self._beat()

    # --- coming in ---

    async def _try_join(self, message: Join) -> None:
        for pause in PAUSES:
            try:
                await self._enter(message, called=True)
            except (Unavailable, StoreError):
                await asyncio.sleep(pause)
            except Problem as problem:
                self._refuse(problem)
                return
            else:
                return
        # Nobody waits for an answer to this: let the page come back by itself.
        self.close(CLOSE_RESTART)

    async def _enter(self, message: Join, *, called: bool = False) -> None:
        if not self._watching:
            self._code = (await self._services.meetings.find(self._code)).code
            self._watching = True
            await self._services.bus.watch(self._code)
        knock = Knock(
            code=self._code,
            address=self._address,
            session=message.session,
            connected=True,
            name=message.name,
            token=message.token,
            host_key=message.host_key,
            password=message.password,
            media=message.media,
            hand=message.hand,
            called=called,
        )
        entry = await self._services.admission.join(knock)
        # Nothing is awaited from here to the snapshot, so no event can slip in between.
        self._code, self._person, self._token = entry.meeting.code, entry.person.id, entry.token
        self._join = message
        self.leads = entry.person.leads
        self._services.hub.attach(self._code, self._person, self)
        if entry.room is None:
            self._send_in_lobby(entry)
        else:
            self.admitted = True
            self._send_snapshot(entry.room)

    def _remember(self, **fields: object) -> None:
        if self._join is not None:
            self._join = replace(self._join, **fields)

    def _send_in_lobby(self, entry: Entry) -> None:
        seconds = self._services.settings.heartbeat_seconds
        waiting = InLobby(you=entry.person.id, token=entry.token, heartbeat_seconds=seconds, word=entry.word)
        self.send(encode(waiting))

    def _send_snapshot(self, room: RoomState) -> None:
        settings = self._services.settings
        snapshot = Snapshot(
            seq=room.seq,
            now=self._services.clock.now(),
            you=self._person,
            token=self._token or "",
            meeting=told(room.meeting, self._person),
            participants=list(room.participants.values()),
            waiting=list(room.waiting.values()) if self.leads else None,
            ice=ice_for(self._person, settings, self._services.clock),
            heartbeat_seconds=settings.heartbeat_seconds,
        )
        self.seq = room.seq
        self.send(encode(snapshot))

    # --- writing ---

    def _start_writing(self) -> None:
        if not self._writing:
            self._writing = True
            self._spawn(self._write())

    async def _write(self) -> None:
        try:
            while self._queue:
                await self._socket.send_text(self._queue.pop(0))
            if self._close_code is not None and self._close_code != CLOSE_LOST:
                await self._socket.close(code=self._close_code)
        except (
            WebSocketDisconnect,
            WebSocketException,
            RuntimeError,
            OSError,
        ):  # uvicorn's ClientDisconnected is the last
            self._queue.clear()
            self._close_code = self._close_code or CLOSE_LOST
        finally:
            self._writing = False

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
