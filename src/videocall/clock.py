"""Time as a thing that is handed in: rules and services ask a clock, and tests turn it."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Now, as an aware UTC datetime in whole milliseconds (what both stores can hold)."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Now by the machine's clock."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
