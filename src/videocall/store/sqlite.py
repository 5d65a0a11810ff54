"""The embedded engine: one SQLite file for one machine, shared by as many processes as there are."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import msgspec

from videocall.store import sql, sqlite_file
from videocall.store.base import Document, Filter, Index, Sort, StoreError, StoreUnavailable, UnsupportedQuery, Update
from videocall.store.changes import changed
from videocall.store.group_commit import GroupCommit, all_or_nothing
from videocall.store.schema import Schema
from videocall.store.subset import checked_limit, checked_sort
from videocall.store.values import as_text, field

Result = TypeVar("Result")

READERS = 3
MOUNTS = Path("/proc/self/mountinfo")

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class SqliteStore:
    """Documents in one file at `path`, as JSON text. Times come back as text.

    `patience` is how many seconds a write waits for another process; `mounts` is where the system lists its disks.
    """

    def __init__(self, path: Path, *, patience: float = 5, mounts: Path = MOUNTS) -> None:
        self._path = path
        self._patience = patience
        self._mounts = mounts
        self._schema = Schema(as_text)
        self._writer: GroupCommit | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._readers: SimpleQueue[sqlite3.Connection] = SimpleQueue()

    async def open(self) -> None:
        """Open the file, or make it; raises `StoreUnavailable` with a sentence for the operator."""
        self._writer = GroupCommit(await asyncio.to_thread(self._connect), self._explain)
        self._threads = ThreadPoolExecutor(READERS, "store-reader")

    def _connect(self) -> sqlite3.Connection:
        sqlite_file.prepare(self._path, self._mounts)
        with self._troubles():
            writer = sqlite_file.connect(self._path, patience=self._patience)
            for _ in range(READERS):
                self._readers.put(sqlite_file.connect(self._path, patience=self._patience, read_only=True))
            return writer

    async def close(self) -> None:
        """Finish the writes under way, fold the log into the file, and let go of it. May be called twice."""
        writer, threads, self._writer, self._threads = self._writer, self._threads, None, None
        if threads is not None:
            await asyncio.to_thread(threads.shutdown)
        while not self._readers.empty():
            self._readers.get().close()
        if writer is not None:
            await writer.close()

    async def ping(self) -> None:
        """Raise `StoreUnavailable` unless a read can be answered now."""
        await self._read("SELECT count(*) FROM sqlite_master", ())

    async def ensure(self, collection: str, indexes: Sequence[Index]) -> None:
        """Make the collection and its indexes where they are missing; needed once in every process.

        Raises `DuplicateKey` when documents that are there already break a unique index.
        """
        self._schema.declare(collection, indexes)

        def make(connection: sqlite3.Connection) -> None:
            with all_or_nothing(connection):
                for statement in sql.table(collection, indexes):
                    connection.execute(statement)

        await self._write(make)

    async def insert(self, collection: str, document: Document) -> None:
        """Add one document; raises `DuplicateKey`."""
        held = self._schema.document(collection, document)
        row = held["_id"], _encode(held).decode()
        statement = f'INSERT INTO "{collection}" (_id, doc) VALUES (?, ?)'  # noqa: S608  the schema knows the name
        await self._write(lambda connection: connection.execute(statement, row))

    async def find(
        self, collection: str, where: Filter, *, sort: Sort = (), limit: int | None = None
    ) -> list[Document]:
        """Documents that match, in the order asked for."""
        matching, values = sql.condition(self._schema.filter(collection, where))
        statement = f'SELECT doc FROM "{collection}" WHERE {matching}{sql.order(checked_sort(sort))}'  # noqa: S608
        if checked_limit(limit):
            statement += f" LIMIT {limit}"
        return [_decode(document) for (document,) in await self._read(statement, values)]

    async def count(self, collection: str, where: Filter) -> int:
        """How many documents match."""
        matching, values = sql.condition(self._schema.filter(collection, where))
        [(number,)] = await self._read(f'SELECT count(*) FROM "{collection}" WHERE {matching}', values)  # noqa: S608
        return int(number)

    async def update(self, collection: str, where: Filter, change: Update, *, upsert: bool = False) -> Document | None:
        """Change one matching document and return it as it is afterwards; None when nothing matched.

        Raises `DuplicateKey`, and then nothing has changed.
        """
        where, change = self._schema.filter(collection, where), self._schema.change(collection, change)
        new = self._schema.insertion(collection, where, change) if upsert else None
        select, values = _select(collection, where, " LIMIT 1")

        def work(connection: sqlite3.Connection) -> Document | None:
            # fetchall, because a cursor left half read would keep the next transaction on an old snapshot.
            for rowid, held in connection.execute(select, values).fetchall():
                document = changed(_decode(held), change)
                connection.execute(_replace(collection), (_encode(document).decode(), rowid))
                return document
            if new is not None:
                insert = f'INSERT INTO "{collection}" (_id, doc) VALUES (?, ?)'  # noqa: S608
                connection.execute(insert, (new["_id"], _encode(new).decode()))
            return new

        return await self._write(work)

    async def update_many(self, collection: str, where: Filter, change: Update) -> int:
        """Change every matching document; how many matched. Refuses to touch a uniquely indexed field."""
        change = self._schema.change(collection, change, many=True)
        select, values = _select(collection, self._schema.filter(collection, where))

        def work(connection: sqlite3.Connection) -> int:
            rows = connection.execute(select, values).fetchall()
            after = [(_encode(changed(_decode(held), change)).decode(), rowid) for rowid, held in rows]
            with all_or_nothing(connection):
                connection.executemany(_replace(collection), after)
            return len(rows)

        return await self._write(work)

    async def delete(self, collection: str, where: Filter) -> int:
        """Remove every matching document; how many there were."""
        matching, values = sql.condition(self._schema.filter(collection, where))
        statement = f'DELETE FROM "{collection}" WHERE {matching}'  # noqa: S608
        return await self._write(lambda connection: connection.execute(statement, values).rowcount)

    async def group_count(self, collection: str, where: Filter, by: str) -> dict[Any, int]:
        """How many matching documents there are for each value of the field `by`; None for null and missing."""
        statement, values = sql.group(collection, self._schema.filter(collection, where), field(by))
        counts: dict[Any, int] = {}
        for value, kind, number in await self._read(statement, values):
            if kind in ("array", "object"):
                raise UnsupportedQuery(f"{by} holds lists or maps, which cannot be counted by.")
            key = kind == "true" if kind in ("true", "false") else value
            counts[key] = counts.get(key, 0) + number
        return counts

    async def load(self, collection: str, documents: Sequence[Document]) -> None:
        """Insert or replace by ``_id``, all of them or none; twice gives the same as once. Raises `DuplicateKey`."""
        held = [self._schema.document(collection, document) for document in documents]
        rows = [(document["_id"], _encode(document).decode()) for document in held]
        # Not INSERT OR REPLACE: that would also delete other documents that have the same unique value.
        statement = (
            f'INSERT INTO "{collection}" (_id, doc) VALUES (?, ?) '  # noqa: S608
            "ON CONFLICT (_id) DO UPDATE SET doc = excluded.doc"
        )

        def work(connection: sqlite3.Connection) -> None:
            with all_or_nothing(connection):
                connection.executemany(statement, rows)

        await self._write(work)

    async def backup(self, path: Path) -> None:
        """Copy everything, as it is at one moment, into a new file at `path` (readable by its owner only).

        Reads and writes go on meanwhile. Raises `StoreUnavailable` when the copy cannot be written.
        """
        await self._in_reader(lambda connection: sqlite_file.copy(connection, path))

    async def _read(self, statement: str, values: Sequence[Any]) -> list[Any]:
        return await self._in_reader(lambda connection: connection.execute(statement, values).fetchall())

    async def _in_reader(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        if self._threads is None:
            raise StoreUnavailable("The store is not open.")

        def read() -> Result:
            connection = self._readers.get()
            try:
                with self._troubles():
                    return work(connection)
            finally:
                self._readers.put(connection)

        return await asyncio.get_running_loop().run_in_executor(self._threads, read)

    async def _write(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        if self._writer is None:
            raise StoreUnavailable("The store is not open.")
        return await self._writer.do(work)

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def _explain(self, error: sqlite3.Error) -> StoreError:
        return sqlite_file.explain(self._path, error)


def _select(collection: str, where: Filter, end: str = "") -> tuple[str, list[Any]]:
    matching, values = sql.condition(where)
    return f'SELECT rowid, doc FROM "{collection}" WHERE {matching}{end}', values  # noqa: S608


def _replace(collection: str) -> str:
    return f'UPDATE "{collection}" SET doc = ? WHERE rowid = ?'  # noqa: S608
