"""Rates are counted over all processes, and an outage of Redis locks nobody out."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from limits import parse

from redis_server import RedisServer
from running_server import TurnedClock
from videocall.problems import TooManyGuesses, TooManyRequests
from videocall.rates import Rates
from videocall.windows import MovingWindows


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[RedisServer]:
    server = RedisServer(tmp_path)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def two(redis: RedisServer) -> AsyncIterator[tuple[Rates, Rates]]:
    rates = Rates(TurnedClock(), redis.url), Rates(TurnedClock(), redis.url)
    yield rates
    for each in rates:
        await each.close()


async def test_two_processes_count_together(two: tuple[Rates, Rates]) -> None:
    for number in range(4):
        await two[number % 2].hit("4/minute", "create", "192.0.2.1")
    for rates in two:
        with pytest.raises(TooManyRequests):
            await rates.hit("4/minute", "create", "192.0.2.1")
        await rates.hit("4/minute", "create", "192.0.2.2")


async def test_a_guesser_cannot_go_on_at_another_process(two: tuple[Rates, Rates]) -> None:
    for number in range(3):
        await two[number % 2].guess("3/15 minutes", f"guess {number}", "192.0.2.1")
    for rates in two:
        with pytest.raises(TooManyGuesses):
            await rates.check_guesses("3/15 minutes", "192.0.2.1")


async def test_without_redis_each_counts_for_itself_and_later_together_again(
    two: tuple[Rates, Rates], redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("videocall.rates.ALONE_SECONDS", 0)
    for _ in range(2):
        await two[0].hit("2/minute", "join")
    await redis.stop()
    for rates in two:
        for _ in range(2):
            await rates.hit("2/minute", "join")
        with pytest.raises(TooManyRequests):
            await rates.hit("2/minute", "join")
    await redis.start()
    await two[0].hit("2/minute", "join")
    await two[1].hit("2/minute", "join")
    with pytest.raises(TooManyRequests):
        await two[0].hit("2/minute", "join")


async def test_the_window_moves_and_what_left_it_is_forgotten() -> None:
    clock = TurnedClock()
    windows, rate = MovingWindows(clock), parse("2/minute")
    for who in range(1000):
        assert await windows.hit(rate, "join", str(who))
    clock.turn(seconds=40)
    assert await windows.hit(rate, "join", "0")
    assert not await windows.hit(rate, "join", "0")
    assert not await windows.test(rate, "join", "0")
    stats = await windows.get_window_stats(rate, "join", "0")
    assert (stats.reset_time - clock.now().timestamp(), stats.remaining) == (20, 0)

    clock.turn(seconds=20)
    assert await windows.test(rate, "join", "0"), "the first of the two is a minute ago"
    assert await windows.hit(rate, "join", "0")
    assert not await windows.hit(rate, "join", "0")
    assert len(windows) == 1, "of the others nothing counts any more"
    assert await windows.hit(parse("3/minute"), "join", "0"), "another rate is counted by itself"
