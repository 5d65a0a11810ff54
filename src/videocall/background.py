"""Work that goes on by itself beside the requests: begun with the application, done again and again, ended with it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import structlog

from videocall.store.base import StoreError

log = structlog.get_logger()
Work = Callable[[], Awaitable[object]]


async def guarded(work: Work) -> None:
    """Do something once; what goes wrong is logged, since a loop that dies would leave it undone for ever."""
    try:
        await work()
    except StoreError as error:
        log.warning("background_work_failed", work=work.__qualname__, error=str(error))
    except Exception:
        log.exception("background_work_failed", work=work.__qualname__)


async def repeat(seconds: float, *works: Work) -> None:
    """Do these one after the other, for ever, with so long a pause after each round."""
    while True:
        for work in works:
            await guarded(work)
        await asyncio.sleep(seconds)


@contextlib.asynccontextmanager
async def going_on(*loops: Coroutine[Any, Any, object]) -> AsyncIterator[None]:
    """Keep loops going inside this context, and wait at its end until each has let go."""
    tasks = [asyncio.create_task(loop) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
