"""The loop that sends queued mail: at once what this process queues; what waits for its time, the lease's holder."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from videocall.leases import Lease
from videocall.mail.service import Mailer
from videocall.store.base import StoreError

log = structlog.get_logger()
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
            await self._guarded(self._send_due)

    async def _poll(self) -> None:
        while True:
            await self._guarded(self._send_due)
            await self._guarded(self._mailer.tidy)
            await asyncio.sleep(self._poll_seconds)

    async def _send_due(self) -> None:
        while not self._stopping and await self._mailer.send_due():
            pass

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except StoreError as error:
            log.warning("mail_loop_failed", error=str(error))
        except Exception:  # a loop that dies would leave all mail unsent
            log.exception("mail_loop_failed")

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send mail inside this context; at its end what is being handed over has `_STOP_SECONDS` to be finished."""
        sending = asyncio.create_task(self._send_queued())
        polling = asyncio.create_task(self._lease.hold(self._poll))
        try:
            yield
        finally:
            self._stopping = True
            self._mailer.wake.set()
            await asyncio.wait({sending}, timeout=_STOP_SECONDS)
            for loop in (sending, polling):
                loop.cancel()
            await asyncio.gather(sending, polling, return_exceptions=True)
