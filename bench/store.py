"""API calls beside a bare route and the store's own rate; heartbeats; and the sweep as meetings pile up."""

import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bench.http_client import AT_ONCE, Request, answers, rate
from bench.serving import cpu_seconds, floor, product
from videocall.meetings.model import Visit
from videocall.meetings.repository import MEETINGS, VISITS, MeetingRepository
from videocall.meetings.rules import Limits
from videocall.meetings.upkeep import Presence
from videocall.store.base import Store
from videocall.store.opening import open_store

CALLS = 2000
PEOPLE = 2000
STALE = 500
LIMITS = Limits(abandoned_after=timedelta(seconds=90), empty_after=timedelta(seconds=60))
WISH = {"kind": "instant", "guest": {"name": "Ada"}}
MOST_DOCUMENTS = 5000


async def measure(sizes: list[int], mongodb: str) -> None:
    """Print rates of calls and of the store below, on each engine, then the time of a sweep by number of meetings."""
    print(f"\nCalls over HTTP, {AT_ONCE} at once; load {os.getloadavg()[0]:.1f}")
    print("                                     a second   CPU of the server for each, µs")
    with floor("bench.floor_socket:app") as (address, process):
        await _report("bare route, validated JSON", address, process.pid, [("POST", "/bare", WISH, "")] * CALLS)
    for engine, url in engines(mongodb):
        async with database(url) as store_address:
            with product(VIDEOCALL_STORE=store_address) as (address, process):
                await _product_calls(engine, address, process.pid)
    print(f"\nThe store itself, {AT_ONCE} at once, a second; load {os.getloadavg()[0]:.1f}")
    for engine, url in engines(mongodb):
        async with _opened(url) as store:
            await _raw_rates(engine, store)
    print(f"\nFinding {STALE} stale meetings")
    for engine, url in engines(mongodb):
        for size in sizes:
            async with _opened(url) as store:
                took = await _sweep(store, size)
            print(f"  {engine:8} {size:9} meetings         {took:8.1f} ms   load {os.getloadavg()[0]:.1f}")


def engines(mongodb: str) -> list[tuple[str, str]]:
    """What is measured: names, and where; empty for a file."""
    return [("SQLite", ""), *([("MongoDB", mongodb)] if mongodb else [])]


@asynccontextmanager
async def database(url: str, name: str = "videocall_bench") -> AsyncIterator[str]:
    """An empty database: a file in a folder of its own (not in memory: commits go to the disk), or one of a MongoDB."""
    if not url:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.db'}"
        return
    from pymongo import MongoClient  # noqa: PLC0415 -- only who measures it needs it

    with MongoClient[dict[str, Any]](url) as client:
        client.drop_database(name)
        scheme, _, rest = url.partition("://")
        hosts, _, options = rest.partition("/")
        yield f"{scheme}://{hosts}/{name}?{options.partition('?')[2]}"
        client.drop_database(name)


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Store]:
    async with database(url) as address:
        store = open_store(address, Path())
        await store.open()
        yield store
        await store.close()


async def _report(name: str, address: str, process: int, requests: list[Request]) -> list[Any]:
    used = cpu_seconds(process)
    found, calls = await answers(address, requests)
    cost = (cpu_seconds(process) - used) / len(requests) * 1_000_000
    print(f"  {name:34} {calls:8.0f} {cost:12.0f}")
    return [msgspec.json.decode(text) if text else None for text in found]


async def _product_calls(engine: str, address: str, process: int) -> None:
    made = await _report(f"create ({engine})", address, process, [("POST", "/api/meetings", WISH, "")] * CALLS)
    codes = [one["meeting"]["code"] for one in made]
    joins: list[Request] = [
        ("POST", f"/api/meetings/{code}/join", {"name": f"Person {number}"}, "")
        for number, code in enumerate(codes[: CALLS // 2] * 2)
    ]
    joined = await _report(f"join ({engine})", address, process, joins)
    beats: list[Request] = [
        ("POST", f"{join[1].removesuffix('join')}heartbeat", None, answer["token"])
        for join, answer in zip(joins, joined, strict=True)
    ]
    await _report(f"heartbeat ({engine})", address, process, beats)


async def _raw_rates(engine: str, store: Store) -> None:
    await store.ensure("things", [])
    inserts = await rate(lambda n: store.insert("things", {"_id": f"n{n}", "seen": n}), CALLS)
    updates = await rate(lambda n: store.update("things", {"_id": f"n{n}"}, {"$max": {"seen": n + 1}}), CALLS)
    print(f"  inserts ({engine:7})                 {inserts:8.0f}")
    print(f"  updates ({engine:7})                 {updates:8.0f}")
    beats = await _presence_rate(store)
    print(f"  heartbeats written ({engine:7})      {beats:8.0f}   {beats / updates:.2f} of the updates (goal 0.5)")


class _Hurrying:
    """Ten seconds pass while all people beat once."""

    time = datetime(2026, 6, 22, tzinfo=UTC)

    def now(self) -> datetime:
        self.time += timedelta(seconds=10 / PEOPLE)
        return self.time


async def _presence_rate(store: Store) -> float:
    """Heartbeats a second from memory onto the disk: people in rooms of two, one beat each, spread over ten seconds."""
    repository = MeetingRepository(store)
    await repository.prepare()
    clock = _Hurrying()
    now = clock.time
    visits = [
        Visit(id=f"v{one}", meeting=f"m{one // 2}", person=f"p{one}", session="s", joined_at=now, seen_at=now)
        for one in range(PEOPLE)
    ]
    await store.load(VISITS, [msgspec.to_builtins(visit, builtin_types=(datetime,)) for visit in visits])
    await store.load(MEETINGS, [_meeting(number, PEOPLE, now) for number in range(PEOPLE // 2)])

    presence = Presence(repository, clock)
    begun = time.perf_counter()
    for visit in visits:
        presence.beat(visit.meeting, visit.person)
    await presence.write()
    return PEOPLE / (time.perf_counter() - begun)


async def _sweep(store: Store, size: int) -> float:
    now = datetime(2026, 6, 22, tzinfo=UTC)
    repository = MeetingRepository(store)
    await repository.prepare()
    for begin in range(0, size, MOST_DOCUMENTS):
        end = min(begin + MOST_DOCUMENTS, size)
        await store.load(MEETINGS, [_meeting(number, size, now) for number in range(begin, end)])
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        found = await repository.overdue(now, LIMITS, STALE)
        times.append((time.perf_counter() - begun) * 1000)
        if len(found) != STALE:
            raise RuntimeError(f"The sweep found {len(found)} meetings.")
    return sorted(times)[2]


def _meeting(number: int, size: int, now: datetime) -> dict[str, Any]:
    """The first `STALE` have gone silent, a tenth are live, the rest ended long ago."""
    stale, live = number < STALE, number < size // 10
    return {
        "_id": f"m{number}",
        "title": "",
        "description": "",
        "kind": "instant",
        "status": "live" if live or stale else "ended",
        "engine": "auto",
        "server": None,
        "lobby": False,
        "password_sealed": None,
        "host_id": "h",
        "host_name": "Ada",
        "host_email": None,
        "host_key_digest": "",
        "created_at": now - timedelta(hours=1),
        "started_at": now - timedelta(hours=1),
        "seen_at": now - timedelta(hours=1) if stale else now,
        "empty_since": None,
        "ended_at": None if live or stale else now - timedelta(minutes=30),
        "end_reason": None if live or stale else "host",
    }
