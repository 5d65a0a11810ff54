"""Every query about the servers of the pool and their history."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from videocall.pool.model import Finding, Health, PoolEvent, PoolHour, PoolServer
from videocall.store.base import DuplicateKey, Index, Store, as_document

SERVERS, HOURS, EVENTS = "pool_servers", "pool_hours", "pool_events"


class PoolRepository:
    """The pool in the store. A server's `version` counts its changes, so that none is made on an older state."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make collections and indexes."""
        await self._store.ensure(SERVERS, [])
        await self._store.ensure(HOURS, [Index(keys=("server", "hour")), Index(keys=("hour",))])
        await self._store.ensure(EVENTS, [Index(keys=("server", "at")), Index(keys=("at",))])

    async def add(self, server: PoolServer) -> bool:
        """Keep a new server; False when it is there already."""
        try:
            await self._store.insert(SERVERS, as_document(server))
        except DuplicateKey:
            return False
        return True

    async def servers(self) -> list[PoolServer]:
        """All servers, by domain: a pool has dozens."""
        found = await self._store.find(SERVERS, {}, sort=[("_id", 1)])
        return [msgspec.convert(document, PoolServer) for document in found]

    async def server(self, domain: str) -> PoolServer | None:
        """The server of a domain."""
        found = await self._store.find(SERVERS, {"_id": domain}, limit=1)
        return msgspec.convert(found[0], PoolServer) if found else None

    async def change(self, domain: str, change: Callable[[PoolServer], PoolServer]) -> PoolServer | None:
        """Change a server whatever else changes it meanwhile; as it is then, or None when there is none."""
        while server := await self.server(domain):
            wanted = replace(change(server), version=server.version + 1)
            fields = {name: value for name, value in as_document(wanted).items() if name != "_id"}
            made = await self._store.update(SERVERS, {"_id": domain, "version": server.version}, {"$set": fields})
            if made is not None:
                return wanted
        return None

    async def change_health(self, domain: str, change: Callable[[Health], Health]) -> PoolServer | None:
        """Change what is known of a server's health; as `change`."""
        return await self.change(domain, lambda server: replace(server, health=change(server.health)))

    async def remove(self, domain: str) -> bool:
        """Forget a server and its history; whether there was one."""
        removed = await self._store.delete(SERVERS, {"_id": domain})
        await self._store.delete(HOURS, {"server": domain})
        await self._store.delete(EVENTS, {"server": domain})
        return removed > 0

    async def note_probe(self, domain: str, finding: Finding, at: datetime) -> None:
        """Add a probe to the history."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        one: dict[str, dict[str, object]] = {
            "$setOnInsert": {"server": domain, "hour": hour},
            "$inc": {
                "passes": int(finding.ok),
                "failures": int(not finding.ok),
                "measured": int(finding.latency_ms is not None),
                "latency_sum_ms": finding.latency_ms or 0.0,
            },
            "$max": {"latency_most_ms": finding.latency_ms or 0.0},
        }
        if finding.reason:
            one["$set"] = {"reason": finding.reason}
        await self._store.update(HOURS, {"_id": f"{domain}@{hour:%Y-%m-%dT%H}"}, one, upsert=True)

    async def note(self, event: PoolEvent) -> None:
        """Add an event to the history."""
        await self._store.insert(EVENTS, as_document(event))

    async def hours(self, since: datetime, domain: str | None = None) -> list[PoolHour]:
        """The hours of one server, or of all, since then, the oldest first."""
        where: dict[str, object] = {"hour": {"$gte": since}}
        if domain is not None:
            where["server"] = domain
        found = await self._store.find(HOURS, where, sort=[("hour", 1)])
        return [msgspec.convert(document, PoolHour) for document in found]

    async def events(self, domain: str, most: int) -> list[PoolEvent]:
        """What happened to a server, the latest first."""
        found = await self._store.find(EVENTS, {"server": domain}, sort=[("at", -1)], limit=most)
        return [msgspec.convert(document, PoolEvent) for document in found]

    async def forget(self, before: datetime) -> None:
        """Forget the history before that."""
        await self._store.delete(HOURS, {"hour": {"$lt": before}})
        await self._store.delete(EVENTS, {"at": {"$lt": before}})
