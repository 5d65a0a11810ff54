"""Which form the stored documents have, and how older ones are brought up to it.

Every database holds the number of its form (a `meta` document). Migrations only go forward. Each can be run again after
it was interrupted anywhere, and then changes what was left.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog
from msgspec import Struct

from videocall.leases import Lease, Pace
from videocall.store.base import DuplicateKey, Filter, Store, StoreUnavailable, Update

log = structlog.get_logger()
META = "meta"
FIRST_VERSION = 1
_SCHEMA = "schema"
PACE = Pace(count=0.5)
_AT_ONCE = 500


class Migration(Struct, frozen=True):
    """The way to form `version` from the one before. `run` calls `ensure` for the collections it works on."""

    version: int
    run: Callable[[Store], Awaitable[None]]


MIGRATIONS: Sequence[Migration] = ()
"""In order. A change of what is stored adds one here, with a test; a new field that has a default needs none."""


def newest(migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """The form that this program writes."""
    return migrations[-1].version if migrations else FIRST_VERSION


async def migrate(store: Store, migrations: Sequence[Migration] = MIGRATIONS, pace: Pace = PACE) -> None:
    """Bring the database up to the newest form; of several processes that start at once one does it, the rest wait.

    Raises `StoreUnavailable` for a database that a newer program has written.
    """
    if await _check(store, migrations) < newest(migrations):
        await Lease(store, "migrations", pace=pace).hold(lambda: _run(store, migrations))


async def version(store: Store) -> int:
    """The form of the documents in this database; one that was never asked is marked as being of the first."""
    await store.ensure(META, [])
    found = await store.find(META, {"_id": _SCHEMA}, limit=1)
    if not found:
        try:
            await store.insert(META, {"_id": _SCHEMA, "version": FIRST_VERSION})
        except DuplicateKey:
            return await version(store)
        return FIRST_VERSION
    return int(found[0]["version"])


async def mark(store: Store, number: int) -> None:
    """Say of which form the documents are, for an import into an empty database."""
    await version(store)
    await store.update(META, {"_id": _SCHEMA}, {"$set": {"version": number}})


async def _check(store: Store, migrations: Sequence[Migration]) -> int:
    there = await version(store)
    if there > newest(migrations):
        raise StoreUnavailable(
            f"The database was written by a newer VideoCall.cc (its form is {there}, this program knows up to "
            f"{newest(migrations)}): install the newer one again."
        )
    return there


async def _run(store: Store, migrations: Sequence[Migration]) -> None:
    there = await _check(store, migrations)
    for migration in migrations:
        if migration.version > there:
            log.warning("migrating", to=migration.version)
            await migration.run(store)
            await store.update(
                META, {"_id": _SCHEMA, "version": migration.version - 1}, {"$set": {"version": migration.version}}
            )


async def change_all(store: Store, collection: str, old: Filter, change: Callable[[dict[str, object]], Update]) -> None:
    """Change every document that matches `old`; a changed one must no longer match, so that this can be resumed."""
    await store.ensure(collection, [])
    while documents := await store.find(collection, old, limit=_AT_ONCE):
        await asyncio.gather(
            *(
                store.update(collection, {"$and": [{"_id": document["_id"]}, old]}, change(document))
                for document in documents
            )
        )
