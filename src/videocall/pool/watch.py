"""What goes on by itself: every server is looked at again and again, and old history goes."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial

from videocall.background import going_on, repeat
from videocall.clock import Clock
from videocall.leases import Lease
from videocall.pool import rules
from videocall.pool.model import PoolServer
from videocall.pool.repository import PoolRepository
from videocall.pool.service import Pool
from videocall.settings import Settings

KEPT = timedelta(days=30)
_AT_A_TIME = 8
_TICKS = 20
_TIDY_EVERY = timedelta(hours=1)


class Watch:
    """The loop of one process; of all processes the one that holds the lease looks."""

    def __init__(
        self, *, settings: Settings, clock: Clock, repository: PoolRepository, pool: Pool, lease: Lease
    ) -> None:
        self._clock = clock
        self._repository = repository
        self._pool = pool
        self._lease = lease
        self._pause = min(settings.pool_probe_seconds / _TICKS, 5.0)
        self._places = asyncio.Semaphore(_AT_A_TIME)
        self._tidied: datetime | None = None

    async def look(self) -> None:
        """Probe every server whose time has come, some at a time."""
        now = self._clock.now()
        due = [
            server
            for server in await self._repository.servers()
            if server.enabled and (server.health.due_at is None or server.health.due_at <= now)
        ]
        outcomes = await asyncio.gather(*(self._look_at(server, now) for server in due), return_exceptions=True)
        for failure in outcomes:
            if isinstance(failure, BaseException):
                raise failure

    async def _look_at(self, server: PoolServer, now: datetime) -> None:
        async with self._places:
            await self._pool.check(server.domain, thorough=rules.asks_for_conference(server.health, now))

    async def tidy(self) -> None:
        """Forget history that is older than 30 days."""
        now = self._clock.now()
        if self._tidied is None or now - self._tidied >= _TIDY_EVERY:
            await self._repository.forget(now - KEPT)
            self._tidied = now

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep the loop going inside this context."""
        return going_on(self._lease.hold(partial(repeat, self._pause, self.look, self.tidy)))
