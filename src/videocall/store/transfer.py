"""Carries everything from one store to another, of the same kind or not, through a file (`videocall.store.archive`)."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from msgspec import Struct

from videocall.store import archive
from videocall.store.archive import CannotTransfer, File, Header, Line, Receipt, Record, Tally
from videocall.store.base import Document, Filter, Store
from videocall.store.migrations import META, mark, migrate, newest, version

AT_ONCE = 1000
_IMPORT = "import"

Kinds = Mapping[str, type[Struct]]
"""What is carried: the names of collections, and the struct of their documents."""

Report = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and how much there is."""


class _Inspected(NamedTuple):
    """What is in a file: `content` is the receipt of it with times as text."""

    header: Header
    receipt: Receipt
    names: list[str]
    content: Receipt


class Transfer:
    """Export and import of one store and one data folder, of which `folders` hold files that belong to people.

    What a server writes by itself (`own`, by collection) makes no store taken: an import puts its own in its place.
    """

    def __init__(  # noqa: PLR0917
        self,
        store: Store,
        data: Path,
        kinds: Kinds,
        folders: Sequence[str],
        report: Report,
        own: Mapping[str, Filter] | None = None,
    ) -> None:
        self._store = store
        self._data = data
        self._kinds = kinds
        self._folders = folders
        self._report = report
        self._own = own or {}

    # --- out ---

    async def export(self, path: Path, now: datetime) -> Receipt:
        """Write everything into a file at `path`; raises `CannotTransfer`.

        What is written while this runs may be in the file or not: stop the server for one moment in time.
        """
        there = await self._prepare()
        if there < newest():
            raise CannotTransfer(
                "The database is of an older version: start the server once, which brings it up to date."
            )
        tally = Tally()
        with archive.Writer(path) as file:
            file.write(Header(schema=there, made_at=now))
            async for collection, document in self._documents("Exporting"):
                line = archive.record(collection, document, self._kinds[collection])
                tally.add(line)
                file.write(line)
            for name in self._files():
                with suppress(FileNotFoundError):  # somebody has just taken a new picture
                    content = File(path=name, content=(self._data / name).read_bytes())
                    tally.add(content)
                    file.write(content)
            file.write(tally.receipt())
        return tally.receipt()

    async def _prepare(self) -> int:
        for collection in self._kinds:
            await self._store.ensure(collection, [])
        return await version(self._store)

    async def _documents(self, doing: str) -> AsyncIterator[tuple[str, Document]]:
        total = sum([await self._store.count(collection, {}) for collection in self._kinds])
        done = 0
        for collection in self._kinds:
            last = ""
            while found := await self._store.find(collection, {"_id": {"$gt": last}}, sort=[("_id", 1)], limit=AT_ONCE):
                for document in found:
                    yield collection, document
                last = found[-1]["_id"]
                done += len(found)
                self._report(doing, done, max(done, total))

    def _files(self) -> list[str]:
        found = (path for folder in self._folders for path in sorted((self._data / folder).rglob("*")))
        return [path.relative_to(self._data).as_posix() for path in found if path.is_file() and not path.is_symlink()]

    # --- in ---

    async def import_(self, path: Path) -> Receipt:
        """Read everything from a file at `path` into a store that holds nothing of people; raises `CannotTransfer`.

        Interrupted and begun again it goes on where it was; done twice it is as if done once.
        """
        there = await self._prepare()
        if there > newest():
            await migrate(self._store)  # refuses
        file = self._inspect(path)
        progress = await self._store.find(META, {"_id": _IMPORT, "digest": file.receipt.digest}, limit=1)
        if not progress:
            if await self._is_taken():
                if await self._content(file.names) == file.content:
                    return file.receipt
                raise CannotTransfer("The store holds other data already: import into an empty one.")
            for collection, where in self._own.items():
                await self._store.delete(collection, where)
            await mark(self._store, file.header.schema)
            await self._store.delete(META, {"_id": _IMPORT})
            await self._store.insert(META, {"_id": _IMPORT, "digest": file.receipt.digest, "lines": 0})
        await self._load(path, file.receipt, progress[0]["lines"] if progress else 0)
        if await self._content(file.names) != file.content:
            raise CannotTransfer(
                "The store now holds something else than the file: stop what writes to it, empty it, and begin again."
            )
        await migrate(self._store)
        await self._store.delete(META, {"_id": _IMPORT})
        return file.receipt

    def _inspect(self, path: Path) -> _Inspected:
        """Look at the whole file before anything is changed."""
        lines = archive.read(path)
        header, receipt, names, tally, content = next(lines, None), None, [], Tally(), Tally()
        if not isinstance(header, Header) or header.format != archive.FORMAT or header.schema > newest():
            raise CannotTransfer(f"{path} was not exported by this VideoCall.cc or an older one.")
        for line in lines:
            receipt = line if isinstance(line, Receipt) else None
            if isinstance(line, Record):
                self._check_collection(path, line.collection)
                tally.add(line)
                content.add(archive.plain_record(line.collection, archive.document(line)))
            elif isinstance(line, File):
                self._check_file(line)
                tally.add(line)
                content.add(line)
                names.append(line.path)
        if receipt is None or receipt != tally.receipt():
            raise CannotTransfer(f"{path} is damaged or not whole: export again.")
        return _Inspected(header, receipt, names, content.receipt())

    def _check_collection(self, path: Path, collection: str) -> None:
        if collection not in self._kinds:
            raise CannotTransfer(f"{path} holds {collection}, which this version does not know: install a newer one.")

    def _check_file(self, file: File) -> None:
        parts = PurePosixPath(file.path)
        if ".." in parts.parts or not any(parts.is_relative_to(folder) for folder in self._folders):
            raise CannotTransfer(f"The file {file.path} is not one that is imported.")
        place = self._data / file.path
        if place.exists() and place.read_bytes() != file.content:
            raise CannotTransfer(f"{place} is there already and differs: move it away first.")

    async def _is_taken(self) -> bool:
        held = {collection: await self._store.count(collection, {}) for collection in self._kinds}
        own = {collection: await self._store.count(collection, where) for collection, where in self._own.items()}
        return any(number > own.get(collection, 0) for collection, number in held.items())

    async def _content(self, names: Sequence[str]) -> Receipt:
        """What the store holds, and the data folder under these names."""
        tally = Tally()
        async for collection, document in self._documents("Checking"):
            tally.add(archive.plain_record(collection, document))
        for name in names:
            with suppress(FileNotFoundError):
                tally.add(File(path=name, content=(self._data / name).read_bytes()))
        return tally.receipt()

    async def _load(self, path: Path, receipt: Receipt, done: int) -> None:
        total = sum(receipt.counts.values()) + receipt.files
        lines = islice(archive.read(path), 1 + done, 1 + total)
        while batch := list(islice(lines, AT_ONCE)):
            for collection, documents in _by_collection(batch):
                await self._store.load(collection, documents)
            for line in batch:
                if isinstance(line, File):
                    self._put(line)
            done += len(batch)
            await self._store.update(META, {"_id": _IMPORT}, {"$set": {"lines": done}})
            self._report("Importing", done, total)

    def _put(self, file: File) -> None:
        place = self._data / file.path
        unfinished = place.with_name(f".{place.name}.unfinished")
        try:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished.write_bytes(file.content)
            unfinished.replace(place)
        except OSError as error:
            raise CannotTransfer(f"{place} cannot be written: {error.strerror}.") from None


def _by_collection(lines: Sequence[Line]) -> Iterator[tuple[str, list[Document]]]:
    documents: dict[str, list[Document]] = {}
    for line in lines:
        if isinstance(line, Record):
            documents.setdefault(line.collection, []).append(archive.document(line))
    yield from documents.items()
