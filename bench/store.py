"""Server CPU for each API call beside a bare route; the store's raw rates; and the sweep as meetings pile up."""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bench.serving import cpu_seconds, floor, product
from videocall.meetings.repository import MEETINGS, MeetingRepository
from videocall.meetings.rules import Limits
from videocall.store.opening import open_store

CALLS = 2000
AT_ONCE = 32
STALE = 500
LIMITS = Limits(abandoned_after=timedelta(seconds=90), empty_after=timedelta(seconds=60))
Call = Callable[[int], Awaitable[Any]]
Process = subprocess.Popen[bytes]
WISH = {"kind": "instant", "guest": {"name": "Ada"}}


async def measure(sizes: list[int]) -> None:
    """Print CPU for each call, rates, then the time of a sweep for each number of stored meetings."""
    print(f"\nServer CPU for each call, {AT_ONCE} at once")
    with floor("bench.floor_socket:app") as (address, process):
        async with _client(address) as http:
            print(
                f"  bare route, validated JSON  {await _cost(process, lambda _: http.post('/bare', json=WISH)):8.0f} µs"
            )
    with product() as (address, process):
        async with _client(address) as http:
            await _product_costs(http, process)
    print("\nStore, calls a second (SQLite)")
    print(f"  inserts                     {await _raw_rate(_insert):8.0f}")
    print(f"  updates                     {await _raw_rate(_update):8.0f}")
    print(f"\nFinding {STALE} stale meetings (SQLite)")
    for size in sizes:
        print(f"  {size:9} meetings         {await _sweep(size):8.1f} ms")


def _client(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, trust_env=False, timeout=30)


async def _rate(call: Call, calls: int = CALLS) -> float:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            await call(number)

    begun = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(calls)))
    return calls / (time.perf_counter() - begun)


async def _cost(process: Process, call: Call, calls: int = CALLS) -> float:
    """CPU of the server for one call, in microseconds; the client's own cost does not count."""
    before = cpu_seconds(process)
    await _rate(call, calls)
    return (cpu_seconds(process) - before) / calls * 1_000_000


async def _product_costs(http: httpx.AsyncClient, process: Process) -> None:
    create = await _cost(process, lambda _: http.post("/api/meetings", json=WISH))
    codes = [(await http.post("/api/meetings", json=WISH)).json()["meeting"]["code"] for _ in range(200)]
    tokens: dict[int, str] = {}

    async def join(number: int) -> None:
        answer = await http.post(f"/api/meetings/{codes[number % 200]}/join", json={"name": f"Person {number}"})
        tokens[number] = answer.json()["token"]

    async def beat(number: int) -> None:
        headers = {"Authorization": f"Bearer {tokens[number % 1000]}"}
        answer = await http.post(f"/api/meetings/{codes[number % 200]}/heartbeat", headers=headers)
        answer.raise_for_status()

    print(f"  create                      {create:8.0f} µs")
    print(f"  join                        {await _cost(process, join, 1000):8.0f} µs")
    print(f"  heartbeat                   {await _cost(process, beat):8.0f} µs")


async def _raw_rate(call: Callable[[Any, int], Awaitable[Any]]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("", Path(folder))
        await store.open()
        await store.ensure("things", [])
        await store.insert("things", {"_id": "0", "seen": 0})
        rate = await _rate(lambda number: call(store, number))
        await store.close()
        return rate


async def _insert(store: Any, number: int) -> None:
    await store.insert("things", {"_id": f"n{number}", "seen": number})


async def _update(store: Any, number: int) -> None:
    await store.update("things", {"_id": "0"}, {"$max": {"seen": number}})


async def _sweep(size: int) -> float:
    now = datetime(2026, 6, 22, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("", Path(folder))
        await store.open()
        repository = MeetingRepository(store)
        await repository.prepare()
        for begin in range(0, size, 5000):
            await store.load(
                MEETINGS, [_meeting(number, size, now) for number in range(begin, min(begin + 5000, size))]
            )
        begun = time.perf_counter()
        found = await repository.overdue(now, LIMITS, STALE)
        took = (time.perf_counter() - begun) * 1000
        await store.close()
    if len(found) != STALE:
        raise RuntimeError(f"The sweep found {len(found)} meetings.")
    return took


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
