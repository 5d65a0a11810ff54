from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from videocall.store.base import Filter, Index, Store

pytest_plugins = ("conformance.engines",)

NOON = datetime(2026, 6, 22, 12, tzinfo=UTC)

DOCUMENTS: list[dict[str, Any]] = [
    {"_id": "empty"},
    {"_id": "null", "n": None, "s": None, "b": None, "t": None, "d": None},
    {"_id": "one", "n": 1, "s": "a", "b": True, "t": NOON, "d": {"x": 1, "y": "a"}},
    {"_id": "half", "n": 0.5, "s": "A", "b": False, "t": NOON + timedelta(milliseconds=1), "d": {"x": None}},
    {"_id": "large", "n": 2**40, "s": "é", "b": True, "t": NOON + timedelta(days=900), "d": {"x": 2**40}},
    {"_id": "odd", "n": 1.0, "s": "1", "b": False, "t": NOON - timedelta(microseconds=1), "d": {}},
    {"_id": "json", "n": -3, "s": "[1]", "b": True, "t": NOON, "d": {"x": 3, "y": '{"x":1}'}},
]

CASES: list[tuple[Filter, str]] = [
    ({}, "empty null one half large odd json"),
    ({"_id": "one"}, "one"),
    ({"_id": None}, ""),
    ({"_id": 1}, ""),
    ({"_id": {"$ne": "one"}}, "empty null half large odd json"),
    ({"_id": {"$in": ["one", "null", "nobody"]}}, "one null"),
    ({"_id": {"$gte": "null", "$lt": "one"}}, "null odd"),
    ({"_id": {"$exists": True}}, "empty null one half large odd json"),
    ({"_id": {"$exists": False}}, ""),
    # Null and missing are equal to a filter, and both differ from every value.
    ({"n": None}, "empty null"),
    ({"n": {"$ne": None}}, "one half large odd json"),
    ({"n": {"$ne": 1}}, "empty null half large json"),
    ({"n": {"$exists": True}}, "null one half large odd json"),
    ({"n": {"$exists": False}}, "empty"),
    ({"n": {"$in": [None, 1]}}, "empty null one odd"),
    ({"n": {"$nin": [None, 1]}}, "half large json"),
    ({"n": {"$nin": [1, 0.5]}}, "empty null large json"),
    ({"n": {"$in": []}}, ""),
    ({"n": {"$nin": []}}, "empty null one half large odd json"),
    # Numbers are one type, booleans are no numbers, and text is only text.
    ({"n": 1}, "one odd"),
    ({"n": 1.0}, "one odd"),
    ({"n": True}, ""),
    ({"n": "1"}, ""),
    ({"s": 1}, ""),
    ({"s": "1"}, "odd"),
    ({"s": "[1]"}, "json"),
    ({"b": 1}, ""),
    ({"b": True}, "one large json"),
    ({"b": False}, "half odd"),
    ({"b": {"$ne": True}}, "empty null half odd"),
    ({"b": {"$in": [True]}}, "one large json"),
    ({"b": {"$in": [False, None]}}, "empty null half odd"),
    ({"b": {"$in": [0, 1]}}, ""),
    ({"b": {"$nin": [True, 0]}}, "empty null half odd"),
    ({"n": {"$in": [True, "1", None, 0.5]}}, "empty null half"),
    # Only values of the same type are compared.
    ({"n": {"$lt": 1}}, "half json"),
    ({"n": {"$lte": 1}}, "one half odd json"),
    ({"n": {"$gt": 0.5}}, "one large odd"),
    ({"n": {"$gte": -3, "$lt": 2}}, "one half odd json"),
    ({"n": {"$gt": ""}}, ""),
    ({"s": {"$gt": -1}}, ""),
    ({"b": {"$gte": 0}}, ""),
    ({"s": {"$gt": "Z"}}, "one large json"),
    ({"s": {"$lt": "a"}}, "half odd json"),
    ({"t": NOON}, "one json"),
    ({"t": {"$lt": NOON}}, "odd"),
    ({"t": {"$lte": NOON}}, "one odd json"),
    ({"t": {"$gt": NOON + timedelta(microseconds=999)}}, "half large"),
    ({"t": {"$in": [NOON, NOON + timedelta(days=900)]}}, "one large json"),
    # Paths into maps, also where there is none.
    ({"d.x": 1}, "one"),
    ({"d.x": None}, "empty null half odd"),
    ({"d.x": {"$exists": True}}, "one half large json"),
    ({"d.x": {"$gte": 1}}, "one large json"),
    ({"d.x.z": None}, "empty null one half large odd json"),
    ({"n.x": {"$exists": True}}, ""),
    ({"d": None}, "empty null"),
    ({"d": {"$ne": 1}}, "empty null one half large odd json"),
    ({"d": {"$gt": ""}}, ""),
    ({"d": {"$exists": True}}, "null one half large odd json"),
    ({"d.y": '{"x":1}'}, "json"),
    # Several conditions hold together; $and and $or nest.
    ({"n": 1, "b": True}, "one"),
    ({"$and": [{"n": {"$gt": 0}}, {"n": {"$lt": 1}}]}, "half"),
    ({"$or": [{"n": 1}, {"s": "A"}]}, "one half odd"),
    ({"$or": [{"$and": [{"n": 1}, {"b": False}]}, {"_id": "json"}], "d": {"$exists": True}}, "odd json"),
    ({"$or": [{"n": None}, {}]}, "empty null one half large odd json"),
    ({"$and": [{"$or": [{"b": True}, {"b": None}]}, {"s": {"$nin": ["a", "é"]}}]}, "empty null json"),
]

INDEXES = [Index(keys=("n",)), Index(keys=("s", "b")), Index(keys=("d.x",)), Index(keys=("t",), where={"b": True})]


@pytest.mark.parametrize("indexes", [[], INDEXES], ids=["plain", "indexed"])
async def test_a_filter_finds_the_same_on_every_engine_with_and_without_indexes(
    store: Store, indexes: list[Index]
) -> None:
    await store.ensure("things", indexes)
    await store.load("things", DOCUMENTS)

    wrong = {}
    for where, expected in CASES:
        found = {document["_id"] for document in await store.find("things", where)}
        if found != set(expected.split()) or await store.count("things", where) != len(found):
            wrong[repr(where)] = found

    assert not wrong


@pytest.mark.parametrize("indexes", [[], INDEXES], ids=["plain", "indexed"])
async def test_null_and_missing_sort_first_and_text_sorts_by_its_bytes(store: Store, indexes: list[Index]) -> None:
    await store.ensure("things", indexes)
    await store.load("things", DOCUMENTS)

    async def order(*sort: tuple[str, Any]) -> str:
        return " ".join(document["_id"] for document in await store.find("things", {}, sort=sort))

    assert await order(("n", 1), ("_id", 1)) == "empty null json half odd one large"
    assert await order(("n", -1), ("_id", 1)) == "large odd one half json empty null"
    assert await order(("s", 1), ("_id", -1)) == "null empty odd half json one large"
    assert await order(("b", 1), ("_id", 1)) == "empty null half odd json large one"
    assert await order(("t", -1), ("_id", 1)) == "large half json one odd empty null"
    assert await order(("d.x", 1), ("_id", 1)) == "empty half null odd one json large"


async def test_a_limit_takes_the_first_of_the_order(store: Store) -> None:
    await store.ensure("things", [])
    await store.load("things", DOCUMENTS)

    found = await store.find("things", {"n": {"$ne": None}}, sort=[("n", -1)], limit=2)

    assert found[0]["_id"] == "large"
    assert {found[1]["_id"]} <= {"one", "odd"}
    assert len(found) == 2


async def test_documents_are_counted_by_the_value_of_a_field(store: Store) -> None:
    await store.ensure("things", [])
    await store.load("things", DOCUMENTS)

    assert await store.group_count("things", {}, "n") == {None: 2, 1: 2, 0.5: 1, 2**40: 1, -3: 1}
    assert await store.group_count("things", {"d": {"$ne": None}}, "b") == {True: 3, False: 2}
    assert all(isinstance(key, bool) for key in await store.group_count("things", {"d": {"$ne": None}}, "b"))
    assert await store.group_count("things", {"_id": {"$in": ["one", "json"]}}, "d.y") == {"a": 1, '{"x":1}': 1}
    assert await store.group_count("things", {"_id": "nobody"}, "n") == {}
