"""A Redis that hangs, or forgets, is worse than one that is gone: nothing says so."""

import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis

from redis_server import RedisServer
from running_server import until
from videocall.live.bus import LoadRoom
from videocall.live.redis_bus import RedisBus
from videocall.live.room import RoomState, end, wait
from videocall.live.state import RoomMeeting, Waiting
from videocall.problems import Unavailable

CODE = "abc-defg-hjk"
NOON = datetime(2026, 6, 22, 12, tzinfo=UTC)


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[RedisServer]:
    server = RedisServer(tmp_path)
    await server.start()
    yield server
    await server.stop()


def loader() -> LoadRoom:
    async def load(code: str) -> RoomState:
        return RoomState(meeting=RoomMeeting(code=code, title="Tea", engine="direct", lobby=False, limit=6))

    return load


async def test_it_is_noticed_refused_and_forgiven(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("videocall.live.redis_bus.QUIET_SECONDS", 0.5)
    monkeypatch.setattr("videocall.redis_connections.PATIENCE_SECONDS", 1.0)
    bus = RedisBus(redis.url, loader(), process="one")
    resets: list[str] = []
    bus.listen(lambda *_: None, lambda *_: None, resets.append)
    await bus.open()
    await bus.watch(CODE)
    redis.send(signal.SIGSTOP)
    monkeypatch.setattr("videocall.live.redis_bus.PATIENCE_SECONDS", 0.5)
    with pytest.raises(Unavailable):
        await bus.change(CODE, end("host"))
    with pytest.raises(Unavailable):
        await bus.watch("another-room")
    redis.send(signal.SIGCONT)
    monkeypatch.undo()

    async def told() -> list[str]:
        return resets

    await until(told, lambda codes: CODE in codes)
    assert (await bus.change(CODE, end("host"))).ended == "host"
    await bus.close()


async def test_a_room_that_redis_forgot_without_a_word_is_told_anew(redis: RedisServer) -> None:
    buses = [RedisBus(redis.url, loader(), process=name) for name in ("one", "two")]
    resets: list[str] = []
    for bus in buses:
        bus.listen(lambda *_: None, lambda *_: None, resets.append)
        await bus.open()
        await bus.watch(CODE)
    for name in ("ada", "grace", "alan"):
        await buses[0].change(CODE, wait(Waiting(id=name, name=name, since=NOON)))

    async def seen() -> list[int]:
        return [(await bus.read(CODE)).seq for bus in buses]

    await until(seen, lambda numbers: numbers == [3, 3])
    assert not resets

    async with Redis.from_url(redis.url) as client:
        await client.flushall()
    await buses[0].change(CODE, wait(Waiting(id="ada", name="ada", since=NOON)))
    await until(seen, lambda numbers: numbers == [1, 1])
    assert resets == [CODE, CODE]
    await buses[1].change(CODE, wait(Waiting(id="grace", name="grace", since=NOON)))
    await until(seen, lambda numbers: numbers == [2, 2])
    assert len(resets) == 2
    for bus in buses:
        await bus.close()
