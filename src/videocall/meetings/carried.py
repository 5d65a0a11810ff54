"""Every query about where the media of meetings is: on which server of the pool, and since which move."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from videocall.meetings.model import Meeting
from videocall.meetings.repository import MEETINGS, VISITS, parts_of
from videocall.pool.model import Carrier, Load, Move
from videocall.store.base import Document, Filter, Store, as_document

_ON_POOL: Filter = {"ended_at": None, "carrier": "jitsi", "status": "live"}


class CarriedMeetings:
    """Meetings in the store, as the pool that carries them sees them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def move(self, meeting: Meeting, move: Move, carrier: Carrier, server: str | None) -> Meeting | None:
        """Take a meeting from its epoch to the next; None when somebody else has done so, or ended it, meanwhile.

        Without a server it keeps the name of the one it would go to, unless it waits for one.
        """
        fields: dict[str, Any] = {"epoch": move.epoch, "carrier": carrier}
        if carrier == "jitsi":
            fields |= {"server": server, "breakouts": None}
        where: dict[str, Any] = {"_id": meeting.code, "ended_at": None, "epoch": meeting.epoch or {"$in": [0, None]}}
        change = {"$set": fields, "$push": {"moves": as_document(move)}}
        moved = await self._store.update(MEETINGS, where, change)
        return None if moved is None else msgspec.convert(moved, Meeting)

    async def moved(self, codes: Sequence[str]) -> list[Meeting]:
        """Which of these meetings have moved, and go on."""
        found: list[Document] = []
        for some in parts_of(codes):
            where = {"_id": {"$in": some}, "ended_at": None, "epoch": {"$gt": 0}}
            found += await self._store.find(MEETINGS, where)
        return [msgspec.convert(document, Meeting) for document in found]

    async def servers_in_use(self) -> list[str | None]:
        """Domains of servers that meetings are on now; None for those that wait for one."""
        return list(await self._store.group_count(MEETINGS, _ON_POOL, "server"))

    async def on_server(self, domain: str | None) -> list[Meeting]:
        """Meetings that are on a server now, or, with None, wait for one."""
        found = await self._store.find(MEETINGS, {**_ON_POOL, "server": domain})
        return [msgspec.convert(document, Meeting) for document in found]

    async def loads(self) -> dict[str, Load]:
        """Meetings and people on each server of the pool now, by its domain."""
        found = await self._store.find(MEETINGS, {**_ON_POOL, "server": {"$ne": None}})
        places = {document["_id"]: document["server"] for document in found}
        meetings, people = Counter(places.values()), Counter[str]()
        for some in parts_of(list(places)):
            there = {"meeting": {"$in": some}, "left_at": None}
            for code, number in (await self._store.group_count(VISITS, there, "meeting")).items():
                people[places[code]] += number
        return {domain: Load(meetings=number, people=people[domain]) for domain, number in meetings.items()}
