import asyncio
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from videocall.store.base import DuplicateKey, Filter, Index, StoreUnavailable
from videocall.store.sql import condition
from videocall.store.sqlite import SqliteStore
from videocall.store.sqlite_file import network_file_system

SECONDS = 10
READ_AND_LEAVE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT * FROM things").fetchall()
connection.close()
"""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "store.db", patience=0.2)
    await store.open()
    await store.ensure("things", [])
    yield store
    await store.close()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def refusal(store: SqliteStore) -> str:
    with pytest.raises(StoreUnavailable) as refused:
        await store.open()
    await store.close()
    return str(refused.value)


@pytest.fixture
def read_only_folder(tmp_path: Path) -> Iterator[Path]:
    """A disk with a file `old.db` that is mounted read-only; where we may not mount, a folder that takes no file."""
    folder = tmp_path / "fixed"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        yield Path("/proc")
        return
    (folder / "old.db").touch()
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_folder_that_cannot_be_written_is_named(read_only_folder: Path) -> None:
    for path in (read_only_folder / "store.db", read_only_folder / "new" / "store.db", read_only_folder / "old.db"):
        assert (await refusal(SqliteStore(path))).startswith(f"{path} cannot be written: ")


async def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    assert await refusal(SqliteStore(tmp_path)) == f"{tmp_path} cannot be written: it is a folder, or read-only."


async def test_opening_a_second_time_leaves_the_locks_of_the_first_in_place(store: SqliteStore, tmp_path: Path) -> None:
    await store.insert("things", {"_id": "a"})
    again = SqliteStore(tmp_path / "store.db")
    await again.open()

    # Another process that took itself for the last one would now fold the log in and remove it.
    subprocess.run([sys.executable, "-c", READ_AND_LEAVE, str(tmp_path / "store.db")], check=True)  # noqa: ASYNC221

    assert (tmp_path / "store.db-wal").exists()
    await again.close()


async def test_a_disk_that_turns_read_only_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    store = SqliteStore(folder / "store.db")
    await store.open()
    await store.ensure("things", [])
    # What SQLite meets after a remount: the same connection, and a file that takes no writes.
    await store._write(lambda connection: connection.execute("PRAGMA query_only=1"))  # noqa: SLF001

    with pytest.raises(StoreUnavailable, match="read-only"):
        await store.insert("things", {"_id": "a"})
    await store.close()


async def test_a_file_that_is_no_database_is_left_alone_and_named(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, " * 100)

    assert "is not a SQLite database" in await refusal(SqliteStore(path))
    assert path.read_text() == "Dear reader, " * 100


async def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    whole = SqliteStore(path)
    await whole.open()
    await whole.ensure("things", [])
    await whole.load("things", [{"_id": str(n), "x": "y" * 100} for n in range(500)])
    await whole.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)

    damaged = SqliteStore(path)
    await damaged.open()
    await damaged.ensure("things", [])
    with pytest.raises(StoreUnavailable, match="is damaged: stop the service and put back a backup"):
        await damaged.find("things", {})
    await damaged.close()


async def test_a_file_on_a_network_is_refused(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"30 1 0:30 / / rw - ext4 /dev/vda rw\n31 1 0:31 / {tmp_path} rw - nfs4 server:/data rw\n")

    sentence = await refusal(SqliteStore(tmp_path / "folder" / "store.db", mounts=mounts))

    assert "lies on a network file system (nfs4)" in sentence
    assert not (tmp_path / "folder" / "store.db").exists()


@pytest.mark.parametrize(
    ("kind", "is_network"),
    [
        *((kind, True) for kind in ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.rclone", "ceph", "afs")),
        *((kind, False) for kind in ("ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "fuse.portal", "virtiofs")),
    ],
)
def test_network_file_systems_are_told_from_disks(kind: str, is_network: bool) -> None:  # noqa: FBT001  a table
    mounts = f"20 1 0:1 / / rw,relatime - ext4 /dev/vda rw\n21 20 0:2 / /data rw shared:1 - {kind} somewhere rw\n"

    assert (network_file_system(Path("/data/store.db"), mounts) == kind) is is_network
    assert network_file_system(Path("/database/store.db"), mounts) is None


def test_of_the_mounts_above_a_path_the_latest_counts() -> None:
    mounts = (
        "1 0 0:1 / / rw - ext4 x rw\n"
        "2 1 0:2 / /mnt/with\\040blank rw - nfs x rw\n"
        "3 2 0:3 / /mnt/with\\040blank/local rw - ext4 x rw\n"
        "4 1 0:4 / /twice rw - nfs x rw\n"
        "5 1 0:5 / /twice rw - xfs x rw\n"
        "6 1 0:6 / /hidden/below rw - ext4 x rw\n"
        "7 1 0:7 / /hidden rw - cifs x rw\n"
    )

    assert network_file_system(Path("/mnt/with blank/a/store.db"), mounts) == "nfs"
    assert network_file_system(Path("/mnt/with blank/local/store.db"), mounts) is None
    assert network_file_system(Path("/twice/store.db"), mounts) is None
    assert network_file_system(Path("/hidden/below/store.db"), mounts) == "cifs"


async def test_a_lock_held_for_too_long_refuses_every_waiter_and_then_all_goes_on(
    store: SqliteStore, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(SECONDS):
            outcomes = await asyncio.gather(
                *(store.insert("things", {"_id": str(n)}) for n in range(20)), return_exceptions=True
            )
        assert all("is locked by another program" in str(outcome) for outcome in outcomes)
        assert await store.count("things", {}) == 0
        other.execute("ROLLBACK")

    await store.insert("things", {"_id": "a"})
    assert await store.count("things", {}) == 1


async def test_every_commit_waits_for_the_disk(store: SqliteStore) -> None:
    full = await store._write(lambda connection: connection.execute("PRAGMA synchronous").fetchone())  # noqa: SLF001

    assert full == (2,)


async def test_the_file_and_its_copy_are_for_their_owner_only(store: SqliteStore, tmp_path: Path) -> None:
    await store.insert("things", {"_id": "a"})
    await store.backup(tmp_path / "copy.db")

    for name in ("store.db", "store.db-wal", "copy.db"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


async def test_closing_leaves_one_file_with_everything(store: SqliteStore, tmp_path: Path) -> None:
    await store.insert("things", {"_id": "a"})
    await store.close()

    assert names_in(tmp_path) == ["store.db"]
    again = SqliteStore(tmp_path / "store.db")
    await again.open()
    await again.ensure("things", [])
    assert await again.find("things", {}) == [{"_id": "a"}]
    await again.close()


async def test_a_load_that_meets_a_duplicate_leaves_nothing_of_itself(store: SqliteStore) -> None:
    await store.ensure("codes", [Index(keys=("code",), unique=True)])
    await store.insert("codes", {"_id": "a", "code": "x"})

    with pytest.raises(DuplicateKey):
        await store.load("codes", [{"_id": "b", "code": "y"}, {"_id": "c", "code": "x"}, {"_id": "d", "code": "z"}])

    assert await store.find("codes", {}) == [{"_id": "a", "code": "x"}]


async def test_a_backup_is_one_moment_while_writing_goes_on(store: SqliteStore, tmp_path: Path) -> None:
    await store.load("things", [{"_id": str(n), "filling": "x" * 500} for n in range(2000)])
    await store.insert("things", {"_id": "pair", "left": 0, "right": 0})
    copied = asyncio.create_task(store.backup(tmp_path / "copy.db"))
    while not copied.done():
        await store.update("things", {"_id": "pair"}, {"$inc": {"left": 1, "right": 1}})
    await copied

    copy = SqliteStore(tmp_path / "copy.db")
    await copy.open()
    await copy.ensure("things", [])
    [pair] = await copy.find("things", {"_id": "pair"})
    assert pair["left"] == pair["right"]
    assert await copy.count("things", {}) == 2001
    await copy.close()


async def test_a_backup_that_cannot_be_written_is_named_and_leaves_the_older_one(
    store: SqliteStore, tmp_path: Path
) -> None:
    await store.insert("things", {"_id": "a"})
    await store.backup(tmp_path / "copy.db")
    await store.backup(tmp_path / "copy.db")
    missing = tmp_path / "nowhere" / "copy.db"

    with pytest.raises(StoreUnavailable, match=f"The backup {missing} cannot be written"):
        await store.backup(missing)
    assert [name for name in names_in(tmp_path) if "copy" in name] == ["copy.db"]


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ({"code": "x"}, "things:code"),
        ({"code": {"$in": ["x", "y"]}}, "things:code"),
        ({"seen_at": {"$lt": "2026"}, "live": True}, "things:seen_at:where:live=true"),
        ({"live": True, "seen_at": {"$lt": "2026"}, "name": {"$ne": "a"}}, "things:seen_at:where:live=true"),
        ({"person": "p", "left_at": None}, "things:person:where:left_at=none"),
        ({"$and": [{"person": "p"}, {"left_at": None}]}, "things:person:where:left_at=none"),
        ({"_id": "a"}, "sqlite_autoindex_things_1"),
        # Outside of what the partial index covers, it must not be used.
        ({"seen_at": {"$lt": "2026"}, "live": False}, None),
        ({"person": "p"}, None),
    ],
)
async def test_a_query_uses_its_index(store: SqliteStore, tmp_path: Path, where: Filter, index: str | None) -> None:
    await store.ensure(
        "things",
        [
            Index(keys=("code",)),
            Index(keys=("seen_at",), where={"live": True}),
            Index(keys=("person",), where={"left_at": None}),
        ],
    )
    matching, values = condition(where)
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT doc FROM things WHERE {matching}", values).fetchall()  # noqa: S608

    [step] = [detail for *_, detail in plan]
    assert (f"INDEX {index} (" in step) if index else step.startswith("SCAN")


async def test_opening_waits_for_another_process_that_is_just_making_the_file(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as other:
        other.execute("CREATE TABLE others (x)")
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        assert "is locked by another program" in await refusal(SqliteStore(tmp_path / "store.db", patience=0.3))
        assert time.monotonic() - started >= 0.3
        other.execute("COMMIT")

    store = SqliteStore(tmp_path / "store.db", patience=0.3)
    await store.open()
    await store.close()


async def test_processes_may_open_a_new_file_at_the_same_moment(tmp_path: Path) -> None:
    stores = [SqliteStore(tmp_path / "store.db") for _ in range(6)]

    await asyncio.gather(*(store.open() for store in stores))
    await asyncio.gather(*(store.ensure("things", [Index(keys=("code",), unique=True)]) for store in stores))
    await asyncio.gather(*(store.insert("things", {"_id": str(n), "code": str(n)}) for n, store in enumerate(stores)))

    assert await stores[0].count("things", {}) == 6
    for store in stores:
        await store.close()
