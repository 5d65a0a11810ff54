"""Where the servers of the tests keep their documents: `pytest --store mongodb` has all of them on a MongoDB."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymongo

from mongodb_server import address_of

ENGINES = ("sqlite", "mongodb")
CHOSEN = "TEST_STORE"
"""The environment hands it on to processes that pytest starts by itself."""

_free: list[str] = []


@contextmanager
def own_store() -> Iterator[str]:
    """The address of an empty store for one server or several; nothing for the file in a server's own folder.

    A database is emptied and used again: making its indexes anew would take longer than most tests.
    """
    if os.environ.get(CHOSEN, "sqlite") == "sqlite":
        yield ""
        return
    address = _free.pop() if _free else address_of(f"test_{secrets.token_hex(8)}")
    with pymongo.MongoClient[dict[str, Any]](address) as client:
        database = client.get_default_database()
        for name in database.list_collection_names():
            database[name].delete_many({})
    yield address
    _free.append(address)


def drop_stores() -> None:
    """Leave nothing behind on a server that is not ours."""
    for address in _free:
        with pymongo.MongoClient[dict[str, Any]](address) as client:
            client.drop_database(client.get_default_database().name)
