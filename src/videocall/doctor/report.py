"""Runs every look and prints what was found."""

import asyncio
from collections.abc import AsyncIterator

from rich.console import Console
from rich.text import Text

from videocall.clock import SystemClock
from videocall.doctor import checks, outside
from videocall.doctor.model import Finding, bad
from videocall.meetings.carried import CarriedMeetings
from videocall.pool.wiring import pool_parts
from videocall.settings import Settings
from videocall.store.base import Store, StoreError

_MARKS = {"good": ("✓", "green"), "note": ("•", "yellow"), "bad": ("✗", "red")}


def examine(settings: Settings, store: Store) -> bool:
    """Print the report; whether nothing has to be mended."""
    console = Console(highlight=False, soft_wrap=True)
    return asyncio.run(_print(console, settings, store))


async def _print(console: Console, settings: Settings, store: Store) -> bool:
    found: list[Finding] = []
    async for finding in look(settings, store):
        mark, colour = _MARKS[finding.verdict]
        console.print(Text.assemble((f"  {mark} ", colour), (f"{finding.what:<13}", "bold"), finding.sentence))
        if finding.advice:
            console.print(Text(f"{'':17}{finding.advice}", "dim"))
        found.append(finding)
    wrong = sum(finding.verdict == "bad" for finding in found)
    console.print()
    console.print("  All is well." if not wrong else f"  {wrong} to mend.")
    return not wrong


async def look(settings: Settings, store: Store) -> AsyncIterator[Finding]:
    """Every finding, as it comes."""
    clock = SystemClock()
    yield checks.folder(settings)
    yield checks.disk(settings)
    yield checks.clock()
    try:
        await store.open()
    except StoreError as error:
        yield bad("Store", str(error), "Start it, or correct VIDEOCALL_STORE.")
    else:
        try:
            yield await checks.store(settings, store)
            parts = pool_parts(settings=settings, clock=clock, store=store, loads=CarriedMeetings(store))
            await parts.repository.prepare()
            async for finding in checks.pool(parts):
                yield finding
        finally:
            await store.close()
    yield await checks.redis(settings)
    yield await checks.mail(settings)
    for finding in await outside.address(settings):
        yield finding
    async for finding in checks.turn(settings, clock):
        yield finding
    yield await checks.push()
