"""The store port: a closed subset of MongoDB's own query language, answered alike by every engine.

Filters take equality, ``$ne $in $nin $lt $lte $gt $gte $exists $and $or``; updates take ``$set $unset $inc $max $min
$push $pull $addToSet $setOnInsert``. Anything else raises `UnsupportedQuery` on every engine, so that a query which
passes the tests on one engine means the same on the other.

Documents are plain dictionaries with a string ``_id``. Times are aware UTC datetimes cut to milliseconds; an engine
may give them back as RFC 3339 text, which msgspec revives by the type of the struct (`msgspec.convert`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol

import msgspec

Document = dict[str, Any]
"""A stored record: string keys, ``_id`` among them, values of JSON's types and datetimes."""

Filter = Mapping[str, Any]
"""A condition in the subset, for example ``{"status": "live", "seen_at": {"$lt": moment}}``."""

Update = Mapping[str, Mapping[str, Any]]
"""A change in the subset, for example ``{"$set": {"status": "ended"}}``."""

Sort = Sequence[tuple[str, Literal[1, -1]]]
"""Fields in order of weight, 1 for ascending and -1 for descending."""


def as_document(record: msgspec.Struct) -> Document:
    """A struct in the form that stores take, its times still times; `msgspec.convert` makes the struct of it again."""
    document: Document = msgspec.to_builtins(record, builtin_types=(datetime,))
    return document


class Index(msgspec.Struct, frozen=True):
    """An index that `Store.ensure` makes. `where` limits it to documents whose field equals a boolean or null."""

    keys: tuple[str, ...]
    unique: bool = False
    where: dict[str, bool | None] | None = None


class StoreError(Exception):
    """Anything that a store refuses or cannot do."""


class DuplicateKey(StoreError):
    """A write would give two documents the same ``_id`` or the same value of a unique index."""


class UnsupportedQuery(StoreError):
    """A filter or update outside the subset: a mistake in our code, never the user's."""


class StoreUnavailable(StoreError):
    """The engine cannot answer now; the sentence says why and, where it is known, what to do."""


class Store(Protocol):
    """What every engine offers. A call that returns has been made durable."""

    async def open(self) -> None:
        """Connect; raises `StoreUnavailable` with a sentence for the operator."""

    async def close(self) -> None:
        """Finish what is under way and let go of everything."""

    async def ping(self) -> None:
        """Raise `StoreUnavailable` unless a read can be answered now."""

    async def ensure(self, collection: str, indexes: Sequence[Index]) -> None:
        """Make the collection and its indexes where they are missing."""

    async def insert(self, collection: str, document: Document) -> None:
        """Add one document; raises `DuplicateKey`."""

    async def find(
        self, collection: str, where: Filter, *, sort: Sort = (), limit: int | None = None
    ) -> list[Document]:
        """Documents that match, in the order asked for."""

    async def count(self, collection: str, where: Filter) -> int:
        """How many documents match."""

    async def update(self, collection: str, where: Filter, change: Update, *, upsert: bool = False) -> Document | None:
        """Change one matching document and return it as it is afterwards; None when nothing matched."""

    async def update_many(self, collection: str, where: Filter, change: Update) -> int:
        """Change every matching document; how many matched. Never sets a uniquely indexed field."""

    async def delete(self, collection: str, where: Filter) -> int:
        """Remove every matching document; how many there were."""

    async def group_count(self, collection: str, where: Filter, by: str) -> dict[Any, int]:
        """How many matching documents there are for each value of the field `by`."""

    async def load(self, collection: str, documents: Sequence[Document]) -> None:
        """Insert or replace by ``_id``; running it twice gives the same as once (for import)."""
