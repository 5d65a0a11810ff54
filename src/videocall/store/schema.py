"""What an engine knows of its collections, and the one gate that every call passes on its way in."""

import re
from collections.abc import Sequence

from videocall.store import subset
from videocall.store.base import Document, Filter, Index, UnsupportedQuery, Update
from videocall.store.changes import value_at
from videocall.store.values import Moment, copied_document, field, related

_COLLECTION = re.compile(r"[a-z][a-z0-9_]*")


class Schema:
    """Checks what goes into the collections that were declared, and copies it in the form that the engine holds.

    Uniquely indexed fields hold texts in every document and nothing else: MongoDB counts nulls as equal, SQLite does
    not. `update_many` leaves them alone, and what decides whether such an index holds: MongoDB would stop half way at
    a duplicate.
    """

    def __init__(self, moment: Moment) -> None:
        self._moment = moment
        self._unique: dict[str, frozenset[str]] = {}
        self._deciding: dict[str, frozenset[str]] = {}

    def declare(self, collection: str, indexes: Sequence[Index]) -> None:
        """Take note of a collection and its unique fields."""
        if not _COLLECTION.fullmatch(collection):
            raise UnsupportedQuery(f"{collection!r} cannot be the name of a collection.")
        for index in indexes:
            _check_index(index)
        unique = [index for index in indexes if index.unique]
        fields = {path for index in unique for path in index.keys if path != "_id"}
        deciding = {path for index in unique for path in index.where or ()}
        self._unique[collection] = self._unique.get(collection, frozenset()) | fields
        self._deciding[collection] = self._deciding.get(collection, frozenset()) | deciding

    def document(self, collection: str, document: Document) -> Document:
        """A checked copy of a document for this collection."""
        return self._whole(collection, copied_document(document, self._moment))

    def filter(self, collection: str, where: Filter) -> Filter:
        """A checked copy of a filter on this collection."""
        self._unique_fields(collection)
        return subset.checked_filter(where, self._moment)

    def change(self, collection: str, change: Update, *, many: bool = False) -> Update:
        """A checked copy of a change to one document of this collection, or to `many`."""
        copy = subset.checked_change(change, self._moment)
        unique = self._unique_fields(collection)
        for operator, fields in copy.items():
            for path, value in fields.items():
                if path in unique and not many and operator in ("$set", "$setOnInsert") and isinstance(value, str):
                    continue
                guarded = unique | self._deciding[collection] if many else unique
                if any(related(path, other) for other in guarded):
                    raise UnsupportedQuery(f"{operator} may not do that to {path}: a unique index is on it.")
        return copy

    def insertion(self, collection: str, where: Filter, change: Update) -> Document:
        """What an upsert of this checked filter and change inserts when nothing matches."""
        return self._whole(collection, subset.inserted(where, change, self._moment))

    def _whole(self, collection: str, document: Document) -> Document:
        for unique in self._unique_fields(collection):
            if not isinstance(value_at(document, unique), str):
                raise UnsupportedQuery(f"{unique} is unique in {collection}, so it is a text in every document.")
        return document

    def _unique_fields(self, collection: str) -> frozenset[str]:
        try:
            return self._unique[collection]
        except KeyError:
            raise UnsupportedQuery(f"ensure() was not called for {collection!r}.") from None


def _check_index(index: Index) -> None:
    paths = [field(path) for path in index.keys]
    if not paths or len(set(paths)) < len(paths):
        raise UnsupportedQuery(f"An index has one key or more, each once, not {paths}.")
    for path, value in (index.where or {}).items():
        if field(path) and value is not None and not isinstance(value, bool):
            raise UnsupportedQuery("The `where` of an index takes fields that equal a boolean or null.")


def index_name(collection: str, index: Index) -> str:
    """A name that tells all of an index, so that a changed definition makes a new one. The same on every engine."""
    where = ",".join(f"{path}={str(value).lower()}" for path, value in sorted((index.where or {}).items()))
    return f"{collection}:{','.join(index.keys)}{':unique' if index.unique else ''}{f':where:{where}' if where else ''}"
