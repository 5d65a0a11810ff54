"""Random calls on both engines at once: whatever one answers, the other must.

FUZZ_OPERATIONS and FUZZ_SEED choose another length and another sequence.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from videocall.store.base import Document, Index, Store, StoreError

pytest_plugins = ("conformance.engines",)

OPERATIONS = int(os.environ.get("FUZZ_OPERATIONS", "5000"))
SEED = int(os.environ.get("FUZZ_SEED", "20260622"))
COMPARE_EVERYTHING_EVERY = 250

IDS = [f"id{number}" for number in range(40)]
CODES = [f"code{number}" for number in range(45)]
ROOMS = [f"room{number}" for number in range(12)]
NUMBERS = [-3, -1, 0, 1, 2, 3, 7, 0.5, 1.0, -2.5, 2**31 - 1, 2**40, -(2**53)]
TEXTS = [
    "",
    "a",
    "A",
    "ab",
    "é",
    "ß",
    "😀",
    "1",
    "true",
    "null",
    "[1]",
    '{"x":1}',
    'q"',
    "\\",
    "%",
    "_",
    "a.b",
    "$a",
    "\n",
]
TIMES = [datetime(2026, 6, 22, 12, tzinfo=UTC) + timedelta(milliseconds=ms) for ms in (-86_400_000, -1, 0, 1, 1000)]
# One type for each field, or null, or nothing: the rule that both engines rely on.
TYPES: dict[str, list[Any]] = {
    "n": NUMBERS,
    "m": NUMBERS,
    "s": TEXTS,
    "t": TIMES,
    "b": [True, False],
    "live": [True, False],
    "d.x": NUMBERS,
    "d.y": TEXTS,
    "d.z.w": TIMES,
}
ORDERED = ["n", "m", "s", "t", "d.x", "d.y", "d.z.w"]
LISTS = ["tags", "e.items"]
# Of no type at all, to try changes that do not fit; so it is never in a filter. It is "loose".
INDEXES = [
    Index(keys=("code",), unique=True),
    Index(keys=("room",), unique=True, where={"live": True}),
    Index(keys=("n", "s")),
    Index(keys=("t",), where={"b": None}),
    Index(keys=("d.x",), where={"live": True, "b": False}),
]

NOTHING: list[Any] = [("NoneType", None), ("int", 0), [], {}]
OFTEN = ["update found", "update empty", "update_many found", "find found", "find empty", "count found", "delete found"]
OFTEN += ["UnsupportedQuery", "DuplicateKey"]

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


class RandomCalls:
    """Makes calls up. Each has one right answer: what MongoDB leaves open (ties, which of many) is avoided."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def call(self) -> Call:
        kinds: dict[Callable[[], Call], int] = {
            self.insert: 20,
            self.update: 30,
            self.upsert: 8,
            self.update_many: 8,
            self.find: 20,
            self.count: 8,
            self.group_count: 5,
            self.delete: 8,
            self.load: 2,
        }
        return self.chance.choices(list(kinds), list(kinds.values()))[0]()

    def insert(self) -> Call:
        return "insert", (self.document(self.one(IDS)),), {}

    def load(self) -> Call:
        # Codes and rooms that nobody else takes: MongoDB stops half way at a duplicate, SQLite takes nothing.
        ids = self.chance.choices(IDS, k=3)
        return "load", ([self.document(one) | {"code": f"load-{one}", "room": f"load-{one}"} for one in ids],), {}

    def update(self) -> Call:
        return "update", (self.filter_of_one(), self.change()), {}

    def upsert(self) -> Call:
        where: Document = {"_id": self.one(IDS)}
        for path in self.some(["n", "s", "b", "d.x"], 2):
            where[path] = self.one([self.value(path), self.value(path), {"$ne": self.value(path)}])
        change = self.change()
        on_insert = {path: self.value(path) for path in self.some(["m", "t", "d.y"], 2) if path not in where}
        on_insert |= {"code": self.one(CODES), "room": self.one(ROOMS)}
        taken = [path for fields in change.values() for path in fields]
        on_insert = {path: value for path, value in on_insert.items() if path not in taken}
        return "update", (where, change | ({"$setOnInsert": on_insert} if on_insert else {})), {"upsert": True}

    def update_many(self) -> Call:
        # Only what cannot fail half way, where SQLite would undo and MongoDB would not.
        changes: list[Document] = [
            {"$set": {path: self.value(path) for path in self.some(["n", "m", "s", "t", "b"], 3)}},
            {"$unset": dict.fromkeys(self.some(["n", "s", "t", "d.x", "d.z.w", "d.q.r", "tags"], 3), "")},
            {"$max": {"n": self.one(NUMBERS), "t": self.one(TIMES)}, "$min": {"s": self.one(TEXTS)}},
            {"$inc": {"counter": self.one([1, -1, 0.5])}},
        ]
        return "update_many", (self.filter(), self.one(changes)), {}

    def find(self) -> Call:
        sort = [(path, self.one([1, -1])) for path in self.some([*ORDERED, "b", "code"], 2)]
        sort.append(("_id", self.one([1, -1])))
        return "find", (self.filter(),), {"sort": sort, "limit": self.one([None, None, 1, 3, 10])}

    def count(self) -> Call:
        return "count", (self.filter(),), {}

    def group_count(self) -> Call:
        return "group_count", (self.filter(), self.one([*TYPES, "code", "nothing"])), {}

    def delete(self) -> Call:
        return "delete", (self.filter_of_one() if self.chance.random() < 0.9 else self.filter(),), {}

    def document(self, one: str) -> Document:
        document: Document = {"_id": one, "code": self.one(CODES), "room": self.one(ROOMS)}
        document["loose"] = self.one(["a", None, 1, [], {}])
        for path in self.some(["n", "m", "s", "t", "b", "live"], 6):
            document[path] = self.value(path)
        if self.chance.random() < 0.6:
            document["d"] = self.one([None, {}, {"x": self.value("d.x"), "y": self.value("d.y")}])
        if self.chance.random() < 0.5:
            document["tags"] = [self.element() for _ in range(self.chance.randrange(4))]
        return document

    def filter_of_one(self) -> Document:
        """At most one document matches."""
        unique = {"_id": self.one(IDS)} if self.chance.random() < 0.7 else {"code": self.one(CODES)}
        return (self.filter() if self.chance.random() < 0.4 else {}) | unique

    def filter(self, depth: int = 0) -> Document:
        where: Document = {}
        for path in self.some([*TYPES, "s.x", "nothing"], self.one([0, 1, 1, 2, 3])):
            where[path] = self.condition(path)
        if self.chance.random() < 0.1:
            where[self.one([*LISTS, "d", "e"])] = {"$exists": self.one([True, False])}
        if self.chance.random() < 0.1:
            where["_id"] = {self.one(["$in", "$nin"]): self.chance.choices(IDS, k=8)}
        if depth < 2 and self.chance.random() < 0.25:
            parts = [self.filter(depth + 1) for _ in range(self.chance.randint(1, 3))]
            where[self.one(["$and", "$or"])] = parts
        return where

    def condition(self, path: str) -> Any:
        kind = self.one(["equal", "$ne", "$in", "$nin", "compare", "compare", "$exists", "outside"])
        if kind == "equal":
            return self.operand(path)
        if kind == "$ne":
            return {"$ne": self.operand(path)}
        if kind in ("$in", "$nin"):
            return {kind: [self.operand(path) for _ in range(self.chance.randrange(4))]}
        if kind == "$exists":
            return {"$exists": self.one([True, False])}
        if kind == "outside":
            return self.one([{"$exists": self.one([True, False]), "$ne": self.operand(path)}, {"$eq": 1}, {"$size": 1}])
        operators = self.some(["$lt", "$lte", "$gt", "$gte"], 2) or ["$lt"]
        return {operator: self.operand(path) for operator in operators}

    def operand(self, path: str) -> Any:
        """Mostly of the field's type; times and texts are one type to SQLite, so they never meet."""
        values = TYPES.get(path, NUMBERS)
        others = [*NUMBERS, True, False] + (TEXTS if values is not TIMES else [])
        return self.one(values) if self.chance.random() < 0.75 else self.one([None, self.one(others)])

    def change(self) -> Document:
        change: Document = {}
        for operator, path, value in (self.step() for _ in range(self.one([1, 1, 2, 3]))):
            change.setdefault(operator, {})[path] = value
        return change

    def step(self) -> tuple[str, str, Any]:
        path = self.one(list(TYPES))
        listed = self.one(LISTS)
        steps: list[tuple[str, str, Any]] = [
            ("$set", path, self.value(path)),
            ("$set", path, self.value(path)),
            ("$set", self.one(["code", "room"]), self.one([*CODES, *ROOMS])),
            ("$set", "d", self.one([None, {}, {"x": 1}, {"y": "a", "z": {"w": TIMES[0]}}])),
            ("$set", listed, [self.element() for _ in range(self.chance.randrange(3))]),
            ("$unset", self.one([path, "d", "d.q.r", "n.x", *LISTS]), ""),
            ("$inc", self.one(["n", "m", "d.x", "loose", "counter"]), self.one(NUMBERS)),
            (self.one(["$max", "$min"]), ordered := self.one(ORDERED), self.one(TYPES[ordered])),
            ("$push", self.one([*LISTS, "loose"]), self.element()),
            ("$addToSet", self.one([*LISTS, "loose"]), self.element()),
            ("$pull", self.one([*LISTS, "d.q.r", "s.x"]), self.element(pulled=True)),
            ("$set", self.one(["loose.x", "code", "_id"]), self.one([None, 1])),
            ("$rename", "n", "m"),
        ]
        return self.chance.choices(steps, [6, 6, 4, 3, 2, 5, 4, 6, 4, 4, 4, 0.5, 0.1])[0]

    def element(self, *, pulled: bool = False) -> Any:
        maps: list[Any] = [{"x": self.one([1, 1.0, 2, None])}, {"y": "a"}, {"x": 1, "y": self.one(["a", None])}]
        more = [] if pulled else [{"y": "a", "x": 1}, {}, {"y": {"x": [1]}}]
        return self.one([1, 1.0, 2, True, False, None, "a", "1", TIMES[0], *maps, *more])

    def value(self, path: str) -> Any:
        return None if self.chance.random() < 0.2 else self.one(TYPES[path])

    def one(self, values: list[Any]) -> Any:
        return self.chance.choice(values)

    def some(self, values: list[str], most: int) -> list[str]:
        return self.chance.sample(values, self.chance.randint(0, most))


def in_one_form(value: Any) -> Any:
    """Times as text, and every value with its type, because 1, 1.0 and True are equal to Python."""
    if isinstance(value, dict):
        # Keys without: which of 1 and 1.0 stands for both in a count is left open.
        return {as_text(key): in_one_form(part) for key, part in value.items()}
    if isinstance(value, list):
        return [in_one_form(part) for part in value]
    value = as_text(value)
    return type(value).__name__, value


def as_text(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def outcome(store: Store, call: Call) -> Any:
    name, arguments, options = call
    try:
        return in_one_form(await getattr(store, name)("things", *arguments, **options))
    except StoreError as error:
        return type(error).__name__


async def test_random_calls_have_the_same_outcome_on_both_engines(both_stores: tuple[Store, Store]) -> None:
    sqlite, mongodb = both_stores
    calls = RandomCalls(random.Random(SEED))  # noqa: S311  a repeatable sequence is the point
    for store in both_stores:
        await store.ensure("things", INDEXES)

    outcomes: Counter[str] = Counter()
    for number in range(OPERATIONS):
        call = calls.call()
        left, right = await outcome(sqlite, call), await outcome(mongodb, call)
        assert left == right, f"operation {number} of seed {SEED}: {call}"
        outcomes[left if isinstance(left, str) else f"{call[0]} {'empty' if left in NOTHING else 'found'}"] += 1
        if number % COMPARE_EVERYTHING_EVERY == 0 or number == OPERATIONS - 1:
            everything: Call = ("find", ({},), {"sort": [("_id", 1)]})
            assert await outcome(sqlite, everything) == await outcome(mongodb, everything), f"after {number}, {SEED}"
    # A sequence that hardly ever finds, misses or collides would compare little.
    rare = {kind: outcomes[kind] for kind in OFTEN if outcomes[kind] < OPERATIONS // 50}
    assert not rare
