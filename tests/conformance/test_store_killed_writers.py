import asyncio
import os
import random
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path

from videocall.store.base import Document, Store

pytest_plugins = ("conformance.engines",)

ROUNDS = int(os.environ.get("KILL_ROUNDS", "30"))
ROUND_SECONDS = 30
WRITERS = Path(__file__).with_name("writers.py")


@asynccontextmanager
async def writers(url: str) -> AsyncIterator[Process]:
    command = [sys.executable, str(WRITERS), url]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, start_new_session=True)
    try:
        yield process
    finally:
        # The whole group: after a failure the forked writers would go on for ever.
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def kill_in_the_middle(process: Process, after: int) -> tuple[dict[str, int], list[str]]:
    """One round: what was acknowledged (step by id), and how each writer ended."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"go\n")
    acknowledged: dict[str, int] = {}
    pids: list[int] = []
    async for line in process.stdout:
        word, *rest = line.decode().split()
        if word == "writers":
            pids = [int(pid) for pid in rest]
        elif word == "over":
            return acknowledged, rest
        else:
            acknowledged[rest[0]] = int(rest[1])
        if len(acknowledged) >= after:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            pids = []
    raise AssertionError("The writers ended without a word.")


async def test_no_acknowledged_write_is_lost_when_writers_are_killed(
    store_url: str, open_at: Callable[[str], AbstractAsyncContextManager[Store]]
) -> None:
    chance = random.Random(1)  # noqa: S311  a repeatable sequence is the point
    acknowledged: dict[str, int] = {}
    everything: list[Document] = []
    async with writers(store_url) as process:
        for number in range(ROUNDS):
            async with asyncio.timeout(ROUND_SECONDS):
                kept, ends = await kill_in_the_middle(process, after=chance.randint(1, 60))
            assert ends == ["-9", "-9", "-9"], "a writer failed before it was killed"
            acknowledged |= kept
            # Opened anew each time: the first connection after a kill is the one that recovers the file.
            async with open_at(store_url) as store:
                await store.ensure("kept", [])
                check(kept, await store.find("kept", {"round": number}))
                everything = await store.find("kept", {}) if number == ROUNDS - 1 else []
            if store_url.startswith("sqlite"):
                check_integrity(Path(store_url.removeprefix("sqlite:///")))
    check(acknowledged, everything)
    assert len(acknowledged) > ROUNDS * 20


def check(acknowledged: dict[str, int], found: list[Document]) -> None:
    """Everything acknowledged is there, and nothing is there by half."""
    steps = {document["_id"]: document["step"] for document in found}
    assert {one: step for one, step in acknowledged.items() if steps.get(one, 0) < step} == {}
    assert all(document["twice"] == 2 * document["step"] for document in found)


def check_integrity(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
