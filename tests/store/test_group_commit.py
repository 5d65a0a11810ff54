import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from videocall.store.base import StoreError, StoreUnavailable
from videocall.store.group_commit import LARGEST_BATCH, GroupCommit, all_or_nothing

SECONDS = 10


class Connection(sqlite3.Connection):
    """Counts what it is told, and fails at what a test names."""

    said: list[str]
    fails_at = ""

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        self.said.append(statement)
        if statement == self.fails_at:
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(statement, *values)


@asynccontextmanager
async def group_commit(path: Path) -> AsyncIterator[tuple[GroupCommit, Connection]]:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=Connection)
    connection.said = []
    connection.execute("CREATE TABLE kept (name TEXT PRIMARY KEY)")
    writer = GroupCommit(connection, lambda error: StoreUnavailable(str(error)))
    try:
        yield writer, connection
    finally:
        await writer.close()


def keep(name: str) -> Any:
    return lambda connection: connection.execute("INSERT INTO kept VALUES (?)", (name,)).rowcount


def kept(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    names = {name for (name,) in connection.execute("SELECT name FROM kept")}
    connection.close()
    return names


async def in_one_batch(writer: GroupCommit, *works: Any) -> list[Any]:
    """Hold the writer up until all of the work has queued behind it, so that it is committed together."""
    go = threading.Event()
    held = await hold_up(writer, go)
    tasks = [asyncio.create_task(writer.do(work)) for work in works]
    await asyncio.sleep(0)
    go.set()
    async with asyncio.timeout(SECONDS):
        assert await held
        return await asyncio.gather(*tasks, return_exceptions=True)


async def hold_up(writer: GroupCommit, go: threading.Event) -> asyncio.Task[bool]:
    """Occupy the writer, from now on until `go`."""
    started = threading.Event()

    def wait(_: sqlite3.Connection) -> bool:
        started.set()
        return go.wait(SECONDS)

    task = asyncio.create_task(writer.do(wait))
    assert await asyncio.to_thread(started.wait, SECONDS)
    return task


async def test_what_queued_up_shares_one_commit(tmp_path: Path) -> None:
    async with group_commit(tmp_path / "x.db") as (writer, connection):
        results = await in_one_batch(writer, *(keep(str(n)) for n in range(100)))

        assert results == [1] * 100
        assert connection.said.count("COMMIT") == 2
        assert len(kept(tmp_path / "x.db")) == 100


async def test_a_batch_is_not_endless(tmp_path: Path) -> None:
    async with group_commit(tmp_path / "x.db") as (writer, connection):
        await in_one_batch(writer, *(keep(str(n)) for n in range(2 * LARGEST_BATCH)))

        assert connection.said.count("COMMIT") == 3
        assert len(kept(tmp_path / "x.db")) == 2 * LARGEST_BATCH


async def test_a_write_that_fails_does_not_spoil_those_it_is_committed_with(tmp_path: Path) -> None:
    async with group_commit(tmp_path / "x.db") as (writer, connection):
        results = await in_one_batch(writer, keep("a"), keep("a"), keep("b"), lambda _: 1 // 0, keep("c"))

        assert [type(result) for result in results] == [int, StoreUnavailable, int, ZeroDivisionError, int]
        assert kept(tmp_path / "x.db") == {"a", "b", "c"}
        assert connection.said.count("COMMIT") == 2


async def test_work_of_several_statements_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def half(connection: sqlite3.Connection) -> None:
        with all_or_nothing(connection):
            connection.execute("INSERT INTO kept VALUES ('half')")
            connection.execute("INSERT INTO kept VALUES ('a')")

    async with group_commit(tmp_path / "x.db") as (writer, _):
        first, second, third = await in_one_batch(writer, keep("a"), half, keep("b"))

        assert (first, third) == (1, 1)
        assert isinstance(second, StoreUnavailable)
        assert kept(tmp_path / "x.db") == {"a", "b"}


@pytest.mark.parametrize("fails_at", ["BEGIN IMMEDIATE", "COMMIT"])
async def test_every_waiter_hears_of_a_transaction_that_fails_and_the_next_one_works(
    tmp_path: Path, fails_at: str
) -> None:
    async with group_commit(tmp_path / "x.db") as (writer, connection):
        connection.fails_at = fails_at
        async with asyncio.timeout(SECONDS):
            results = await asyncio.gather(*(writer.do(keep(str(n))) for n in range(50)), return_exceptions=True)

        assert [str(result) for result in results] == ["disk I/O error"] * 50
        assert len({id(result) for result in results}) == 50
        assert kept(tmp_path / "x.db") == set()

        connection.fails_at = ""
        assert await writer.do(keep("later")) == 1
        assert kept(tmp_path / "x.db") == {"later"}


async def test_when_sqlite_gives_up_the_transaction_no_write_of_it_passes_for_done(tmp_path: Path) -> None:
    def full_disk(connection: sqlite3.Connection) -> None:
        connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    async with group_commit(tmp_path / "x.db") as (writer, _):
        results = await in_one_batch(writer, keep("a"), full_disk, keep("b"))

        assert all(isinstance(result, StoreError) for result in results)
        assert kept(tmp_path / "x.db") == set()
        assert await writer.do(keep("later")) == 1


async def test_a_waiter_that_went_away_disturbs_nobody(tmp_path: Path) -> None:
    async with group_commit(tmp_path / "x.db") as (writer, _):
        go = threading.Event()
        held = await hold_up(writer, go)
        impatient = asyncio.create_task(writer.do(keep("a")))
        patient = asyncio.create_task(writer.do(keep("b")))
        await asyncio.sleep(0)
        impatient.cancel()
        go.set()

        async with asyncio.timeout(SECONDS):
            assert await held
            assert await patient == 1
        assert impatient.cancelled()
        assert "b" in kept(tmp_path / "x.db")


async def test_closing_finishes_what_was_asked_for_and_takes_nothing_more(tmp_path: Path) -> None:
    async with group_commit(tmp_path / "x.db") as (writer, _):
        tasks = [asyncio.create_task(writer.do(keep(str(n)))) for n in range(LARGEST_BATCH + 5)]
        await asyncio.sleep(0)
        await writer.close()

        assert await asyncio.gather(*tasks) == [1] * len(tasks)
        assert len(kept(tmp_path / "x.db")) == len(tasks)
        with pytest.raises(StoreUnavailable):
            await writer.do(keep("late"))
