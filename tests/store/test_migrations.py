"""The form of a database: marked, brought forward once, resumed after a kill, refused when it is newer."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import pytest

from running_server import until
from scale.migrating_process import DOCUMENTS, MIGRATIONS
from scale.programs import program
from videocall.store.base import Store, StoreUnavailable
from videocall.store.migrations import FIRST_VERSION, Migration, migrate, newest, version

pytest_plugins = ("conformance.engines",)


async def test_a_new_database_is_marked_with_the_first_form_and_brought_to_the_newest(store: Store) -> None:
    assert await version(store) == FIRST_VERSION
    await migrate(store)
    assert await version(store) == newest()


async def test_a_database_of_a_newer_program_is_refused_with_a_sentence(store: Store) -> None:
    await version(store)
    await store.update("meta", {"_id": "schema"}, {"$set": {"version": newest() + 1}})
    with pytest.raises(StoreUnavailable, match=r"newer VideoCall\.cc .*: install the newer one"):
        await migrate(store)
    assert await version(store) == newest() + 1


async def test_migrations_run_in_order_from_the_form_that_is_there(store: Store) -> None:
    ran: list[int] = []

    def migration(number: int) -> Migration:
        async def run(_: Store) -> None:
            ran.append(number)

        return Migration(version=number, run=run)

    await migrate(store, [migration(2), migration(3)])
    await migrate(store, [migration(2), migration(3), migration(4), migration(5)])
    assert ran == [2, 3, 4, 5]
    assert await version(store) == 5


async def test_several_processes_that_start_at_once_migrate_once(
    store_url: str, open_at: Callable[[str], AbstractAsyncContextManager[Store]]
) -> None:
    runs = 0

    async def run(_: Store) -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0.05)

    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(open_at(store_url)) for _ in range(4)]
        once = [Migration(version=2, run=run)]
        await asyncio.gather(*(migrate(store, once) for store in stores))
    assert runs == 1


async def test_a_migration_killed_in_the_middle_goes_on_and_gives_the_same(store_url: str, store: Store) -> None:
    await store.ensure("things", [])
    await store.load("things", [{"_id": f"t{number:04}", "name": f"Ada {number}"} for number in range(DOCUMENTS)])

    async with program("scale.migrating_process", store_url) as process:
        done = await until(lambda: store.count("things", {"changes": 1}), lambda number: number > 500)
        process.kill()
    assert 500 < done < DOCUMENTS
    assert await version(store) == FIRST_VERSION

    async with (
        program("scale.migrating_process", store_url) as one,
        program("scale.migrating_process", store_url) as two,
    ):
        assert [await one.wait(), await two.wait()] == [0, 0]
    assert await version(store) == MIGRATIONS[-1].version
    documents = await store.find("things", {}, sort=[("_id", 1)])
    assert documents == [
        {"_id": f"t{number:04}", "name": None, "first": "Ada", "last": str(number), "changes": 1}
        for number in range(DOCUMENTS)
    ]
