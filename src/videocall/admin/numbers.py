"""Every query that counts for the console, and the numbers of days that are over, which are kept."""

import contextlib
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from videocall.accounts.repository import DELETIONS, USERS
from videocall.meetings.repository import MEETINGS, VISITS
from videocall.store.base import DuplicateKey, Store, as_document

DAYS = "days"


class Day(Struct, kw_only=True):
    """One day (UTC) in numbers, about nobody: meetings that ended on it, their minutes, new accounts."""

    day: str = msgspec.field(name="_id")
    meetings: int
    minutes: int
    signups: int


class _Ended(Struct):
    """What counting a meeting needs of it."""

    ended_at: datetime
    started_at: datetime | None = None


class NumberRepository:
    """Counts what is in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make the collection."""
        await self._store.ensure(DAYS, [])

    async def live_meetings(self) -> int:
        """Meetings that go on."""
        return await self._store.count(MEETINGS, {"ended_at": None, "status": "live"})

    async def people_now(self) -> int:
        """People in meetings."""
        return await self._store.count(VISITS, {"left_at": None})

    async def users(self) -> int:
        """Accounts."""
        return await self._store.count(USERS, {})

    async def meetings(self) -> int:
        """Meetings, over or not."""
        return await self._store.count(MEETINGS, {})

    async def engines(self) -> dict[str, int]:
        """Meetings that go on, by engine."""
        return await self._store.group_count(MEETINGS, {"ended_at": None, "status": "live"}, "engine")

    async def deletions(self, late_before: datetime) -> tuple[int, int]:
        """Requests that wait for an administrator, and how many of them for too long."""
        waiting = await self._store.count(DELETIONS, {"status": "waiting"})
        late = await self._store.count(DELETIONS, {"status": "waiting", "created_at": {"$lt": late_before}})
        return waiting, late

    async def days(self, names: Sequence[str]) -> dict[str, Day]:
        """Days that were counted, by name."""
        found = await self._store.find(DAYS, {"_id": {"$in": list(names)}})
        return {document["_id"]: msgspec.convert(document, Day) for document in found}

    async def keep(self, day: Day) -> None:
        """Keep the numbers of a day that is over; who was faster counted the same."""
        with contextlib.suppress(DuplicateKey):
            await self._store.insert(DAYS, as_document(day))

    async def count_day(self, name: str, begin: datetime, end: datetime) -> Day:
        """Count what happened from one moment to another."""
        within = {"$gte": begin, "$lt": end}
        ended = await self._store.find(MEETINGS, {"ended_at": within})
        met = [one for one in (msgspec.convert(document, _Ended) for document in ended) if one.started_at is not None]
        seconds = sum((one.ended_at - one.started_at).total_seconds() for one in met if one.started_at)
        return Day(
            day=name,
            meetings=len(met),
            minutes=round(seconds / 60),
            signups=await self._store.count(USERS, {"created_at": within}),
        )
