"""Rooms shared by several processes through Redis (or Valkey): the same protocol as `InProcessBus`.

A room is one value in Redis, changed by compare-and-swap; the script that swaps it also publishes the events, so every
process gets them in the order of their numbers. Each process that has people in a room keeps a copy up to date from
these events. What Redis forgets is made anew: the state from the store, the rest by everybody coming in again
(`on_reset`).
"""

import asyncio
import contextlib
import itertools
from collections import Counter
from typing import Any
from weakref import WeakValueDictionary

import msgspec
import structlog
from msgspec import Struct
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from videocall.live.bus import DirectMessage, LoadRoom, OnEvent, OnMessage, OnReset
from videocall.live.room import Change, RoomState, apply, steps
from videocall.live.server_messages import RoomEvent
from videocall.problems import Unavailable
from videocall.redis_connections import PATIENCE_SECONDS, connections

log = structlog.get_logger()

PREFIX = "videocall:room:"
_CONTROL = "videocall:control"
ROOM_TTL_SECONDS = 24 * 3600
"""A room that nobody touches for so long is forgotten by Redis; the store still knows it."""
QUIET_SECONDS = 5.0
_TRIES = 100

_SWAP = """
local version = redis.call('HGET', KEYS[1], 'version')
if (version or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'state', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
if ARGV[5] ~= '' then redis.call('PUBLISH', KEYS[1], ARGV[5]) end
return 1
"""


class _Envelope(Struct, array_like=True):
    """What is published in a room: events that happened, or a message for one person.

    `life` tells one making of a room from the next: when Redis forgot it (flushed, or short of memory), its events are
    numbered anew.
    """

    life: str = ""
    events: list[RoomEvent] = []
    to: str = ""
    message: DirectMessage | None = None


class _Copy(Struct):
    """A room as Redis holds it; `version` begins with its life, changes with every change, and never comes back."""

    version: str
    state: RoomState


_pack = msgspec.msgpack.Encoder().encode
_unpack_state = msgspec.msgpack.Decoder(RoomState).decode
_unpack_envelope = msgspec.msgpack.Decoder(_Envelope).decode


class RedisBus:
    """See `videocall.live.bus.Bus`. `process` names this process among all others."""

    def __init__(self, url: str, load: LoadRoom, process: str) -> None:
        self._redis: Redis = Redis.from_pool(connections(url))
        options: dict[str, Any] = {"retry": Retry(NoBackoff(), 0), "socket_connect_timeout": PATIENCE_SECONDS}
        self._listening: Redis = Redis.from_url(url, socket_timeout=None, **options)
        self._swap = self._redis.register_script(_SWAP)
        self._load = load
        self._versions = (f"{process}:{number}" for number in itertools.count())
        self._watched: Counter[str] = Counter()
        self._copies: dict[str, RoomState] = {}
        self._lives: dict[str, str] = {}
        # Changes of this process to one room go one after another; only other processes are to be raced with.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._confirmed: dict[str, asyncio.Event] = {}
        self._missed: set[str] = set()
        self._pubsub: PubSub | None = None
        self._task: asyncio.Task[None] | None = None
        self._on_event: list[OnEvent] = []
        self._on_message: list[OnMessage] = []
        self._on_reset: list[OnReset] = []

    def listen(self, on_event: OnEvent, on_message: OnMessage, on_reset: OnReset) -> None:
        """See `Bus`."""
        self._on_event.append(on_event)
        self._on_message.append(on_message)
        self._on_reset.append(on_reset)

    async def open(self) -> None:
        """Connect; raises `Unavailable` when Redis does not answer."""
        try:
            await self._redis.ping()
        except (RedisError, OSError) as error:
            raise Unavailable(f"Redis does not answer at the address in VIDEOCALL_REDIS_URL: {error}") from None
        self._task = asyncio.create_task(self._follow())

    async def close(self) -> None:
        """Disconnect."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._redis.aclose()
        await self._listening.aclose()

    # --- rooms ---

    async def watch(self, code: str) -> None:
        """See `Bus`. Returns when events of the room are sure to arrive."""
        self._watched[code] += 1
        confirmed = self._confirmed.setdefault(code, asyncio.Event())
        try:
            if self._watched[code] == 1 and self._pubsub is not None:
                await self._pubsub.subscribe(PREFIX + code)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await confirmed.wait()
        except (RedisError, OSError, TimeoutError):
            # Still watched: it is subscribed to when Redis is back.
            raise Unavailable from None

    async def unwatch(self, code: str) -> None:
        """See `Bus`."""
        self._watched[code] -= 1
        if self._watched[code] > 0:
            return
        del self._watched[code]
        self._confirmed.pop(code, None)
        self._copies.pop(code, None)
        self._lives.pop(code, None)
        if self._pubsub is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._pubsub.unsubscribe(PREFIX + code)

    def rooms(self) -> list[str]:
        """See `Bus`."""
        return list(self._watched)

    async def read(self, code: str) -> RoomState:
        """See `Bus`. A watched room is read from this process's copy."""
        copy = self._copies.get(code)
        return copy if copy is not None else self._newest(code, (await self._fetch(code)).state)

    async def change(self, code: str, change: Change) -> RoomState:
        """See `Bus`. Tried again on the newer state when another process was faster."""
        turn = self._turns.setdefault(code, asyncio.Lock())
        try:
            async with turn:
                return await self._change(code, change)
        except (RedisError, OSError):
            raise Unavailable from None

    async def _change(self, code: str, change: Change) -> RoomState:
        for attempt in range(_TRIES):
            copy = await self._fetch(code)
            events: list[RoomEvent] = []
            for event in steps(change, copy.state):
                apply(copy.state, event)
                events.append(event)
            if not events or await self._try_swap(code, copy, events):
                return self._newest(code, copy.state)
            await asyncio.sleep(0.001 * attempt)
        raise Unavailable

    async def send(self, code: str, to: str, message: DirectMessage) -> None:
        """See `Bus`."""
        try:
            await self._redis.publish(PREFIX + code, _pack(_Envelope(to=to, message=message)))
        except (RedisError, OSError):
            raise Unavailable from None

    async def forget(self, code: str) -> None:
        """See `Bus`."""
        with contextlib.suppress(RedisError, OSError):
            await self._redis.delete(PREFIX + code)

    async def _fetch(self, code: str) -> _Copy:
        try:
            found: list[Any] = await self._redis.hmget(PREFIX + code, ["version", "state"])
        except (RedisError, OSError):
            raise Unavailable from None
        version, state = found
        if state is not None:
            copy = _Copy(version=version.decode(), state=_unpack_state(state))
        else:
            copy = _Copy(version="", state=await self._load(code))
        if code in self._watched:
            held = self._copies.get(code)
            if held is None or held.seq < copy.state.seq:
                self._copies[code] = _unpack_state(_pack(copy.state))
        return copy

    def _newest(self, code: str, state: RoomState) -> RoomState:
        """What came after this state may have been handed over while we waited for Redis: nobody tells it again."""
        copy = self._copies.get(code)
        return copy if copy is not None and copy.seq > state.seq else state

    async def _try_swap(self, code: str, copy: _Copy, events: list[RoomEvent]) -> bool:
        life = copy.version.partition(" ")[0] or next(self._versions)
        arguments: list[str | bytes | int] = [
            copy.version,
            f"{life} {next(self._versions)}",
            _pack(copy.state),
            ROOM_TTL_SECONDS,
            _pack(_Envelope(life=life, events=events)),
        ]
        return bool(await self._swap(keys=[PREFIX + code], args=arguments))

    # --- events ---

    async def _follow(self) -> None:
        """Hand over what is published, for as long as this process lives; come back whenever Redis does."""
        first = True
        while True:
            try:
                async with self._listening.pubsub() as pubsub:
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        await pubsub.subscribe(_CONTROL)
                    # From here on `watch` subscribes by itself; who was watching before may have missed something.
                    self._pubsub = pubsub
                    codes = list(self._watched)
                    self._missed = set() if first else set(codes)
                    first = False
                    if codes:
                        await pubsub.subscribe(*(PREFIX + code for code in codes))
                    await self._hear(pubsub)
            except (RedisError, OSError) as error:
                log.warning("redis_lost", error=type(error).__name__)
            except Exception:  # deaf for ever would be worse than deaf for a moment
                log.exception("redis_lost")
            self._pubsub = None
            for confirmed in self._confirmed.values():
                confirmed.clear()
            await asyncio.sleep(0.2)

    async def _hear(self, pubsub: PubSub) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=QUIET_SECONDS)
            if message is not None:
                asked = False
                self._take(message)
            elif asked:
                raise RedisConnectionError("no sign of life")
            else:
                # Quiet: a connection that hangs does not answer this.
                await pubsub.ping()
                asked = True

    def _take(self, message: dict[str, Any]) -> None:
        code = str(message.get("channel") or b"", "utf-8").removeprefix(PREFIX)
        if message["type"] == "subscribe" and code in self._watched:
            self._confirm(code)
        elif message["type"] == "message" and code in self._watched:
            try:
                envelope = _unpack_envelope(message["data"])
            except msgspec.DecodeError:  # from another version, while the processes are exchanged one by one
                log.warning("redis_message_unreadable")
                self._copies.pop(code, None)
            else:
                self._deliver(code, envelope)

    def _confirm(self, code: str) -> None:
        """Events of this room arrive from now on."""
        self._confirmed.setdefault(code, asyncio.Event()).set()
        if code in self._missed:
            self._missed.discard(code)
            self._reset(code, life="")

    def _reset(self, code: str, life: str) -> None:
        self._copies.pop(code, None)
        self._lives[code] = life
        for on_reset in self._on_reset:
            on_reset(code)

    def _deliver(self, code: str, envelope: _Envelope) -> None:
        if envelope.events and self._lives.get(code, "") not in {"", envelope.life}:
            self._reset(code, envelope.life)
            return
        if envelope.events:
            self._lives[code] = envelope.life
        copy = self._copies.get(code)
        for event in envelope.events:
            if copy is not None and event.seq == copy.seq + 1:
                apply(copy, event)
            elif copy is not None and event.seq > copy.seq:
                # Something was missed: the next look fetches the whole room.
                self._copies.pop(code, None)
                copy = None
            for on_event in self._on_event:
                on_event(code, event)
        if envelope.message is not None:
            for on_message in self._on_message:
                on_message(code, envelope.to, envelope.message)
