"""What goes on by itself: deletions that are due are carried out, and what lapsed is removed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog

from videocall.accounts.deletion import Deletions
from videocall.leases import Lease
from videocall.store.base import StoreError

log = structlog.get_logger()
_SECONDS = 60.0


class AccountUpkeep:
    """The loop of one process; of all processes the one that holds the lease works."""

    def __init__(self, deletions: Deletions, lease: Lease) -> None:
        self._deletions = deletions
        self._lease = lease

    async def _run(self) -> None:
        while True:
            try:
                await self._deletions.carry_out()
                await self._deletions.tidy()
            except StoreError as error:
                log.warning("account_upkeep_failed", error=str(error))
            except Exception:  # a loop that dies would leave deletions undone
                log.exception("account_upkeep_failed")
            await asyncio.sleep(_SECONDS)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the loop going inside this context."""
        loop = asyncio.create_task(self._lease.hold(self._run))
        try:
            yield
        finally:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)
