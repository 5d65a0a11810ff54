"""How often something happened lately, by key, in the memory of this process: the in-process twin of `limits`' Redis.

The library's own memory storage goes through all keys, each in a thread, again and again while anything is counted.
"""

from collections import deque

from limits import RateLimitItem
from limits.util import WindowStats
from msgspec import Struct

from videocall.clock import Clock

TIDY_SECONDS = 60.0


class _Window(Struct):
    """Times of what was counted, oldest first, in seconds; `span` is how long one counts."""

    span: float
    times: deque[float]


class MovingWindows:
    """Counts in moving windows; the same calls as `limits`' `MovingWindowRateLimiter`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, ...], _Window] = {}
        self._tidied_at = clock.now().timestamp()

    async def hit(self, item: RateLimitItem, *identifiers: str) -> bool:
        """Count one event; False, and nothing is counted, when the rate is used up."""
        now = self._clock.now().timestamp()
        self._tidy(now)
        key = str(item), *identifiers
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = _Window(float(item.get_expiry()), deque())
        _forget(window, now)
        if len(window.times) >= item.amount:
            return False
        window.times.append(now)
        return True

    async def test(self, item: RateLimitItem, *identifiers: str) -> bool:
        """Whether one more would be within the rate."""
        return self._count(item, *identifiers) < item.amount

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._windows)

    async def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        """When the oldest of what counts no longer does, and how many more there may be."""
        count = self._count(item, *identifiers)
        window = self._windows.get((str(item), *identifiers))
        oldest = window.times[0] if window and window.times else self._clock.now().timestamp()
        return WindowStats(oldest + item.get_expiry(), max(0, item.amount - count))

    def _count(self, item: RateLimitItem, *identifiers: str) -> int:
        window = self._windows.get((str(item), *identifiers))
        if window is None:
            return 0
        _forget(window, self._clock.now().timestamp())
        return len(window.times)

    def _tidy(self, now: float) -> None:
        """Once in a while, forget keys of which nothing counts any more."""
        if now - self._tidied_at < TIDY_SECONDS:
            return
        self._tidied_at = now
        for key, window in list(self._windows.items()):
            _forget(window, now)
            if not window.times:
                del self._windows[key]


def _forget(window: _Window, now: float) -> None:
    while window.times and window.times[0] <= now - window.span:
        window.times.popleft()
