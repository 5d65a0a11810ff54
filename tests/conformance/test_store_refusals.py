from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from videocall.store.base import Filter, Index, Store, UnsupportedQuery

pytest_plugins = ("conformance.engines",)

FILTERS: list[Any] = [
    {"$nor": [{"a": 1}]},
    {"$where": "true"},
    {"$expr": {"$eq": ["$a", 1]}},
    {"a": {"$eq": 1}},
    {"a": {"$regex": "x"}},
    {"a": {"$not": {"$lt": 1}}},
    {"a": {"$elemMatch": {"b": 1}}},
    {"a": {"$size": 1}},
    {"a": {"$type": "string"}},
    {"a": {"$lt": 1, "b": 2}},
    {"a": {"b": 1}},
    {"a": {}},
    {"a": [1]},
    {"a": {"$ne": [1]}},
    {"a": {"$ne": {"b": 1}}},
    {"a": {"$in": [[1]]}},
    {"a": {"$in": 1}},
    {"a": {"$in": "text"}},
    {"a": {"$in": ["x"] * 10_001}},
    {"a": {"$lt": None}},
    {"a": {"$gte": True}},
    {"a": {"$exists": 1}},
    {"a": float("nan")},
    {"a": {"$gt": float("inf")}},
    {"a": 2**63},
    {"a": datetime(2026, 1, 1)},  # noqa: DTZ001  no zone is the case
    {"a": b"x"},
    {"$and": []},
    {"$or": []},
    {"$or": {"a": 1}},
    {"$and": [{"a": {"$regex": "x"}}]},
    {"a.0": 1},
    {"a b": 1},
    {"a'": 1},
    {"": 1},
    {"a.": 1},
    {".a": 1},
    {"é": 1},
    {"_id.a": 1},
]

CHANGES: list[Any] = [
    {},
    {"$set": {}},
    {"a": 1},
    {"$set": {"a": 1}, "b": 2},
    {"$rename": {"a": "b"}},
    {"$mul": {"a": 2}},
    {"$pop": {"a": 1}},
    {"$pullAll": {"a": [1]}},
    {"$currentDate": {"a": True}},
    {"$set": {"_id": "b"}},
    {"$unset": {"_id": ""}},
    {"$set": {"a": 1}, "$inc": {"a": 1}},
    {"$set": {"a": 1, "a.b": 1}},
    {"$set": {"a.b.c": 1}, "$unset": {"a.b": ""}},
    {"$set": {"a": 1}, "$setOnInsert": {"a": 2}},
    {"$set": {"a.$": 1}},
    {"$set": {"a.0": 1}},
    {"$set": {"$a": 1}},
    {"$set": {"a": {"$b": 1}}},
    {"$set": {"a": {"b.c": 1}}},
    {"$set": {"a": Ellipsis}},
    {"$set": {"a": "nul \0"}},
    {"$inc": {"a": "1"}},
    {"$inc": {"a": True}},
    {"$inc": {"a": None}},
    {"$inc": {"a": float("inf")}},
    {"$max": {"a": None}},
    {"$min": {"a": False}},
    {"$max": {"a": [1]}},
    {"$push": {"a": [1]}},
    {"$push": {"a": {"$each": [1]}}},
    {"$addToSet": {"a": {"$each": [1]}}},
    {"$addToSet": {"a": [1]}},
    {"$pull": {"a": {"$in": [1]}}},
    {"$pull": {"a": {"b": {"$gt": 1}}}},
    {"$pull": {"a": {"b": {"c": 1}}}},
    {"$pull": {"a": {"b.c": 1}}},
    {"$pull": {"a": {}}},
    {"$pull": {"a": [1]}},
]

UPSERTS: list[tuple[Filter, Any]] = [
    ({}, {"$set": {"a": 1}}),
    ({"a": 1}, {"$set": {"b": 1}}),
    ({"_id": {"$ne": "a"}}, {"$set": {"b": 1}}),
    ({"_id": None}, {"$set": {"b": 1}}),
    ({"_id": 1}, {"$set": {"b": 1}}),
    ({"_id": "new"}, {"$setOnInsert": {"_id": "new"}}),
    ({"_id": "new", "$and": [{"a": 1}]}, {"$set": {"b": 1}}),
    ({"_id": "new", "$or": [{"a": 1}]}, {"$set": {"b": 1}}),
    ({"_id": "new", "a": {"$in": [1]}}, {"$set": {"b": 1}}),
    ({"_id": "new", "a": 1, "a.b": 1}, {"$set": {"b": 1}}),
    ({"_id": "new", "a": 1}, {"$set": {"a.b": 1}}),
    ({"_id": "new", "a": None}, {"$inc": {"a": 1}}),
]


async def refused(call: Awaitable[object]) -> bool:
    try:
        await call
    except UnsupportedQuery:
        return True
    return False


async def test_a_filter_outside_the_subset_is_refused_by_every_call(store: Store) -> None:
    await store.ensure("things", [])
    await store.insert("things", {"_id": "a", "a": 1})

    accepted = []
    for where in FILTERS:
        calls: dict[str, Awaitable[object]] = {
            "find": store.find("things", where),
            "count": store.count("things", where),
            "update": store.update("things", where, {"$set": {"b": 1}}),
            "update_many": store.update_many("things", where, {"$set": {"b": 1}}),
            "delete": store.delete("things", where),
            "group_count": store.group_count("things", where, "a"),
        }
        accepted += [(name, where) for name, call in calls.items() if not await refused(call)]

    assert accepted == []
    assert await store.find("things", {}) == [{"_id": "a", "a": 1}]


async def test_a_change_outside_the_subset_is_refused_also_when_nothing_matches(store: Store) -> None:
    await store.ensure("things", [])
    await store.insert("things", {"_id": "a", "a": 1})

    accepted = []
    for change in CHANGES:
        for where in ({"_id": "a"}, {"_id": "nobody"}):
            if not await refused(store.update("things", where, change)):
                accepted.append(("update", change))
            if not await refused(store.update_many("things", where, change)):
                accepted.append(("update_many", change))

    assert accepted == []
    assert await store.find("things", {}) == [{"_id": "a", "a": 1}]


async def test_an_upsert_that_cannot_tell_its_document_is_refused(store: Store) -> None:
    await store.ensure("things", [])

    accepted = [case for case in UPSERTS if not await refused(store.update("things", *case, upsert=True))]

    assert accepted == []
    assert await store.count("things", {}) == 0


async def test_orders_limits_and_fields_outside_the_subset_are_refused(store: Store) -> None:
    await store.ensure("things", [])
    wrong_direction: Any = 2

    assert await refused(store.find("things", {}, sort=[("a.0", 1)]))
    assert await refused(store.find("things", {}, sort=[("$natural", 1)]))
    assert await refused(store.find("things", {}, sort=[("a", wrong_direction)]))
    assert await refused(store.find("things", {}, sort=[("a", 1), ("a", -1)]))
    assert await refused(store.find("things", {}, limit=0))
    assert await refused(store.find("things", {}, limit=-1))
    assert await refused(store.group_count("things", {}, "$a"))


async def test_lists_and_maps_are_not_counted_by(store: Store) -> None:
    await store.ensure("things", [])
    await store.load("things", [{"_id": "a", "list": [1], "map": {"x": 1}}])

    assert await refused(store.group_count("things", {}, "list"))
    assert await refused(store.group_count("things", {}, "map"))


async def test_a_collection_that_was_not_ensured_is_refused(store: Store) -> None:
    assert await refused(store.find("things", {}))
    assert await refused(store.insert("things", {"_id": "a"}))
    assert await refused(store.load("things", [{"_id": "a"}]))
    assert await refused(store.update("things", {}, {"$set": {"a": 1}}))
    assert await refused(store.delete("things", {}))
    assert await refused(store.group_count("things", {}, "a"))


async def test_a_collection_or_index_that_cannot_be_is_refused(store: Store) -> None:
    number: Any = 1
    for name in ("", "Things", "a.b", "a b", 'a"b', "$a", "1a"):
        assert await refused(store.ensure(name, []))
    assert await refused(store.ensure("things", [Index(keys=())]))
    assert await refused(store.ensure("things", [Index(keys=("a", "a"))]))
    assert await refused(store.ensure("things", [Index(keys=("a.0",))]))
    assert await refused(store.ensure("things", [Index(keys=("a",), where={"b": number})]))
    assert await refused(store.ensure("things", [Index(keys=("a",), where={"$b": True})]))
    assert await refused(store.find("things", {}))
