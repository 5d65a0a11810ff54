import asyncio
import gc
import secrets
import signal
import ssl
import time
import traceback
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pymongo
import pytest

from mongodb_server import MongodbServer, free_port
from running_server import until
from videocall.store.base import Filter, Index, StoreUnavailable, UnsupportedQuery
from videocall.store.mongo import CALL_SECONDS, DATABASE, MongoStore
from videocall.web.certificate import certificate_for

pytest_plugins = ("mongodb_server",)

PASSWORD = "open-sesame"
PATIENCE = 3 * CALL_SECONDS
"""For what must fail after CALL_SECONDS, on a machine that may be very busy. PyMongo's own patience is 30 seconds."""


@pytest.fixture(scope="module")
def guarded_server() -> Iterator[MongodbServer]:
    """A server of our own, which asks for a password and may be stopped and killed."""
    server = MongodbServer(password=PASSWORD)
    try:
        server.start()
        with pymongo.MongoClient[dict[str, Any]](server.url) as client:
            for name, role, database in (("stranger", "readWrite", "other"), ("reader", "read", DATABASE)):
                client.admin.command("createUser", name, pwd=PASSWORD, roles=[{"role": role, "db": database}])
        yield server
    finally:
        server.remove()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[MongoStore]:
    store = MongoStore(url)
    try:
        await store.open()
        await store.ensure("things", [])
        yield store
    finally:
        await store.close()


async def refusal(url: str) -> str:
    """The sentence with which a store refuses to open; neither it nor what a log would show tells the password."""
    store = MongoStore(url)
    started = time.monotonic()
    with pytest.raises(StoreUnavailable) as refused:
        await store.open()
    await store.close()
    assert time.monotonic() - started < PATIENCE
    told = "".join(traceback.format_exception(refused.value)) + repr(store) + str(store)
    assert PASSWORD not in told
    return str(refused.value)


async def test_a_wrong_password_and_an_unknown_user_are_named(guarded_server: MongodbServer) -> None:
    server = f"MongoDB at 127.0.0.1:{guarded_server.port}"
    for url in (
        guarded_server.url.replace(PASSWORD, "wrong"),
        guarded_server.url.replace("root", "nobody"),
        f"mongodb://root:{PASSWORD}@127.0.0.1:{guarded_server.port}/?authSource=other",
    ):
        assert await refusal(url) == f"{server} refused the user or the password in its address."


async def test_missing_rights_are_named(guarded_server: MongodbServer) -> None:
    needs = f"needs a user and a password with the right to use its database {DATABASE} (the role readWrite)."
    assert (await refusal(f"mongodb://127.0.0.1:{guarded_server.port}")).endswith(needs)
    assert (await refusal(guarded_server.url.replace("root", "stranger"))).endswith(needs)

    async with opened(guarded_server.url.replace("root", "reader")) as reader:
        assert await reader.count("things", {}) == 0
        with pytest.raises(StoreUnavailable, match="the role readWrite"):
            await reader.insert("things", {"_id": "a"})
        with pytest.raises(StoreUnavailable, match="the role readWrite"):
            await reader.ensure("things", [Index(keys=("code",))])


@pytest.mark.parametrize(
    "url",
    [
        f"mongodb://user:{PASSWORD}@ss@host",
        f"mongodb://user:{PASSWORD}/x@host/db",
        f"mongodb://user:{PASSWORD}:more@host",
        f"mongodb://user:{PASSWORD}?x@host",
        "mongodb://",
        "mongodb://host:port",
        "mongodb://host/a b",
    ],
)
async def test_an_address_that_cannot_be_understood_is_refused_at_once_and_not_repeated(url: str) -> None:
    assert (await refusal(url)).startswith("The address of MongoDB cannot be understood: ")


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """Takes connections and never says a word."""
    over = asyncio.Event()

    async def stay_silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(stay_silent, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()


@asynccontextmanager
async def tls_server_that_nobody_trusts(folder: Path) -> AsyncIterator[int]:
    files = certificate_for(folder, ["localhost"], [IPv4Address("127.0.0.1")], datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_a_server_that_cannot_be_reached_is_refused_within_seconds(
    tmp_path: Path, guarded_server: MongodbServer
) -> None:
    async with silent_server() as silent, tls_server_that_nobody_trusts(tmp_path) as untrusted:
        dead = free_port()
        mute, unsafe = "does not answer: check its address", "cannot be reached safely: check TLS"
        cases = {
            f"mongodb://u:{PASSWORD}@127.0.0.1:{dead}": f"127.0.0.1:{dead} {mute}",
            f"mongodb://127.0.0.1:{dead},127.0.0.2:{dead}": f"127.0.0.1:{dead}, 127.0.0.2:{dead} {mute}",
            "mongodb://nothing.invalid/": f"nothing.invalid:27017 {mute}",
            "mongodb+srv://nothing.invalid/": "nothing.invalid cannot be used: ",
            f"mongodb://127.0.0.1:{silent}": f"127.0.0.1:{silent} {mute}",
            f"mongodb://127.0.0.1:{untrusted}/?tls=true": f"127.0.0.1:{untrusted} {unsafe}",
            f"{guarded_server.url}&tls=true": f"127.0.0.1:{guarded_server.port} {unsafe}",
            guarded_server.url.replace("rs0", "other"): f"127.0.0.1:{guarded_server.port} {mute}",
        }
        sentences = await asyncio.gather(*(refusal(url) for url in cases))
    # PyMongo leaves the sockets of failed TLS handshakes to the garbage collector.
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()

    expected = [f"MongoDB at {start}" for start in cases.values()]
    assert [sentence[: len(start)] for sentence, start in zip(sentences, expected, strict=True)] == expected


async def test_a_server_that_hangs_is_refused_within_seconds_and_used_again_when_it_is_back(
    guarded_server: MongodbServer,
) -> None:
    async with opened(guarded_server.url) as store:
        guarded_server.send(signal.SIGSTOP)
        try:
            async with asyncio.timeout(PATIENCE):
                with pytest.raises(StoreUnavailable, match="does not answer"):
                    await store.insert("things", {"_id": secrets.token_hex(8)})
        finally:
            guarded_server.send(signal.SIGCONT)
        await store.ping()


async def test_no_acknowledged_write_is_lost_when_the_server_is_killed(guarded_server: MongodbServer) -> None:
    kept: list[str] = []

    async def write(store: MongoStore, enough: asyncio.Event, stop: asyncio.Event) -> None:
        while not stop.is_set():
            name = secrets.token_hex(8)
            with suppress(StoreUnavailable):
                await store.insert("kept", {"_id": name})
                kept.append(name)
            if len(kept) % 60 == 0:
                enough.set()

    for number in range(3):
        async with opened(guarded_server.url) as store:
            await store.ensure("kept", [])
            enough, stop = asyncio.Event(), asyncio.Event()
            tasks = [asyncio.create_task(write(store, enough, stop)) for _ in range(8)]
            await enough.wait()
            guarded_server.kill()
            guarded_server.start()
            stop.set()
            await asyncio.gather(*tasks)
            assert len(kept) >= 60 * (number + 1)
            assert set(kept) <= {document["_id"] for document in await store.find("kept", {})}


async def test_documents_go_to_the_database_of_the_address_or_to_ours(
    mongodb_url: str, guarded_server: MongodbServer
) -> None:
    for url in (mongodb_url, guarded_server.url):
        async with opened(url) as store:
            await store.insert("things", {"_id": "here"})
        with pymongo.MongoClient[dict[str, Any]](url) as client:
            assert client.get_default_database(DATABASE)["things"].count_documents({"_id": "here"}) == 1


async def test_an_index_that_is_being_made_stops_neither_reads_nor_writes(guarded_server: MongodbServer) -> None:
    running, starting = MongoStore(guarded_server.url), MongoStore(guarded_server.url)
    await running.open()
    await starting.open()
    await running.ensure("busy", [])
    await running.load("busy", [{"_id": str(number), "code": str(number), "n": number} for number in range(1000)])
    with pymongo.MongoClient[dict[str, Any]](guarded_server.url) as client:

        def build_stops(mode: str) -> None:
            client.admin.command("configureFailPoint", "hangAfterStartingIndexBuildUnlocked", mode=mode)

        async def builds() -> int:
            operations = client.admin.command("currentOp", {"command.createIndexes": "busy"})["inprog"]
            return len(operations)

        await asyncio.to_thread(build_stops, "alwaysOn")
        try:
            indexes = [Index(keys=("code",), unique=True), Index(keys=("n",))]
            making = asyncio.create_task(starting.ensure("busy", indexes))
            await until(builds, bool)
            for number in range(20):
                await running.insert("busy", {"_id": f"new{number}", "code": f"new{number}", "n": number})
                assert await running.update("busy", {"_id": str(number)}, {"$inc": {"n": 1000}})
            assert await running.count("busy", {"n": {"$gte": 1000}}) == 20
            assert not making.done()
        finally:
            await asyncio.to_thread(build_stops, "off")
        await making
    await running.close()
    await starting.close()


@pytest.mark.parametrize(
    ("where", "is_used"),
    [
        ({"seen_at": {"$lt": datetime(2026, 1, 1, tzinfo=UTC)}, "live": True}, True),
        ({"person": "p", "left_at": None}, True),
        ({"person": "p"}, False),
        ({"live": True}, False),
    ],
)
async def test_a_query_uses_its_partial_index(
    mongodb_url: str,
    where: Filter,
    is_used: bool,  # noqa: FBT001  a table
) -> None:
    indexes = [Index(keys=("seen_at",), where={"live": True}), Index(keys=("person",), where={"left_at": None})]
    async with opened(mongodb_url) as store:
        await store.ensure("things", indexes)
        await store.insert("things", {"_id": "a"})
    with pymongo.MongoClient[dict[str, Any]](mongodb_url) as client:
        plan = client.get_default_database()["things"].find(where).explain()["queryPlanner"]["winningPlan"]

    assert ("IXSCAN" in str(plan)) is is_used


async def test_a_document_too_large_for_mongodb_is_refused(mongodb_url: str) -> None:
    async with opened(mongodb_url) as store:
        with pytest.raises(UnsupportedQuery, match="larger than MongoDB can hold"):
            await store.insert("things", {"_id": "a", "x": "y" * 17_000_000})
        assert await store.count("things", {}) == 0


async def test_a_duplicate_tells_its_field_and_no_value(mongodb_url: str) -> None:
    async with opened(mongodb_url) as store:
        await store.ensure("people", [Index(keys=("mail",), unique=True)])
        await store.insert("people", {"_id": "a", "mail": "ada@example.org"})
        for call in (
            store.insert("people", {"_id": "b", "mail": "ada@example.org"}),
            store.load("people", [{"_id": "b", "mail": "ada@example.org"}]),
            store.update("people", {"_id": "b"}, {"$set": {"mail": "ada@example.org"}}, upsert=True),
        ):
            with pytest.raises(Exception, match="Another document has the same value: mail") as refused:
                await call
            assert "ada@" not in "".join(traceback.format_exception(refused.value))
