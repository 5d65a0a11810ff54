"""Work that only one of all processes does at a time, without trusting that their clocks agree.

The holder counts up a number in the store again and again. Another process takes over once it has seen the same number
for longer, by its own stopwatch, than a holder goes on without counting. No time of day is ever compared.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog
from msgspec import Struct

from videocall.store.base import DuplicateKey, Store, StoreError

log = structlog.get_logger()
LEASES = "leases"
_NEVER = float("-inf")
Result = TypeVar("Result")


class Pace(Struct, frozen=True):
    """Times in seconds.

    A holder counts every `count` and stops working `stop` after the last count that the store confirmed. The others
    take over when they have seen no count for `take`, which is longer.
    """

    count: float = 2.0
    stop: float = 5.0
    take: float = 8.0


PACE = Pace()


class Lease:
    """The right to do the work called `name`; each process makes one of its own, `stopwatch` in seconds."""

    def __init__(
        self, store: Store, name: str, *, pace: Pace = PACE, stopwatch: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._name = name
        self._pace = pace
        self._stopwatch = stopwatch
        self._me = secrets.token_hex(8)
        self._prepared = False
        self._until = _NEVER
        self._seen: tuple[str, int] | None = None
        self._seen_at = 0.0
        self.after_silence = False
        """Whether it was won because its holder, another process or this one, had not been able to count."""

    @property
    def held(self) -> bool:
        """Whether this process may work now."""
        return self._stopwatch() < self._until

    async def hold(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Wait for the lease, then do the work once; what it returns or raises.

        Work whose lease was lost is cancelled, and begun again when the lease is won again.
        """
        try:
            while True:
                if await self._try():
                    working = asyncio.create_task(work())
                    try:
                        if await self._kept_until_done(working):
                            return await working
                    finally:
                        working.cancel()
                        await asyncio.gather(working, return_exceptions=True)
                    log.warning("lease_lost", lease=self._name)
                await asyncio.sleep(self._pace.count)
        finally:
            with contextlib.suppress(StoreError):
                await self.release()

    async def _kept_until_done(self, working: "asyncio.Task[Any]") -> bool:
        """Keep counting; False when the lease was lost before the work was done."""
        while self.held:
            # Leases of one process count at the same moments, so that the store can write their counts together.
            pause = self._pace.count - self._stopwatch() % self._pace.count
            await asyncio.wait([working], timeout=min(pause, self._until - self._stopwatch()))
            if working.done():
                return True
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._until - self._stopwatch()):
                    await self._try()
        return False

    async def _try(self) -> bool:
        try:
            return await self.attempt()
        except StoreError as error:
            log.warning("lease_unsure", lease=self._name, error=str(error))
            return self.held

    async def attempt(self) -> bool:
        """Count up as the holder, or take over when that is due; whether the lease is held now."""
        if not self._prepared:
            await self._store.ensure(LEASES, [])
            self._prepared = True
        asked_at = self._stopwatch()
        if self._until > _NEVER:
            # By name alone: a count that was made but whose answer got lost must not look like somebody else's.
            counted = await self._store.update(LEASES, {"_id": self._name, "holder": self._me}, {"$inc": {"count": 1}})
            won = counted is not None
        else:
            won = await self._take()
        self._until = asked_at + self._pace.stop if won else _NEVER
        return won

    async def _take(self) -> bool:
        found = await self._store.find(LEASES, {"_id": self._name}, limit=1)
        if not found:
            with contextlib.suppress(DuplicateKey):
                await self._store.insert(LEASES, {"_id": self._name, "holder": self._me, "count": 0})
                self.after_silence = False
                return True
            return False
        seen = found[0]["holder"], found[0]["count"]
        if seen != self._seen:
            self._seen, self._seen_at = seen, self._stopwatch()
        is_free = seen[0] in ("", self._me)
        if not is_free and self._stopwatch() - self._seen_at < self._pace.take:
            return False
        taken = await self._store.update(
            LEASES,
            {"_id": self._name, "holder": seen[0], "count": seen[1]},
            {"$set": {"holder": self._me}, "$inc": {"count": 1}},
        )
        self.after_silence = bool(seen[0])
        return taken is not None

    async def release(self) -> None:
        """Let the next one have it at once."""
        if self._until > _NEVER:
            self._until = _NEVER
            await self._store.update(LEASES, {"_id": self._name, "holder": self._me}, {"$set": {"holder": ""}})
