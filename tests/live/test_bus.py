"""Both buses keep the same promises; the Redis one keeps them between processes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from redis_server import RedisServer
from running_server import until
from videocall.live.bus import Bus, DirectMessage, InProcessBus
from videocall.live.redis_bus import RedisBus
from videocall.live.room import RoomState, apply, enter, leave, set_hand
from videocall.live.server_messages import MuteRequested, RoomEvent
from videocall.live.state import Participant, RoomMeeting
from videocall.problems import MeetingFull, Unavailable

CODE = "abc-defg-hjk"
LIMIT = 6


async def load(code: str) -> RoomState:
    return RoomState(meeting=RoomMeeting(code=code, title="Tea", engine="direct", lobby=False, limit=LIMIT))


def person(name: str) -> Participant:
    return Participant(
        id=name, session=f"{name}-page", name=name, role="guest", joined_at=datetime(2026, 6, 22, tzinfo=UTC)
    )


class Listener:
    """What one process hears."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.events: list[RoomEvent] = []
        self.messages: list[tuple[str, DirectMessage]] = []
        self.resets = 0
        bus.listen(lambda _, event: self.events.append(event), self._message, self._reset)

    def _message(self, _: str, to: str, message: DirectMessage) -> None:
        self.messages.append((to, message))

    def _reset(self, _: str) -> None:
        self.resets += 1

    async def heard(self, seq: int) -> None:
        await until(self.last, lambda last: last >= seq)

    async def last(self) -> int:
        return self.events[-1].seq if self.events else 0


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[RedisServer]:
    server = RedisServer(tmp_path)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(params=["in-process", "redis"])
async def pair(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Listener, Listener]]:
    """Two listeners in one room: of the same process, or of two processes that share a Redis."""
    if request.param == "in-process":
        shared = InProcessBus(load)
        yield Listener(shared), Listener(shared)
        return
    server = RedisServer(tmp_path)
    await server.start()
    buses = [RedisBus(server.url, load, process=name) for name in ("one", "two")]
    listeners = [Listener(bus) for bus in buses]
    for bus in buses:
        await bus.open()
        await bus.watch(CODE)
    yield listeners[0], listeners[1]
    for bus in buses:
        await bus.close()
    await server.stop()


async def test_everybody_hears_every_event_in_the_order_of_numbers(pair: tuple[Listener, Listener]) -> None:
    names = [f"p{number}" for number in range(LIMIT)]
    await asyncio.gather(*(pair[number % 2].bus.change(CODE, enter(person(name))) for number, name in enumerate(names)))
    await asyncio.gather(*(pair[number % 2].bus.change(CODE, leave(name, "left")) for number, name in enumerate(names)))
    for listener in pair:
        await listener.heard(2 * LIMIT)
        assert [event.seq for event in listener.events] == list(range(1, 2 * LIMIT + 1))


async def test_events_applied_to_an_old_state_give_the_state_that_is_read(pair: tuple[Listener, Listener]) -> None:
    one, two = pair
    state = await load(CODE)
    await one.bus.change(CODE, enter(person("ada")))
    await two.bus.change(CODE, enter(person("grace")))
    await one.bus.change(CODE, set_hand("ada", raised=True))
    for listener in pair:
        await listener.heard(3)
    for event in two.events:
        apply(state, event)
    assert state == await one.bus.read(CODE) == await two.bus.read(CODE)


async def test_a_race_for_the_last_seats_seats_no_more_than_the_limit(pair: tuple[Listener, Listener]) -> None:
    wishes = (pair[number % 2].bus.change(CODE, enter(person(f"p{number}"))) for number in range(40))
    results = await asyncio.gather(*wishes, return_exceptions=True)
    assert sum(isinstance(result, RoomState) for result in results) == LIMIT
    assert sum(isinstance(result, MeetingFull) for result in results) == 40 - LIMIT
    assert len((await pair[0].bus.read(CODE)).participants) == LIMIT


async def test_a_message_reaches_the_process_of_its_receiver(pair: tuple[Listener, Listener]) -> None:
    one, two = pair
    await one.bus.send(CODE, "grace", MuteRequested(by="ada"))

    async def look() -> list[tuple[str, DirectMessage]]:
        return two.messages

    assert await until(look, bool) == [("grace", MuteRequested(by="ada"))]


async def test_what_a_change_refuses_changes_nothing(pair: tuple[Listener, Listener]) -> None:
    for number in range(LIMIT):
        await pair[0].bus.change(CODE, enter(person(f"p{number}")))
    before = await pair[1].bus.read(CODE)
    with pytest.raises(MeetingFull):
        await pair[1].bus.change(CODE, enter(person("late")))
    assert (await pair[1].bus.read(CODE)) == before


async def test_redis_lost_and_back_asks_everybody_in_again(redis: RedisServer) -> None:
    bus = RedisBus(redis.url, load, process="one")
    listener = Listener(bus)
    await bus.open()
    await bus.watch(CODE)
    await bus.change(CODE, enter(person("ada")))
    await listener.heard(1)
    await redis.stop()
    with pytest.raises(Unavailable):
        await bus.change(CODE, enter(person("grace")))
    await redis.start()

    async def resets() -> int:
        return listener.resets

    await until(resets, bool)
    assert not (await bus.read(CODE)).participants, "Redis forgot, so the room is made anew from the store"
    await bus.change(CODE, enter(person("ada")))
    listener.events.clear()
    await bus.change(CODE, set_hand("ada", raised=True))
    await listener.heard(2)
    await bus.close()


async def test_a_redis_that_is_not_there_is_said_at_once(redis: RedisServer) -> None:
    await redis.stop()
    with pytest.raises(Unavailable, match="VIDEOCALL_REDIS_URL"):
        await RedisBus(redis.url, load, process="one").open()
