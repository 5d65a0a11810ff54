"""The file that export writes and import reads: gzip, and in it one JSON object on each line.

First a `header`, then a `record` for each document and a `file` for each file, and at the end a `receipt`. Times are
``{"$date": "2026-06-22T12:00:00.000Z"}``, as in MongoDB's Extended JSON, since only so they cannot be taken for text.
"""

import gzip
import hashlib
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import msgspec
from msgspec import Raw, Struct

from videocall.store.base import Document, StoreError, as_document

FORMAT = 1
_DATE = "$date"
_encode = msgspec.json.Encoder(order="sorted").encode


class CannotTransfer(StoreError):
    """An export or import that cannot be done; the sentence says why."""


class Header(Struct, tag="header"):
    """`schema` is the form of the documents (`videocall.store.migrations`)."""

    schema: int
    made_at: datetime
    format: int = FORMAT


class Record(Struct, tag="record"):
    """One document, in canonical form: keys in order, no spaces."""

    collection: str
    document: Raw


class File(Struct, tag="file"):
    """One file; its path is relative to the data folder."""

    path: str
    content: bytes


class Receipt(Struct, tag="receipt"):
    """What there is: how many documents of each collection, how many files, and a digest over all of it.

    The digest does not depend on the order: it is made from the sum of the SHA-256 of every document and file.
    """

    counts: dict[str, int]
    files: int
    digest: str


Line = Header | Record | File | Receipt
_decode = msgspec.json.Decoder(Line).decode


class Tally:
    """Counts and digests."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._files = 0
        self._sum = 0

    def add(self, line: Record | File) -> None:
        """Count one more."""
        if isinstance(line, Record):
            self._counts[line.collection] += 1
            self._add(b"record", line.collection, bytes(line.document))
        else:
            self._files += 1
            self._add(b"file", line.path, line.content)

    def _add(self, kind: bytes, name: str, content: bytes) -> None:
        digest = hashlib.sha256(b"\0".join((kind, name.encode(), content))).digest()
        self._sum = (self._sum + int.from_bytes(digest, "big")) % 2**256

    def receipt(self) -> Receipt:
        """What was counted so far."""
        digest = hashlib.sha256(self._sum.to_bytes(32, "big")).hexdigest()
        return Receipt(counts=dict(sorted(self._counts.items())), files=self._files, digest=digest)


def record(collection: str, document: Document, kind: type[Struct]) -> Record:
    """A document as every engine gives it the same line; raises `CannotTransfer` when it is not of its kind."""
    try:
        # An engine may give times as text; the struct knows which texts are times.
        known = as_document(msgspec.convert(document, kind))
    except msgspec.ValidationError as error:
        raise CannotTransfer(
            f"The document {document['_id']} in {collection} is not what it should be: {error}."
        ) from None
    whole = {name: known.get(name, value) for name, value in document.items()}
    return Record(collection=collection, document=Raw(_encode(_with_times_as(whole, lambda text: {_DATE: text}))))


def plain_record(collection: str, document: Document) -> Record:
    """A document with its times as text, to compare what is in a store with what is in a file."""
    return Record(collection=collection, document=Raw(_encode(_with_times_as(document, lambda text: text))))


def document(line: Record) -> Document:
    """The document on a line, with its times."""
    revived: Document = _with_times(msgspec.json.decode(line.document))
    return revived


def _with_times_as(value: Any, form: Callable[[str], Any]) -> Any:
    if isinstance(value, datetime):
        return form(value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    if isinstance(value, Mapping):
        return {name: _with_times_as(part, form) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_times_as(part, form) for part in value]
    return value


def _with_times(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_DATE}:
            return datetime.fromisoformat(value[_DATE])
        return {name: _with_times(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_with_times(part) for part in value]
    return value


class Writer:
    """Writes an archive to a path, whole or not at all, readable by its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unfinished = path.with_name(f".{path.name}.unfinished")

    def __enter__(self) -> Self:
        try:
            self._unfinished.unlink(missing_ok=True)
            self._unfinished.touch(mode=0o600)
            self._file = gzip.open(self._unfinished, "wb", compresslevel=5)
        except OSError as error:
            raise CannotTransfer(f"{self._path} cannot be written: {error.strerror}.") from None
        return self

    def write(self, line: Line) -> None:
        """Add a line."""
        try:
            self._file.write(_encode(line) + b"\n")
        except OSError as error:
            raise CannotTransfer(f"{self._path} cannot be written: {error.strerror}.") from None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._file.close()
            if kind is None:
                self._unfinished.replace(self._path)
        except OSError as error:
            raise CannotTransfer(f"{self._path} cannot be written: {error.strerror}.") from None
        finally:
            self._unfinished.unlink(missing_ok=True)


def read(path: Path) -> Iterator[Line]:
    """The lines of an archive; raises `CannotTransfer` for what is no archive, or only a part of one."""
    try:
        with gzip.open(path, "rb") as file:
            for line in file:
                yield _decode(line)
    except OSError as error:
        raise CannotTransfer(f"{path} cannot be read: {error.strerror or error}.") from None
    except (EOFError, zlib.error, msgspec.DecodeError):
        raise CannotTransfer(f"{path} is damaged or not whole: export again.") from None
