import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta

import pytest

from videocall.store.base import DuplicateKey, Index, Store, StoreUnavailable, Update

pytest_plugins = ("conformance.engines",)

NOON = datetime(2026, 6, 22, 12, tzinfo=UTC)


@pytest.fixture
async def three_stores(
    store_url: str, open_at: Callable[[str], AbstractAsyncContextManager[Store]]
) -> AsyncIterator[list[Store]]:
    """The same documents through three connections, as three processes have them."""
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(open_at(store_url)) for _ in range(3)]
        for store in stores:
            await store.ensure("things", [Index(keys=("status",), where={"full": False})])
        yield stores


async def test_a_guarded_count_is_never_exceeded(three_stores: list[Store]) -> None:
    await three_stores[0].insert("things", {"_id": "m", "count": 0, "people": []})

    async def join(number: int) -> bool:
        change: Update = {"$inc": {"count": 1}, "$push": {"people": str(number)}}
        return await three_stores[number % 3].update("things", {"_id": "m", "count": {"$lt": 25}}, change) is not None

    let_in = await asyncio.gather(*(join(number) for number in range(100)))

    [meeting] = await three_stores[1].find("things", {})
    assert sum(let_in) == meeting["count"] == 25
    assert sorted(meeting["people"], key=int) == [str(number) for number, came in enumerate(let_in) if came]


async def test_each_compare_and_swap_has_one_winner_who_sees_what_came_before(three_stores: list[Store]) -> None:
    await three_stores[0].insert("things", {"_id": "m", "version": 0, "log": []})

    async def swap(number: int) -> int:
        wins = 0
        store = three_stores[number % 3]
        while True:
            [seen] = await store.find("things", {"_id": "m"})
            if seen["version"] >= 60:
                return wins
            change = {"$set": {"version": seen["version"] + 1, "log": [*seen["log"], number]}}
            wins += await store.update("things", {"_id": "m", "version": seen["version"]}, change) is not None

    wins = await asyncio.gather(*(swap(number) for number in range(6)))

    [end] = await three_stores[0].find("things", {})
    assert sum(wins) == end["version"] == len(end["log"]) == 60
    assert [end["log"].count(number) for number in range(6)] == wins


async def test_a_lease_has_one_holder_at_a_time(three_stores: list[Store]) -> None:
    async def take(number: int, now: datetime) -> bool:
        try:
            taken = await three_stores[number % 3].update(
                "things",
                {"_id": "lease", "until": {"$lte": now}},
                {"$set": {"holder": str(number), "until": now + timedelta(seconds=1)}},
                upsert=True,
            )
        except DuplicateKey:
            return False
        return taken is not None and taken["holder"] == str(number)

    for round_number in range(5):
        now = NOON + timedelta(seconds=round_number)
        assert sum(await asyncio.gather(*(take(number, now) for number in range(12)))) == 1


async def test_what_one_has_written_the_others_find(three_stores: list[Store]) -> None:
    for number in range(30):
        await three_stores[number % 3].insert("things", {"_id": str(number), "status": "live", "full": False})
        assert await three_stores[(number + 1) % 3].count("things", {"status": "live", "full": False}) == number + 1


async def test_a_sweep_and_a_heartbeat_never_both_win(three_stores: list[Store]) -> None:
    await three_stores[0].load(
        "things", [{"_id": str(n), "status": "live", "full": False, "seen_at": NOON} for n in range(40)]
    )
    later = NOON + timedelta(seconds=60)

    async def heartbeat(number: int) -> bool:
        where = {"_id": str(number), "status": "live"}
        return await three_stores[1].update("things", where, {"$max": {"seen_at": later}}) is not None

    async def sweep(number: int) -> bool:
        where = {"_id": str(number), "status": "live", "seen_at": {"$lt": later}}
        return await three_stores[2].update("things", where, {"$set": {"status": "ended"}}) is not None

    beats, ends = (
        await asyncio.gather(*(asyncio.gather(heartbeat(n), sweep(n)) for n in range(40))),
        await three_stores[0].group_count("things", {}, "status"),
    )

    assert all(beat != swept for beat, swept in beats)
    assert ends.get("ended", 0) == sum(swept for _, swept in beats)


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.ensure("things", [])
    await store.close()
    await store.close()

    for call in (store.ping(), store.find("things", {}), store.insert("things", {"_id": "a"})):
        with pytest.raises(StoreUnavailable):
            await call


# PyMongo leaves the socket of a cancelled call to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_whoever_is_cancelled_in_a_call_does_not_go_on(store: Store) -> None:
    await store.ensure("things", [])
    await store.insert("things", {"_id": "a", "count": 0})

    async def count_for_ever() -> None:
        while True:
            with suppress(StoreUnavailable):  # as a loop does that tries again next time
                await store.update("things", {"_id": "a"}, {"$inc": {"count": 1}})
            await asyncio.sleep(0)

    for number in range(150):
        tasks = [asyncio.create_task(count_for_ever()) for _ in range(2)]
        await asyncio.sleep(number * 0.0001)
        for task in tasks:
            task.cancel()
        done, _ = await asyncio.wait(tasks, timeout=5)
        assert len(done) == 2, f"cancelled, and goes on: {number}"
        assert all(task.cancelled() for task in done)
    assert await store.count("things", {}) == 1
