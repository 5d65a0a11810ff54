"""Long lists for administrators: sorted, filtered, in pages, at a cost that does not grow with the store.

A repository names its `Table` (so that its indexes fit) and reads with `read_page`; what is few and read together
anyway is paged by `page_of`. A route takes what `videocall.web.lists` names and answers with a page, or with all of it
as a table for spreadsheets.
"""

import base64
import binascii
import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from videocall.problems import InvalidBody
from videocall.store.base import Document, Filter, Index, Sort, Store
from videocall.texts import table_cell

MOST_LOOKED_AT = 5000
"""Where no index helps (words, rare filters), one page looks at so many; its cursor goes on, even if it is empty."""
_AT_ONCE = 1000
_AT_ONCE_IN_TABLE = 500

Line = TypeVar("Line", bound=Struct)


class Table(Struct, frozen=True):
    """A collection as a list: by what it may be sorted, each with its type. No such field may be null."""

    collection: str
    sorts: Mapping[str, type]

    def indexes(self, *equal: str) -> list[Index]:
        """What pages need to be read at once; for a filter on equality, ask again with its fields."""
        return [Index(keys=(*equal, field, "_id")) for field in self.sorts]


class Wish(Struct, frozen=True, kw_only=True):
    """What page is wanted. `sort` is a field of the table, with a minus for the largest first; `q` are words."""

    sort: str
    cursor: str | None = None
    limit: int = 50
    q: str = ""


Keep = Callable[[Document], bool]
"""Whether a record belongs into a list, where no index can tell."""


async def read_page(
    store: Store, table: Table, wish: Wish, where: Filter | None = None, keep: Keep | None = None
) -> tuple[list[Document], str | None]:
    """The records of one page, and the cursor of the next; raises `InvalidBody` for a cursor that is not ours."""
    field, direction = wish.sort.removeprefix("-"), -1 if wish.sort.startswith("-") else 1
    place = _read_cursor(wish, table.sorts[field]) if wish.cursor else None
    found: list[Document] = []
    looked_at = 0
    while True:
        batch = wish.limit + 1 if keep is None else _AT_ONCE
        documents = await _after(store, table.collection, where or {}, (field, direction), place, batch)
        for document in documents:
            if len(found) == wish.limit:
                return found, _cursor(wish, place)
            place = document[field], document["_id"]
            if keep is None or keep(document):
                found.append(document)
        looked_at += len(documents)
        if len(documents) < batch:
            return found, None
        if looked_at >= MOST_LOOKED_AT:
            return found, _cursor(wish, place)


async def _after(  # noqa: PLR0917
    store: Store, collection: str, where: Filter, by: tuple[str, int], place: tuple[Any, str] | None, most: int
) -> list[Document]:
    """Two questions, each of which an index answers in order; one with `$or` would be sorted anew by some engines."""
    field, direction = by
    order: Sort = [(field, -1), ("_id", -1)] if direction < 0 else [(field, 1), ("_id", 1)]
    if place is None:
        return await store.find(collection, where, sort=order, limit=most)
    value, record = place
    beyond = "$lt" if direction < 0 else "$gt"
    same = {"$and": [where or {"_id": {beyond: record}}, {field: value, "_id": {beyond: record}}]}
    found = await store.find(collection, same, sort=order[1:], limit=most)
    if len(found) < most:
        rest = {"$and": [where or {field: {beyond: value}}, {field: {beyond: value}}]}
        found += await store.find(collection, rest, sort=order, limit=most - len(found))
    return found


def page_of(
    lines: Iterable[Line], wish: Wish, key: str, sorts: Mapping[str, Any], keep: Keep | None = None
) -> tuple[list[Line], str | None]:
    """The same of lines that are all at hand, for what there are some hundreds of at most.

    `key` is the field that tells lines apart, `sorts` has the type of each field that they are sorted by; where it is
    None the line comes after all others, or before them in the other direction. Raises `InvalidBody` as `read_page`.
    """
    field, down = wish.sort.removeprefix("-"), wish.sort.startswith("-")

    def rank(value: Any, record: str) -> tuple[bool, Any, str]:
        return value is None, 0 if value is None else value, record

    def rank_of(line: Line) -> tuple[bool, Any, str]:
        return rank(getattr(line, field), getattr(line, key))

    kept = [line for line in lines if keep is None or keep(msgspec.structs.asdict(line))]
    if wish.cursor:
        last = rank(*_read_cursor(wish, sorts[field]))
        kept = [line for line in kept if (rank_of(line) < last if down else rank_of(line) > last)]
    kept.sort(key=rank_of, reverse=down)
    page = kept[: wish.limit]
    more = len(kept) > wish.limit
    return page, _cursor(wish, (getattr(page[-1], field), getattr(page[-1], key))) if more else None


def words(q: str, *fields: str) -> Keep | None:
    """Keeps what has every word of a search somewhere in these fields; None when nothing is searched for."""
    wanted = q.casefold().split()
    if not wanted:
        return None

    def keep(document: Document) -> bool:
        text = "\n".join(str(document.get(field) or "") for field in fields).casefold()
        return all(word in text for word in wanted)

    return keep


def both(*keeps: Keep | None) -> Keep | None:
    """Keeps what all of these keep; None when none of them is asked."""
    asked = [keep for keep in keeps if keep is not None]
    return (lambda document: all(keep(document) for keep in asked)) if asked else None


def equal(**fields: str | bool | None) -> dict[str, Any]:
    """The fields of a filter that are asked for: those that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def starting_with(prefix: str) -> dict[str, str]:
    """A condition that an index answers: texts that begin so."""
    return {"$gte": prefix, "$lt": f"{prefix}\U0010ffff"}


def _cursor(wish: Wish, place: tuple[Any, str] | None) -> str | None:
    return base64.urlsafe_b64encode(msgspec.json.encode([wish.sort, place])).decode() if place else None


def _read_cursor(wish: Wish, kind: Any) -> tuple[Any, str]:
    wrong = InvalidBody(errors={"cursor": "This is no cursor of this list."})
    try:
        text = base64.b64decode((wish.cursor or "").encode(), altchars=b"-_", validate=True)
        sort, (value, record) = msgspec.json.decode(text, type=tuple[str, tuple[Any, str]])
        place: tuple[Any, str] = msgspec.convert(value, kind, strict=kind is not datetime), record
        str(place).encode()  # half a character would be refused by the store
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        raise wrong from None
    if sort != wish.sort or "\\x00" in repr(place) or (isinstance(place[0], datetime) and place[0].tzinfo is None):
        raise wrong
    return place


ReadPage = Callable[[Wish], Awaitable[tuple[list[Any], str | None]]]
"""Reads one page of a list, as lines that are structs."""


async def as_table(read: ReadPage, wish: Wish, line: type[Struct]) -> AsyncIterator[bytes]:
    """All of a list from its beginning, as a table for spreadsheets (RFC 4180), page after page."""
    yield _rows([line.__struct_fields__])
    cursor: str | None = None
    while True:
        wanted = Wish(sort=wish.sort, q=wish.q, cursor=cursor, limit=_AT_ONCE_IN_TABLE)
        lines, cursor = await read(wanted)
        yield _rows([[_cell(value) for value in msgspec.structs.astuple(one)] for one in lines])
        if cursor is None:
            return


def _rows(rows: list[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list | Struct):
        return table_cell(msgspec.json.encode(value).decode())
    return table_cell(value)
