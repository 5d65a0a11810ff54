"""Being there costs the store little: many heartbeats, few writes, and each written truly."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
import pytest

from running_server import TurnedClock
from videocall.meetings.model import Visit
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.upkeep import Presence
from videocall.store.base import Store, StoreUnavailable

pytest_plugins = ("conformance.engines",)

PEOPLE = 1200


class CountedStore:
    """A real store that counts what is written to it, and takes nothing while it is told not to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.writes = 0
        self.down = False

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        call: Callable[..., Awaitable[Any]] = getattr(self._store, name)

        async def counted(*arguments: Any, **options: Any) -> Any:
            self.writes += name not in {"find", "count"}
            if self.down:
                raise StoreUnavailable("The cable is out.")
            return await call(*arguments, **options)

        return counted


@pytest.fixture
async def counted(store: Store) -> CountedStore:
    """People in rooms of two, who have just come."""
    await MeetingRepository(store).prepare()
    now = TurnedClock().now()
    visits = [
        Visit(id=f"v{one}", meeting=f"m{one // 2}", person=f"p{one}", session="s", joined_at=now, seen_at=now)
        for one in range(PEOPLE)
    ]
    documents = [msgspec.to_builtins(visit, builtin_types=(datetime,)) for visit in visits]
    await store.load("visits", documents)
    await store.load("meetings", [{"_id": f"m{room}", "seen_at": now, "ended_at": None} for room in range(PEOPLE // 2)])
    return CountedStore(store)


async def seen(store: CountedStore, collection: str) -> dict[str, datetime]:
    return {one["_id"]: msgspec.convert(one["seen_at"], datetime) for one in await store.find(collection, {})}


async def test_thousands_of_heartbeats_are_written_by_few_statements(counted: CountedStore) -> None:
    clock = TurnedClock()
    presence = Presence(MeetingRepository(cast("Store", counted)), clock)
    for person in range(PEOPLE):
        clock.turn(seconds=10 / PEOPLE)
        presence.beat(f"m{person // 2}", f"p{person}")
    await presence.write()
    assert counted.writes <= 2 * (10 * 10 + 1), "one for each tenth of a second, whoever was there"
    began, step = TurnedClock().now(), timedelta(seconds=10 / PEOPLE)
    for collection, each in (("visits", 1), ("meetings", 2)):
        times = await seen(counted, collection)
        assert len(times) == PEOPLE // each
        for name, at in times.items():
            late = began + (int(name[1:]) + 1) * each * step - at
            assert timedelta(0) <= late < timedelta(seconds=0.101)


async def test_what_could_not_be_written_is_written_later_and_nothing_older_overwrites_it(
    counted: CountedStore,
) -> None:
    clock = TurnedClock()
    presence = Presence(MeetingRepository(cast("Store", counted)), clock)
    clock.turn(seconds=10)
    presence.beat("m0", "p0")
    presence.beat("m0", "p1")
    counted.down = True
    with pytest.raises(StoreUnavailable):
        await presence.write()
    clock.turn(seconds=10)
    presence.beat("m0", "p1")
    counted.down = False
    await presence.write()
    times, began = await seen(counted, "visits"), TurnedClock().now()
    assert [(times[who] - began).total_seconds() for who in ("v0", "v1", "v2")] == [10, 20, 0]
    assert ((await seen(counted, "meetings"))["m0"] - began).total_seconds() == 20
