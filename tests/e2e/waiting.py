"""Waiting for a condition, never for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")

PATIENCE = 20.0
"""Seconds; generous, since test machines are small and busy."""


async def eventually(check: Callable[[], Awaitable[Seen]], seconds: float = PATIENCE) -> Seen:
    """Do a check again and again until it holds. Its last failure is what the test fails with."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while True:
        try:
            async with asyncio.timeout_at(deadline + PATIENCE):  # a page that hangs answers never
                return await check()
        except AssertionError:
            if loop.time() > deadline:
                raise
        await asyncio.sleep(0.1)
