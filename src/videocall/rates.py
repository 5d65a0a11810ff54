"""Rate limits, counted with the library `limits` in a moving window."""

import math

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from videocall.clock import Clock
from videocall.problems import Problem, TooManyGuesses, TooManyRequests


class Rates:
    """Counts events by key against rates like ``5/15 minutes``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def hit(self, rate: str, *key: str) -> None:
        """Count one event; raises `TooManyRequests` when the rate for this key is used up."""
        if not await self._limiter.hit(parse(rate), *key):
            raise await self._refusal(TooManyRequests, rate, *key)

    async def guess(self, rate: str, guess: str, *key: str) -> None:
        """Count a wrong guess, the same one only once: who sends one typing mistake five times is not locked out."""
        limit = parse(rate)
        once = parse(f"1/{limit.get_expiry()} seconds")
        if await self._limiter.hit(once, "guess", guess, *key):
            await self._limiter.hit(limit, "guesses", *key)

    async def check_guesses(self, rate: str, *key: str) -> None:
        """Raise `TooManyGuesses` when this guesser is locked out."""
        if not await self._limiter.test(parse(rate), "guesses", *key):
            raise await self._refusal(TooManyGuesses, rate, "guesses", *key)

    async def _refusal(self, kind: type[Problem], rate: str, *key: str) -> Problem:
        window = await self._limiter.get_window_stats(parse(rate), *key)
        seconds = max(1, math.ceil(window.reset_time - self._clock.now().timestamp()))
        return kind(f"{kind.title}. Try again in {_in_words(seconds)}.", retry_after=seconds)


def _in_words(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    if seconds < 60:  # noqa: PLR2004 -- seconds in a minute
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
