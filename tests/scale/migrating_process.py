"""A process for tests: brings a database to a made-up form, slowly enough to be killed on the way.

Called as ``python -m scale.migrating_process STORE``.
"""

import asyncio
import sys
import time
from pathlib import Path

from videocall.leases import Pace
from videocall.store.base import Document, Store, Update
from videocall.store.migrations import Migration, change_all, migrate
from videocall.store.opening import open_store

DOCUMENTS = 2000
QUICK = Pace(count=0.1, stop=2.0, take=3.0)


def _with_name_in_parts(document: Document) -> Update:
    time.sleep(0.0003)
    first, _, last = str(document["name"]).partition(" ")
    return {"$set": {"first": first, "last": last, "name": None}, "$inc": {"changes": 1}}


async def _split_names(store: Store) -> None:
    await change_all(store, "things", {"name": {"$ne": None}}, _with_name_in_parts)


MIGRATIONS = [Migration(version=2, run=_split_names)]


async def main(url: str) -> None:
    store = open_store(url, Path())
    await store.open()
    await migrate(store, MIGRATIONS, QUICK)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
