"""Among any number of processes one works at a time, whatever their clocks say, and another goes on when it dies."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import pytest

from running_server import until
from videocall.leases import Lease, Pace
from videocall.store.base import Document, Filter, Store, StoreUnavailable, Update

pytest_plugins = ("conformance.engines",)

PATIENT = Pace(count=0.05, stop=60, take=120)
"""By a stopwatch that the tests turn: however busy the machine is, no lease is lost that a test does not take."""


class Stopwatches:
    """Time passes alike for all, and no two agree on what time it is."""

    def __init__(self) -> None:
        self.passed = 0.0

    def showing(self, start: float) -> Callable[[], float]:
        return lambda: start + self.passed


class Unreachable:
    """A store that stops answering when told to; before that it is the one that it stands for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.lost = False
        self.loses_answers = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def update(self, collection: str, where: Filter, change: Update, *, upsert: bool = False) -> Document | None:
        if self.lost:
            raise StoreUnavailable("The cable is out.")
        answer = await self._store.update(collection, where, change, upsert=upsert)
        if self.loses_answers:
            raise StoreUnavailable("The cable came out before the answer was there.")
        return answer


@pytest.fixture
async def four_stores(
    store_url: str, open_at: Callable[[str], AbstractAsyncContextManager[Store]]
) -> AsyncIterator[list[Store]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_at(store_url)) for _ in range(4)]


async def test_of_four_exactly_one_holds_it_and_another_takes_over_when_that_one_is_silent(
    four_stores: list[Store],
) -> None:
    time = Stopwatches()
    starts = (0.0, 30.0, -30.0, 1e6)
    alive = {Lease(store, "sweep", stopwatch=time.showing(at)) for store, at in zip(four_stores, starts, strict=True)}
    everybody = set(alive)
    while alive:
        silent_since, before = time.passed, everybody - alive
        holders: list[Lease] = []
        while not holders:
            assert time.passed - silent_since <= 10, "taken over within seconds"
            await asyncio.gather(*(lease.attempt() for lease in alive))
            holders = [lease for lease in everybody if lease.held and lease not in before]
            assert sum(lease.held for lease in everybody) <= 1
            time.passed += 1
        for _ in range(30):
            await asyncio.gather(*(lease.attempt() for lease in alive))
            assert [lease for lease in everybody if lease.held] == holders
            time.passed += 1
        alive -= set(holders)


async def test_work_stops_before_another_may_begin_it(four_stores: list[Store]) -> None:
    log: list[str] = []

    def work_of(name: str) -> Any:
        async def work() -> None:
            log.append(f"{name} begins")
            try:
                await asyncio.Event().wait()
            finally:
                log.append(f"{name} stops")

        return work

    async def read() -> list[str]:
        return log

    async def read_later() -> list[str]:
        time.passed += 1
        return log

    time = Stopwatches()
    cut_off = Unreachable(four_stores[0])
    leases = [
        Lease(store, "sweep", pace=PATIENT, stopwatch=time.showing(at))
        for store, at in ((cut_off, 0), (four_stores[1], 30))
    ]
    one = asyncio.create_task(leases[0].hold(work_of("one")))
    await until(read, bool)
    two = asyncio.create_task(leases[1].hold(work_of("two")))
    cut_off.lost = True
    time.passed += PATIENT.stop
    await until(read, lambda lines: len(lines) == 2)
    assert log == ["one begins", "one stops"], "nobody else begins before it is due"
    await until(read_later, lambda lines: len(lines) == 3)
    assert log[2:] == ["two begins"]
    assert time.passed >= PATIENT.take

    cut_off.lost = False
    two.cancel()
    await until(read, lambda lines: len(lines) == 5)
    assert log[3:] == ["two stops", "one begins"], "who ends in good order lets the next one begin"
    one.cancel()
    await asyncio.gather(one, two, return_exceptions=True)


async def test_a_count_whose_answer_got_lost_is_still_a_count(store: Store) -> None:
    time = Stopwatches()
    flaky = Unreachable(store)
    lease = Lease(flaky, "sweep", stopwatch=time.showing(0))
    assert await lease.attempt()
    flaky.loses_answers = True
    with pytest.raises(StoreUnavailable):
        await lease.attempt()
    flaky.loses_answers = False
    time.passed += 2
    assert await lease.attempt()


async def test_work_is_done_once_and_its_result_and_failure_come_back(store: Store) -> None:
    async def seven() -> int:
        return 7

    async def fails() -> None:
        raise ZeroDivisionError

    assert await Lease(store, "once").hold(seven) == 7
    with pytest.raises(ZeroDivisionError):
        await Lease(store, "once").hold(fails)
    assert await Lease(store, "once").hold(seven) == 7, "a failure lets go of it too"
