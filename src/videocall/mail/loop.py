"""The loop that sends queued mail: at once what this process queues; what waits for its time, the lease's holder."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial

from videocall.background import going_on, guarded, repeat
from videocall.leases import Lease
from videocall.mail.service import Mailer

_STOP_SECONDS = 3


class MailLoop:
    """Runs beside the server, in every process; a claim makes sure that no two send the same mail."""

    def __init__(self, mailer: Mailer, lease: Lease, poll_seconds: float) -> None:
        self._mailer = mailer
        self._lease = lease
        self._poll_seconds = poll_seconds
        self._stopping = False

    async def _send_queued(self) -> None:
        while not self._stopping:
            await self._mailer.wake.wait()
            self._mailer.wake.clear()
            await guarded(self._send_due)

    async def _send_due(self) -> None:
        while not self._stopping and await self._mailer.send_due():
            pass

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send mail inside this context; at its end what is being handed over has `_STOP_SECONDS` to be finished."""
        poll = partial(repeat, self._poll_seconds, self._send_due, self._mailer.tidy)
        async with going_on(self._lease.hold(poll)):
            sending = asyncio.create_task(self._send_queued())
            try:
                yield
            finally:
                self._stopping = True
                self._mailer.wake.set()
                await asyncio.wait({sending}, timeout=_STOP_SECONDS)
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
