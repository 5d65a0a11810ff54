import asyncio
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from videocall.store.base import StoreUnavailable
from videocall.store.sqlite import SqliteStore

BALLAST = 512 * 1024

SmallDisk = tuple[SqliteStore, Path, Callable[[], Awaitable[object]]]


@pytest.fixture
async def small_disk(tmp_path: Path) -> AsyncIterator[SmallDisk]:
    """An open store on a disk of 2 MiB, the file it is in, and what makes room there."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0  # noqa: ASYNC221
    store = SqliteStore(folder / "store.db")
    await store.open()
    await store.ensure("things", [])
    ballast = folder / "ballast"

    async def limit_pages(number: int) -> None:
        # Where we may not mount: SQLite's own limit fails with the very same error.
        await store._write(lambda connection: connection.execute(f"PRAGMA max_page_count={number}").fetchall())  # noqa: SLF001

    async def make_room() -> None:
        if is_mounted:
            ballast.unlink()
        else:
            await limit_pages(400)

    if is_mounted:
        ballast.write_bytes(b"x" * BALLAST)
    else:
        await limit_pages(200)
    yield store, folder / "store.db", make_room
    await store.close()
    if is_mounted:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: ASYNC221


async def fill(store: SqliteStore, first: int) -> tuple[set[str], list[str]]:
    """Write until the disk is full: what was acknowledged, and how the rest was refused."""
    kept: set[str] = set()
    for start in range(first, first + 2000, 8):
        names = [str(number) for number in range(start, start + 8)]
        outcomes = await asyncio.gather(
            *(store.insert("things", {"_id": name, "filling": "x" * 5000}) for name in names), return_exceptions=True
        )
        kept |= {name for name, outcome in zip(names, outcomes, strict=True) if outcome is None}
        refusals = [outcome for outcome in outcomes if outcome is not None]
        if refusals:
            assert all(isinstance(outcome, StoreUnavailable) for outcome in refusals)
            return kept, [str(outcome) for outcome in refusals]
    raise AssertionError("The disk never filled up.")


async def test_a_full_disk_is_said_clearly_loses_nothing_and_is_gone_when_there_is_room(small_disk: SmallDisk) -> None:
    store, path, make_room = small_disk

    kept, refusals = await fill(store, first=0)

    assert len(kept) > 50
    assert all(refusal.startswith("The disk is full") and str(path) in refusal for refusal in refusals)
    await store.ping()
    assert {document["_id"] for document in await store.find("things", {})} == kept

    await make_room()
    await store.insert("things", {"_id": "later"})
    more, _ = await fill(store, first=10_000)
    assert {document["_id"] for document in await store.find("things", {})} == kept | more | {"later"}

    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = {name for (name,) in connection.execute("SELECT _id FROM things")}
    assert found == kept | more | {"later"}
