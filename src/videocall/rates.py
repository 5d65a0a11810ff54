"""Rate limits, counted in moving windows: in this process, or in Redis by the library `limits`."""

import functools
import math
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from limits import parse as parse_anew
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

from videocall.clock import Clock
from videocall.problems import Problem, TooManyGuesses, TooManyRequests
from videocall.windows import MovingWindows

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

log = structlog.get_logger()
ALONE_SECONDS = 5.0
"""How long Redis is left alone after it did not answer."""
Answer = TypeVar("Answer")
parse = functools.cache(parse_anew)


class Rates:
    """Counts events by key against rates like ``5/15 minutes``.

    With `redis_url` all processes count together. While Redis does not answer each counts for itself, beginning at
    nothing: an outage loosens the limits and locks nobody out.
    """

    def __init__(self, clock: Clock, redis_url: str = "") -> None:
        self._clock = clock
        self._own = MovingWindows(clock)
        self._pool = _pool(redis_url) if redis_url else None
        self._shared = _shared(self._pool) if self._pool else None
        self._alone_until = 0.0

    async def close(self) -> None:
        """Let go of the connections to Redis."""
        if self._pool is not None:
            await self._pool.aclose()

    async def hit(self, rate: str, *key: str) -> None:
        """Count one event; raises `TooManyRequests` when the rate for this key is used up."""
        if not await self._ask(lambda limiter: limiter.hit(parse(rate), *key)):
            raise await self._refusal(TooManyRequests, rate, *key)

    async def guess(self, rate: str, guess: str, *key: str) -> None:
        """Count a wrong guess, the same one only once: who sends one typing mistake five times is not locked out."""
        limit = parse(rate)
        once = parse(f"1/{limit.get_expiry()} seconds")
        if await self._ask(lambda limiter: limiter.hit(once, "guess", guess, *key)):
            await self._ask(lambda limiter: limiter.hit(limit, "guesses", *key))

    async def check_guesses(self, rate: str, *key: str) -> None:
        """Raise `TooManyGuesses` when this guesser is locked out."""
        if not await self._ask(lambda limiter: limiter.test(parse(rate), "guesses", *key)):
            raise await self._refusal(TooManyGuesses, rate, "guesses", *key)

    async def _refusal(self, kind: type[Problem], rate: str, *key: str) -> Problem:
        window = await self._ask(lambda limiter: limiter.get_window_stats(parse(rate), *key))
        seconds = max(1, math.ceil(window.reset_time - self._clock.now().timestamp()))
        return kind(f"{kind.title}. Try again in {_in_words(seconds)}.", retry_after=seconds)

    async def _ask(self, question: Callable[[MovingWindowRateLimiter | MovingWindows], Awaitable[Answer]]) -> Answer:
        if self._shared is not None and time.monotonic() >= self._alone_until:
            try:
                return await question(self._shared)
            except StorageError as error:
                if time.monotonic() >= self._alone_until:
                    log.warning("rates_counted_alone", error=str(error))
                self._alone_until = time.monotonic() + ALONE_SECONDS
        return await question(self._own)


def _pool(url: str) -> "ConnectionPool":
    # Only who runs several processes pays for the import.
    from videocall.redis_connections import connections  # noqa: PLC0415

    return connections(url)


def _shared(pool: "ConnectionPool") -> MovingWindowRateLimiter:
    from limits.aio.storage import RedisStorage  # noqa: PLC0415

    options: dict[str, Any] = {"connection_pool": pool, "key_prefix": "videocall:rate"}
    # The address only tells the library that it is Redis: the pool knows where.
    storage = RedisStorage("redis://", wrap_exceptions=True, implementation="redispy", **options)
    return MovingWindowRateLimiter(storage)


def _in_words(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    if seconds < 60:  # noqa: PLR2004 -- seconds in a minute
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
