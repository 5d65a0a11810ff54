"""The loop that sends queued mail: at once when this process queues one, and every few seconds for what waits."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog

from videocall.mail.service import Mailer
from videocall.store.base import StoreError

log = structlog.get_logger()


_STOP_SECONDS = 3


class MailLoop:
    """Runs beside the server, in every process: a claim makes sure that no two send the same mail."""

    def __init__(self, mailer: Mailer, poll_seconds: float) -> None:
        self._mailer = mailer
        self._poll_seconds = poll_seconds
        self._stopping = False

    async def _run(self) -> None:
        while not self._stopping:
            self._mailer.wake.clear()
            try:
                if await self._mailer.send_due():
                    continue
                await self._mailer.tidy()
            except StoreError as error:
                log.warning("mail_loop_failed", error=str(error))
            except Exception:  # a loop that dies would leave all mail unsent
                log.exception("mail_loop_failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._mailer.wake.wait(), self._poll_seconds)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send mail inside this context; at its end what is being handed over has `_STOP_SECONDS` to be finished."""
        loop = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._stopping = True
            self._mailer.wake.set()
            await asyncio.wait({loop}, timeout=_STOP_SECONDS)
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)
