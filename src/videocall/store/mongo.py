"""The networked engine: MongoDB, through PyMongo. Imported only when a MongoDB is in use, for its size and time."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pymongo
from bson.codec_options import TypeDecoder, TypeRegistry
from bson.errors import InvalidDocument
from bson.int64 import Int64
from pymongo import AsyncMongoClient, IndexModel, ReplaceOne, ReturnDocument
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
)

from videocall.store.base import (
    Document,
    DuplicateKey,
    Filter,
    Index,
    Sort,
    StoreError,
    StoreUnavailable,
    UnsupportedQuery,
    Update,
)
from videocall.store.schema import Schema, index_name
from videocall.store.subset import checked_limit, checked_sort
from videocall.store.values import as_it_is, field

DATABASE = "videocallcc"
"""The database when the URL names none."""

CALL_SECONDS = 5
"""How long a call waits for the server."""

_AS_LONG_AS_IT_TAKES = 0

_DUPLICATE = 11000
_AUTHENTICATION = {18, 8000}
_NOT_ALLOWED = 13
# What depends on the documents themselves, and so passes the subset's own checks.
_OUR_MISTAKES = {
    2: "BadValue",
    9: "FailedToParse",
    14: "TypeMismatch",
    28: "PathNotViable",
    40: "ConflictingUpdateOperators",
    52: "DollarPrefixedFieldName",
    54: "NotSingleValueField",
    66: "ImmutableField",
}


class MongoStore:
    """Documents in the database that `url` names, or `database`. Times come back as aware UTC datetimes.

    A write returns when a majority of the servers has it on disk. A call fails after `CALL_SECONDS` without an answer;
    one on many documents, or that makes indexes, may take longer while the server lives (PyMongo's monitor of the
    server ends it otherwise). The URL is never shown: it may hold a password.
    """

    def __init__(self, url: str, database: str = DATABASE) -> None:
        self._url = url
        self._default = database
        self._schema = Schema(as_it_is)
        self._client: AsyncMongoClient[Document] | None = None

    async def open(self) -> None:
        """Connect; raises `StoreUnavailable` with a sentence for the operator."""
        try:
            self._client = AsyncMongoClient(
                self._url,
                tz_aware=True,
                type_registry=TypeRegistry([_PlainInteger()]),
                w="majority",
                journal=True,
                retryWrites=True,
                retryReads=True,
                readPreference="primary",
                timeoutMS=CALL_SECONDS * 1000,
                serverSelectionTimeoutMS=CALL_SECONDS * 1000,
                connectTimeoutMS=3000,
                maxPoolSize=50,
                appname="videocall",
            )
            self._database = self._client.get_default_database(self._default)
            self._hosts = sorted(self._client.topology_description.server_descriptions(), key=str)
        except (PyMongoError, ValueError, TypeError):
            # PyMongo's own sentence could quote a part of the password, so it is not even kept as the cause.
            raise StoreUnavailable(
                "The address of MongoDB cannot be understood: it is mongodb://user:password@host:port/database, with "
                "special characters in the user and the password percent-encoded."
            ) from None
        try:
            await self.ping()
        except (StoreUnavailable, asyncio.CancelledError):
            await self.close()
            raise

    async def close(self) -> None:
        """Close every connection. May be called twice."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def ping(self) -> None:
        """Raise `StoreUnavailable` unless a read can be answered now."""
        # A real read: the command `ping` needs neither a password nor rights.
        with self._troubles():
            await self._collection("ping").find_one({"_id": ""})

    async def ensure(self, collection: str, indexes: Sequence[Index]) -> None:
        """Make the collection and its indexes where they are missing; needed once in every process.

        Raises `DuplicateKey` when documents that are there already break a unique index.
        """
        self._schema.declare(collection, indexes)
        models = [_model(collection, index) for index in indexes]
        with self._troubles(), pymongo.timeout(_AS_LONG_AS_IT_TAKES):
            if models:
                await self._collection(collection).create_indexes(models)

    async def insert(self, collection: str, document: Document) -> None:
        """Add one document; raises `DuplicateKey`."""
        held = self._schema.document(collection, document)
        with self._troubles():
            await self._collection(collection).insert_one(held)

    async def find(
        self, collection: str, where: Filter, *, sort: Sort = (), limit: int | None = None
    ) -> list[Document]:
        """Documents that match, in the order asked for."""
        where, order = self._schema.filter(collection, where), checked_sort(sort)
        with self._troubles():
            cursor = self._collection(collection).find(where, sort=order or None, limit=checked_limit(limit) or 0)
            return await cursor.to_list()

    async def count(self, collection: str, where: Filter) -> int:
        """How many documents match."""
        where = self._schema.filter(collection, where)
        with self._troubles(), pymongo.timeout(_AS_LONG_AS_IT_TAKES):
            return await self._collection(collection).count_documents(where)

    async def update(self, collection: str, where: Filter, change: Update, *, upsert: bool = False) -> Document | None:
        """Change one matching document and return it as it is afterwards; None when nothing matched.

        Raises `DuplicateKey`, and then nothing has changed.
        """
        where, change = self._schema.filter(collection, where), self._schema.change(collection, change)
        if upsert:
            self._schema.insertion(collection, where, change)
        with self._troubles():
            return await self._collection(collection).find_one_and_update(
                where, change, upsert=upsert, return_document=ReturnDocument.AFTER
            )

    async def update_many(self, collection: str, where: Filter, change: Update) -> int:
        """Change every matching document; how many matched. Refuses to touch a uniquely indexed field."""
        where, change = self._schema.filter(collection, where), self._schema.change(collection, change, many=True)
        with self._troubles(), pymongo.timeout(_AS_LONG_AS_IT_TAKES):
            return (await self._collection(collection).update_many(where, change)).matched_count

    async def delete(self, collection: str, where: Filter) -> int:
        """Remove every matching document; how many there were."""
        where = self._schema.filter(collection, where)
        with self._troubles(), pymongo.timeout(_AS_LONG_AS_IT_TAKES):
            return (await self._collection(collection).delete_many(where)).deleted_count

    async def group_count(self, collection: str, where: Filter, by: str) -> dict[Any, int]:
        """How many matching documents there are for each value of the field `by`; None for null and missing."""
        stages: list[dict[str, Any]] = [
            {"$match": self._schema.filter(collection, where)},
            {"$group": {"_id": f"${field(by)}", "number": {"$sum": 1}}},
        ]
        with self._troubles(), pymongo.timeout(_AS_LONG_AS_IT_TAKES):
            groups = await (await self._collection(collection).aggregate(stages)).to_list()
        if any(isinstance(group["_id"], dict | list) for group in groups):
            raise UnsupportedQuery(f"{by} holds lists or maps, which cannot be counted by.")
        return {group["_id"]: group["number"] for group in groups}

    async def load(self, collection: str, documents: Sequence[Document]) -> None:
        """Insert or replace by ``_id``; twice gives the same as once.

        Raises `DuplicateKey`, and then the documents before the one with the duplicate are there.
        """
        held = [self._schema.document(collection, document) for document in documents]
        with self._troubles(), pymongo.timeout(_AS_LONG_AS_IT_TAKES):
            if held:
                await self._collection(collection).bulk_write(
                    [ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in held]
                )

    def _collection(self, name: str) -> AsyncCollection[Document]:
        if self._client is None:
            raise StoreUnavailable("The store is not open.")
        return self._database[name]

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        # PyMongo may take a cancellation for trouble of the network: whoever was cancelled would go on for ever.
        task = asyncio.current_task()
        cancellations = task.cancelling() if task else 0
        try:
            yield
        except (PyMongoError, InvalidDocument) as error:
            if task and task.cancelling() > cancellations:
                raise asyncio.CancelledError from error
            trouble = self._explained(error)
            # MongoDB quotes the values of a duplicate, and those are people's: only the rest is kept as a cause.
            raise trouble from (error if isinstance(trouble, StoreUnavailable) else None)
        if task and task.cancelling() > cancellations:
            raise asyncio.CancelledError

    def _explained(self, error: PyMongoError | InvalidDocument) -> StoreError:
        if isinstance(error, InvalidDocument):
            return UnsupportedQuery("A document is larger than MongoDB can hold.")
        code, details = _code_and_details(error)
        if code == _DUPLICATE:
            return DuplicateKey(f"Another document has the same value: {', '.join(details.get('keyPattern', ()))}.")
        if code in _OUR_MISTAKES:
            return UnsupportedQuery(f"MongoDB refused what a document or change holds ({_OUR_MISTAKES[code]}).")
        return StoreUnavailable(f"{self._server()} {self._sentence(error, code)}")

    def _sentence(self, error: PyMongoError, code: int | None) -> str:
        if code in _AUTHENTICATION:
            return "refused the user or the password in its address."
        if code == _NOT_ALLOWED:
            database = self._database.name
            return f"needs a user and a password with the right to use its database {database} (the role readWrite)."
        if isinstance(error, ConfigurationError):
            return f"cannot be used: {error}"
        if any(word in str(error) for word in ("SSL", "TLS", "certificate")):
            return f"cannot be reached safely: check TLS in its address, and its certificate. {_short(error)}"
        if isinstance(error, ConnectionFailure) or error.timeout:
            return f"does not answer: check its address, the network, and that it runs. {_short(error)}"
        return f"failed. {_short(error)}"

    def _server(self) -> str:
        return f"MongoDB at {', '.join(f'{host}:{port}' if port else host for host, port in self._hosts)}"


def _code_and_details(error: PyMongoError) -> tuple[int | None, Mapping[str, Any]]:
    if not isinstance(error, OperationFailure):
        return None, {}
    details = error.details or {}
    if isinstance(error, BulkWriteError):
        first = (details.get("writeErrors") or details.get("writeConcernErrors") or [{}])[0]
        return first.get("code"), first
    return error.code, details


def _short(error: PyMongoError) -> str:
    """PyMongo's own words, without the long description of all servers that it adds."""
    return f"({str(error).partition(' (configured timeouts')[0].partition(', Timeout:')[0]})"


def _model(collection: str, index: Index) -> IndexModel:
    options: dict[str, Any] = {"name": index_name(collection, index), "unique": index.unique}
    if index.where:
        options["partialFilterExpression"] = dict(index.where)
    return IndexModel([(path, pymongo.ASCENDING) for path in index.keys], **options)


class _PlainInteger(TypeDecoder):
    """Gives 64-bit numbers back as plain integers: msgspec cannot encode BSON's own type."""

    @property
    def bson_type(self) -> type[Int64]:
        return Int64

    def transform_bson(self, value: Int64) -> int:
        return int(value)
