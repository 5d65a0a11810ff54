"""How the site is doing: counted anew every few seconds at most, whoever looks; days that are over only once."""

import asyncio
import contextlib
import shutil
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from videocall.admin.decisions import ANSWER_WITHIN
from videocall.admin.numbers import Day, NumberRepository
from videocall.admin.views import DayNumbers, OverviewView, ServerState
from videocall.clock import Clock
from videocall.mail.service import Mailer
from videocall.pool.model import PoolServer
from videocall.settings import Settings

FRESH = timedelta(seconds=5)
_DAYS = 30


class PoolServers(Protocol):
    """Where the servers of the pool are kept."""

    async def servers(self) -> list[PoolServer]:
        """All of them."""


class Overview:
    """Counts, and remembers what it counted."""

    def __init__(
        self, *, settings: Settings, clock: Clock, numbers: NumberRepository, mailer: Mailer, pool: PoolServers
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._numbers = numbers
        self._mailer = mailer
        self._pool = pool
        self._started_at = clock.now()
        self._shown: OverviewView | None = None
        self._counting = asyncio.Lock()

    async def view(self) -> OverviewView:
        """What is shown, some seconds old at most."""
        async with self._counting:
            if self._shown is None or self._clock.now() - self._shown.at >= FRESH:
                self._shown = await self._count()
            return self._shown

    async def _count(self) -> OverviewView:
        now = self._clock.now()
        waiting, late = await self._numbers.deletions(now - ANSWER_WITHIN)
        disk = shutil.disk_usage(self._settings.data)
        store_url = self._settings.store_url
        file = Path(store_url.removeprefix("sqlite:///")) if store_url.startswith("sqlite:") else None
        return OverviewView(
            at=now,
            live_meetings=await self._numbers.live_meetings(),
            people_now=await self._numbers.people_now(),
            users=await self._numbers.users(),
            meetings=await self._numbers.meetings(),
            engines=await self._numbers.engines(),
            days=await self._days(now),
            servers=[
                ServerState(
                    domain=server.domain,
                    country=server.country,
                    state=server.health.state,
                    enabled=server.enabled,
                    draining=server.draining,
                )
                for server in await self._pool.servers()
            ],
            mail=await self._mailer.counts(),
            deletions_waiting=waiting,
            deletions_late=late,
            store="SQLite" if file else "MongoDB",
            version=version("videocall"),
            started_at=self._started_at,
            disk_free=disk.free,
            disk_total=disk.total,
            store_bytes=_size(file) if file else None,
        )

    async def _days(self, now: datetime) -> list[DayNumbers]:
        """The last days, the present one last."""
        today = datetime(now.year, now.month, now.day, tzinfo=UTC)
        days = [today - timedelta(days=ago) for ago in reversed(range(_DAYS))]
        kept = await self._numbers.days([f"{day:%Y-%m-%d}" for day in days])
        found: list[DayNumbers] = []
        for day in days:
            name = f"{day:%Y-%m-%d}"
            numbers = kept.get(name)
            if numbers is None:
                numbers = await self._numbers.count_day(name, day, day + timedelta(days=1))
                # What ends a moment after midnight may still be written with a time before it.
                if now - day > timedelta(days=1, hours=1):
                    await self._numbers.keep(numbers)
            found.append(_shown(numbers))
        return found


def _shown(day: Day) -> DayNumbers:
    return DayNumbers(day=day.day, meetings=day.meetings, minutes=day.minutes, signups=day.signups)


def _size(file: Path) -> int:
    """What a database in a file takes, with its log."""
    total = 0
    for path in (file, file.with_name(f"{file.name}-wal")):
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total
