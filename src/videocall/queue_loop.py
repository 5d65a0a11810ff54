"""The loop that sends what is queued in the store, mail or push messages.

What this process queues goes at once; what waits for its time is the business of the lease's holder.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Protocol

from videocall.background import going_on, guarded, repeat
from videocall.leases import Lease

_STOP_SECONDS = 3


class Queue(Protocol):
    """What can be sent, and makes sure by a claim that no two processes send the same."""

    wake: asyncio.Event
    """Set when something was queued in this process."""

    async def send_due(self) -> int:
        """Try what is due; how much there was."""

    async def tidy(self) -> None:
        """Forget what was dealt with long ago."""


class QueueLoop:
    """Runs beside the server, in every process."""

    def __init__(self, queue: Queue, lease: Lease, poll_seconds: float) -> None:
        self._queue = queue
        self._lease = lease
        self._poll_seconds = poll_seconds
        self._stopping = False

    async def _send_queued(self) -> None:
        while not self._stopping:
            await self._queue.wake.wait()
            self._queue.wake.clear()
            await guarded(self._send_due)

    async def _send_due(self) -> None:
        while not self._stopping and await self._queue.send_due():
            pass

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send inside this context; at its end what is being handed over has `_STOP_SECONDS` to be finished."""
        poll = partial(repeat, self._poll_seconds, self._send_due, self._queue.tidy)
        async with going_on(self._lease.hold(poll)):
            sending = asyncio.create_task(self._send_queued())
            try:
                yield
            finally:
                self._stopping = True
                self._queue.wake.set()
                await asyncio.wait({sending}, timeout=_STOP_SECONDS)
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
