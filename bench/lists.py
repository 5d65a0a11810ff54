"""Lists of the console as the store grows tenfold: each in bounded time, from the first page to the last."""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from bench.serving import product
from bench.store import database, engines
from videocall.admin.creating import create_admin
from videocall.settings import Settings
from videocall.store.opening import open_store

SIZES = ((500, 10_000), (5_000, 100_000))
"""Users and meetings."""
ROUNDS = 9
FAR = 20
"""Pages that are turned before the one that counts."""
PASSWORD = "analytical engine no. 1"  # noqa: S105 -- of nobody
LISTS = {
    "overview": "/overview",
    "users, the first page": "/users?limit=50",
    "users, switched off": "/users?limit=50&status=disabled",
    "users, words that fit few": "/users?limit=50&q=hopper+417",
    "meetings, the first page": "/meetings?limit=50",
    "meetings, live": "/meetings?limit=50&status=live",
    "meetings, scheduled on servers": "/meetings?limit=50&kind=scheduled&engine=jitsi",
    "meetings, words that fit none": "/meetings?limit=50&q=nowhere",
    "deletion requests, waiting": "/deletion-requests?limit=50&status=waiting",
    "objections, open": "/rights-requests?limit=50&status=open",
    "mail, the first page": "/mail?limit=50",
    "mail, given up": "/mail?limit=50&status=dead",
    "audit log, the first page": "/audit?limit=50",
    "audit log, one kind of act": "/audit?limit=50&action=meeting_ended",
    "audit log, words that fit none": "/audit?limit=50&q=nowhere",
}
FAR_LISTS = {"users, far behind": "/users?limit=10", "meetings, far behind": "/meetings?limit=50"}


async def measure(mongodb: str) -> None:
    """Print the time of each list at both sizes, asked for in turn, and how many times as long the larger takes."""
    for engine, url in engines(mongodb):
        async with AsyncExitStack() as stack:
            consoles = [await stack.enter_async_context(_console(url, *size)) for size in SIZES]
            print(f"\nLists of the console on {engine}, median of {ROUNDS}, ms; load {os.getloadavg()[0]:.1f}")
            for name, path in LISTS.items():
                await _report(name, [(console, path) for console in consoles])
            for name, path in FAR_LISTS.items():
                await _report(name, [(console, await _far(console, path)) for console in consoles])


@asynccontextmanager
async def _console(url: str, users: int, meetings: int) -> AsyncIterator[httpx.AsyncClient]:
    """An administrator at a server whose store holds so much."""
    from seeded import seed  # noqa: PLC0415 -- of the tests, whose folder make bench has on the path

    async with database(url, f"videocall_bench_{meetings}") as address:
        with (
            tempfile.TemporaryDirectory() as data,
            product(VIDEOCALL_STORE=address, VIDEOCALL_DATA=data, VIDEOCALL_ADMIN_RATE="1000000/minute") as (site, _),
        ):
            settings = Settings(data=Path(data), store=address, bcrypt_cost=4)
            await asyncio.to_thread(create_admin, settings, open_store(address, settings.data), "root", PASSWORD)
            store = open_store(address, settings.data)
            await store.open()
            await seed(store, datetime.now(UTC).replace(microsecond=0), users=users, meetings=meetings)
            await store.close()
            async with httpx.AsyncClient(base_url=f"{site}/api/admin", trust_env=False, timeout=60) as http:
                signed_in = await http.post("/login", json={"name": "root", "password": PASSWORD})
                http.headers["Cookie"] = signed_in.headers["set-cookie"].partition(";")[0]
                yield http


async def _far(http: httpx.AsyncClient, path: str) -> str:
    """The address of a page far behind the first."""
    here = path
    for _ in range(FAR):
        here = f"{path}&cursor={(await _answer(http, here))['next_cursor']}"
    return here


async def _report(name: str, questions: list[tuple[httpx.AsyncClient, str]]) -> None:
    times: list[list[float]] = [[] for _ in questions]
    for _ in range(ROUNDS):
        for took, (http, path) in zip(times, questions, strict=True):
            begun = time.perf_counter()
            await _answer(http, path)
            took.append((time.perf_counter() - begun) * 1000)
    small, large = (sorted(took)[ROUNDS // 2] for took in times)
    print(f"  {name:38} {small:8.1f} {large:8.1f}   {large / small:6.2f} times")


async def _answer(http: httpx.AsyncClient, path: str) -> Any:
    answer = await http.get(path)
    if not answer.is_success:
        raise RuntimeError(f"{path}: {answer.text}")
    return answer.json()
