"""Export and import: everything, exactly, from engine to engine, whatever interrupts it, and never over other data."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from running_server import TurnedClock, until
from videocall import moving
from videocall.app import create_app
from videocall.meetings.model import Visit
from videocall.records import BY_ITSELF, FOLDERS, RECORDS
from videocall.settings import BadSetting, Settings
from videocall.store.archive import CannotTransfer, File, Receipt, Tally
from videocall.store.base import Document, Index, Store, StoreUnavailable
from videocall.store.opening import open_store
from videocall.store.transfer import AT_ONCE, Transfer

pytest_plugins = ("conformance.engines",)

NOON = datetime(2026, 6, 22, 12, tzinfo=UTC)
PICTURE = "public/uploads/ab/cd.webp"


def transfer(store: Store, data: Path) -> Transfer:
    return Transfer(store, data, RECORDS, FOLDERS, lambda *_: None)


def visit(number: int) -> Document:
    joined = NOON + timedelta(milliseconds=number)
    return {
        "_id": f"v{number}",
        "meeting": "abc-defg-hjk",
        "person": f"p{number}",
        "session": "2026-06-22T12:00:00.000Z" if number % 2 else 'Größe 🎂 \u2028 {}[]\\"',
        "joined_at": joined,
        "seen_at": joined + timedelta(seconds=1),
        "left_at": None if number % 3 else joined + timedelta(seconds=2),
    }


async def fill(store: Store, data: Path, visits: int = 50) -> None:
    await store.ensure("visits", [])
    await store.load("visits", [visit(number) for number in range(visits)])
    await store.ensure("users", [Index(keys=("email",), unique=True)])
    user = {"_id": "u", "email": "ada@example.org", "first_name": "Ada", "last_name": "L", "password_hash": "$2b$"}
    await store.insert("users", {**user, "created_at": NOON, "recovery": {"abc": True}, "totp_step": 2**40})
    (data / PICTURE).parent.mkdir(parents=True)
    (data / PICTURE).write_bytes(bytes(range(256)))


@pytest.fixture
async def empty(open_at: Callable[[str], AbstractAsyncContextManager[Store]], tmp_path: Path) -> AsyncIterator[Store]:
    async with open_at(f"sqlite:///{tmp_path / 'other.db'}") as store:
        yield store


async def test_from_sqlite_to_mongodb_and_back_is_the_same(
    both_stores: tuple[Store, Store], empty: Store, tmp_path: Path
) -> None:
    sqlite, mongodb = both_stores
    await fill(sqlite, tmp_path / "one")
    first = await transfer(sqlite, tmp_path / "one").export(tmp_path / "1", NOON)
    assert first.counts == {"users": 1, "visits": 50}
    assert first.files == 1

    assert await transfer(mongodb, tmp_path / "two").import_(tmp_path / "1") == first
    held = await mongodb.find("visits", {"joined_at": {"$lt": NOON + timedelta(milliseconds=2)}}, sort=[("_id", 1)])
    assert held == [visit(0), visit(1)], "times are times, and text that looks like one is text"
    second = await transfer(mongodb, tmp_path / "two").export(tmp_path / "2", NOON)
    assert await transfer(empty, tmp_path / "three").import_(tmp_path / "2") == second == first

    assert (tmp_path / "three" / PICTURE).read_bytes() == bytes(range(256))
    assert await empty.find("visits", {}, sort=[("_id", 1)]) == await sqlite.find("visits", {}, sort=[("_id", 1)])
    assert await empty.find("users", {}) == await sqlite.find("users", {})


async def test_an_import_that_was_interrupted_goes_on_where_it_was(
    store: Store, empty: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(empty, tmp_path / "one", visits=5 * AT_ONCE)
    receipt = await transfer(empty, tmp_path / "one").export(tmp_path / "file", NOON)
    loads: list[int] = []
    load = store.load

    async def fails_the_third_time(collection: str, documents: Sequence[Document]) -> None:
        loads.append(len(documents))
        if len(loads) == 3:
            await load(collection, documents[: len(documents) // 2])
            raise StoreUnavailable("The plug was pulled.")
        await load(collection, documents)

    monkeypatch.setattr(store, "load", fails_the_third_time)
    with pytest.raises(StoreUnavailable):
        await transfer(store, tmp_path / "two").import_(tmp_path / "file")
    begun = len(loads)
    assert await transfer(store, tmp_path / "two").import_(tmp_path / "file") == receipt
    assert sum(loads[begun:]) < receipt.counts["visits"], "what was there already is not loaded again"
    assert await transfer(store, tmp_path / "two").import_(tmp_path / "file") == receipt, "twice is as once"
    assert await store.count("visits", {}) == 5 * AT_ONCE


async def test_a_store_that_holds_other_data_is_left_alone(store: Store, empty: Store, tmp_path: Path) -> None:
    await fill(empty, tmp_path / "one")
    await transfer(empty, tmp_path / "one").export(tmp_path / "file", NOON)
    await store.ensure("visits", [])
    await store.insert("visits", visit(7))
    before = await store.find("visits", {})
    with pytest.raises(CannotTransfer, match="other data already"):
        await transfer(store, tmp_path / "two").import_(tmp_path / "file")
    assert await store.find("visits", {}) == before
    assert not (tmp_path / "two").exists()


async def test_a_store_that_was_only_started_once_takes_an_import(
    settings: Settings, clock: TurnedClock, empty: Store, tmp_path: Path
) -> None:
    await fill(empty, tmp_path / "one")
    receipt = await transfer(empty, tmp_path / "one").export(tmp_path / "file", NOON)
    store = open_store(settings.store_url, settings.data)
    async with create_app(settings, clock=clock, store=store).lifespan():
        await until(lambda: store.count("leases", {}), bool)
    store = open_store(settings.store_url, settings.data)
    await store.open()
    for name in RECORDS:
        await store.ensure(name, [])
    there = {name for name in RECORDS if await store.count(name, {})}
    assert there == set(BY_ITSELF), "all that a first start puts there"
    into = Transfer(store, settings.data, RECORDS, FOLDERS, lambda *_: None, BY_ITSELF)
    await store.update("legal_versions", {"_id": "terms-1"}, {"$set": {"published_by": "root"}})
    with pytest.raises(CannotTransfer, match="other data already"):
        await into.import_(tmp_path / "file")
    assert await store.count("legal_versions", {}) == 2
    await store.update("legal_versions", {"_id": "terms-1"}, {"$set": {"published_by": ""}})
    assert await into.import_(tmp_path / "file") == receipt
    assert await store.count("legal_versions", {}) == 0, "the next start writes them anew"
    await store.close()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda whole: gzip.compress(whole)[:-300], "damaged or not whole"),
        (lambda whole: gzip.compress(b"\n".join(whole.splitlines()[:-1])), "damaged or not whole"),
        (lambda whole: gzip.compress(whole.replace(b'"p7"', b'"p8"')), "damaged or not whole"),
        (lambda whole: gzip.compress(whole.replace(b'"schema":1', b'"schema":99')), "or an older one"),
        (lambda whole: gzip.compress(whole.replace(b'"visits"', b'"secrets"')), "holds secrets"),
        (
            lambda whole: gzip.compress(whole.replace(b"public/uploads/ab/cd.webp", b"public/uploads/../../k")),
            "not one",
        ),
        (lambda whole: whole, "cannot be read"),
        (lambda _: b"", "or an older one"),
    ],
)
async def test_a_file_that_is_not_right_changes_nothing(
    spoil: Callable[[bytes], bytes], sentence: str, empty: Store, tmp_path: Path
) -> None:
    source = open_store(f"sqlite:///{tmp_path / 'source.db'}", tmp_path)
    await source.open()
    await fill(source, tmp_path / "one")
    await transfer(source, tmp_path / "one").export(tmp_path / "file", NOON)
    await source.close()
    (tmp_path / "bad").write_bytes(spoil(gzip.decompress((tmp_path / "file").read_bytes())))
    with pytest.raises(CannotTransfer, match=sentence):
        await transfer(empty, tmp_path / "two").import_(tmp_path / "bad")
    assert not [name for name in RECORDS if await empty.find(name, {}, limit=1)]
    assert not (tmp_path / "two").exists()


async def test_a_picture_of_the_same_name_is_not_written_over(empty: Store, tmp_path: Path) -> None:
    source = open_store(f"sqlite:///{tmp_path / 'source.db'}", tmp_path)
    await source.open()
    await fill(source, tmp_path)
    receipt = await transfer(source, tmp_path).export(tmp_path / "file", NOON)
    await source.close()
    (tmp_path / PICTURE).write_bytes(b"another")
    with pytest.raises(CannotTransfer, match="there already and differs"):
        await transfer(empty, tmp_path).import_(tmp_path / "file")
    (tmp_path / PICTURE).write_bytes(bytes(range(256)))
    assert await transfer(empty, tmp_path).import_(tmp_path / "file") == receipt


async def test_a_document_that_is_not_of_its_kind_is_named(empty: Store, tmp_path: Path) -> None:
    await empty.ensure("visits", [])
    await empty.insert("visits", {**visit(1), "joined_at": 7})
    with pytest.raises(CannotTransfer, match="document v1 in visits"):
        await transfer(empty, tmp_path).export(tmp_path / "file", NOON)
    assert not (tmp_path / "file").exists()


class NotingStore:
    """A real store that notes what collections it was asked to make."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.made: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def ensure(self, collection: str, indexes: Sequence[Index]) -> None:
        self.made.add(collection)
        await self._store.ensure(collection, indexes)


async def test_every_collection_of_the_program_is_on_the_list(settings: Settings, clock: TurnedClock) -> None:
    store = NotingStore(open_store(settings.store_url, settings.data))
    app = create_app(settings, clock=clock, store=cast("Store", store))
    async with app.lifespan():
        await until(lambda: asyncio.sleep(0, "leases" in store.made), bool)
    assert store.made - {"meta", "leases"} == set(RECORDS)
    assert RECORDS["visits"] is Visit


def settings_in(folder: Path) -> Settings:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    return Settings(data=folder / "data")


async def _made(folder: Path) -> None:
    store = open_store(settings_in(folder).store_url, folder)
    await store.open()
    await fill(store, folder / "data")
    await store.close()


def test_the_commands_say_what_was_done_and_what_is_to_be_copied_along(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_made(tmp_path / "old"))
    moving.export(settings_in(tmp_path / "old"), tmp_path / "file")
    said = capsys.readouterr().out
    assert "          50  visits\n" in said
    assert f"{tmp_path / 'old' / 'data' / 'secret.key'} is not in it. Copy that file" in said
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600

    moving.import_(settings_in(tmp_path / "new"), tmp_path / "file")
    said_then = capsys.readouterr().out
    assert "secret.key is missing. Copy it" in said_then
    digest = next(line for line in said.splitlines() if "SHA" in line)
    assert digest in said_then

    moving.backup(settings_in(tmp_path / "new"), tmp_path / "copy.db")
    assert "Copied to" in capsys.readouterr().out
    moving.export(Settings(data=tmp_path / "new" / "data", store=f"sqlite:///{tmp_path / 'copy.db'}"), tmp_path / "2")
    assert digest in capsys.readouterr().out


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    for command in (moving.export, moving.backup):
        with pytest.raises(BadSetting, match=r"There is no .*nowhere\.db"):
            command(Settings(data=tmp_path, store=f"sqlite:///{tmp_path / 'nowhere.db'}"), tmp_path / "file")
    assert not list(tmp_path.iterdir())


def test_a_mongodb_is_backed_up_by_its_own_tools(tmp_path: Path, mongodb_url: str) -> None:
    with pytest.raises(BadSetting, match="mongodump"):
        moving.backup(Settings(data=tmp_path, store=mongodb_url), tmp_path / "file")


def test_a_receipt_does_not_depend_on_the_order() -> None:
    def receipt(*names: str) -> Receipt:
        tally = Tally()
        for name in names:
            tally.add(File(path=name, content=name.encode()))
        return tally.receipt()

    assert receipt("a", "b", "c") == receipt("c", "a", "b") != receipt("a", "b", "b")
