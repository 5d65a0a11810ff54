from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from videocall.store.base import Document, DuplicateKey, Index, Store, UnsupportedQuery, Update

pytest_plugins = ("conformance.engines",)

NOON = datetime(2026, 6, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=1)

CASES: list[tuple[Document, Update, Document]] = [
    ({}, {"$set": {"a": 1}}, {"a": 1}),
    ({"a": 1}, {"$set": {"a": None}}, {"a": None}),
    ({}, {"$set": {"a.b.c": [1, {"d": None}]}}, {"a": {"b": {"c": [1, {"d": None}]}}}),
    ({"a": {"x": 1}}, {"$set": {"a.b": 2}}, {"a": {"x": 1, "b": 2}}),
    ({"a": {"x": 1}}, {"$set": {"a": {}}}, {"a": {}}),
    ({"a": 1, "b": 2}, {"$unset": {"a": ""}}, {"b": 2}),
    ({"a": {"x": 1, "y": 2}}, {"$unset": {"a.x": ""}}, {"a": {"y": 2}}),
    # What is not there is not made.
    ({}, {"$unset": {"a.b.c": ""}}, {}),
    ({"a": 5}, {"$unset": {"a.b": ""}}, {"a": 5}),
    ({"a": None}, {"$unset": {"a.b": ""}}, {"a": None}),
    ({"a": [{"b": 1}]}, {"$unset": {"a.b": ""}}, {"a": [{"b": 1}]}),
    ({}, {"$inc": {"a.b": 2}}, {"a": {"b": 2}}),
    ({"a": 1}, {"$inc": {"a": -3}}, {"a": -2}),
    ({"a": 1}, {"$inc": {"a": 0.5}}, {"a": 1.5}),
    ({"a": 2**31 - 1}, {"$inc": {"a": 1}}, {"a": 2**31}),
    ({}, {"$max": {"a": 3}, "$min": {"b": 3}}, {"a": 3, "b": 3}),
    ({"a": 5, "b": 5}, {"$max": {"a": 3}, "$min": {"b": 3}}, {"a": 5, "b": 3}),
    ({"a": 1, "b": 1}, {"$max": {"a": 3}, "$min": {"b": 3}}, {"a": 3, "b": 1}),
    # Null sorts below everything.
    ({"a": None, "b": None}, {"$max": {"a": 3}, "$min": {"b": 3}}, {"a": 3, "b": None}),
    ({"a": NOON, "b": NOON}, {"$max": {"a": LATER}, "$min": {"b": LATER}}, {"a": LATER, "b": NOON}),
    ({"a": "é", "b": "é"}, {"$max": {"a": "z"}, "$min": {"b": "z"}}, {"a": "é", "b": "z"}),
    ({}, {"$push": {"a.b": 1}}, {"a": {"b": [1]}}),
    ({"a": [1]}, {"$push": {"a": 1}}, {"a": [1, 1]}),
    ({"a": []}, {"$push": {"a": {"x": [1]}}}, {"a": [{"x": [1]}]}),
    ({}, {"$addToSet": {"a": None}}, {"a": [None]}),
    ({"a": [1]}, {"$addToSet": {"a": 1.0}}, {"a": [1]}),
    ({"a": [1]}, {"$addToSet": {"a": True}}, {"a": [1, True]}),
    ({"a": [{"x": 1, "y": 2}]}, {"$addToSet": {"a": {"x": 1, "y": 2.0}}}, {"a": [{"x": 1, "y": 2}]}),
    ({"a": [{"x": 1}]}, {"$addToSet": {"a": {"x": 1, "y": 2}}}, {"a": [{"x": 1}, {"x": 1, "y": 2}]}),
    ({"a": [{"x": [1, {}]}]}, {"$addToSet": {"a": {"x": [1, {}]}}}, {"a": [{"x": [1, {}]}]}),
    # The order of a map's keys counts.
    ({"a": [{"x": 1, "y": 2}]}, {"$addToSet": {"a": {"y": 2, "x": 1}}}, {"a": [{"x": 1, "y": 2}, {"y": 2, "x": 1}]}),
    ({"a": [{"x": 1, "y": 1}]}, {"$addToSet": {"a": {"y": 1, "x": 1}}}, {"a": [{"x": 1, "y": 1}, {"y": 1, "x": 1}]}),
    ({"a": [{"x": 1}]}, {"$addToSet": {"a": {"y": 1}}}, {"a": [{"x": 1}, {"y": 1}]}),
    ({}, {"$pull": {"a.b": 1}}, {}),
    ({"a": {"c": 1}}, {"$pull": {"a.b": 1}}, {"a": {"c": 1}}),
    ({"a": [1, 1.0, True, "1", None]}, {"$pull": {"a": 1}}, {"a": [True, "1", None]}),
    ({"a": [1, None, {}]}, {"$pull": {"a": None}}, {"a": [1, {}]}),
    ({"a": [NOON, LATER]}, {"$pull": {"a": NOON}}, {"a": [LATER]}),
    # A map pulls every element that has these fields, whatever else it has.
    (
        {"a": [{"x": 1}, {"x": 1, "y": 2}, {"x": 2}, 1, {}]},
        {"$pull": {"a": {"x": 1}}},
        {"a": [{"x": 2}, 1, {}]},
    ),
    ({"a": [{"x": None}, {"y": 1}, {"x": 1}, 5]}, {"$pull": {"a": {"x": None}}}, {"a": [{"x": 1}, 5]}),
    ({"a": 1}, {"$setOnInsert": {"a": 2}}, {"a": 1}),
    (
        {"n": 1, "gone": 1, "list": [1, 2]},
        {"$set": {"a.x": 1, "a.y": 2}, "$unset": {"gone": ""}, "$inc": {"n": 1}, "$pull": {"list": 1}},
        {"n": 2, "a": {"x": 1, "y": 2}, "list": [2]},
    ),
]

REFUSED: list[tuple[Document, Update]] = [
    ({"a": 5}, {"$set": {"a.b": 1}}),
    ({"a": None}, {"$set": {"a.b": 1}}),
    ({"a": [{}]}, {"$set": {"a.b": 1}}),
    ({"a": None}, {"$inc": {"a": 1}}),
    ({"a": "1"}, {"$inc": {"a": 1}}),
    ({"a": True}, {"$inc": {"a": 1}}),
    ({"a": 2**63 - 1}, {"$inc": {"a": 1}}),
    ({"a": None}, {"$push": {"a": 1}}),
    ({"a": 1}, {"$push": {"a": 1}}),
    ({"a": None}, {"$addToSet": {"a": 1}}),
    ({"a": None}, {"$pull": {"a": 1}}),
    ({"a": {"b": 1}}, {"$pull": {"a": 1}}),
    ({"a": 5}, {"$pull": {"a.b": 1}}),
    ({"a": None}, {"$pull": {"a.b.c": 1}}),
    ({"a": 5}, {"$max": {"a.b": 1}}),
    ({"a": 5, "n": 1}, {"$inc": {"n": 1}, "$push": {"a": 1}}),
]


def as_one_form(value: Any) -> Any:
    """A document with its times as text, whichever form the engine gives."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return {key: as_one_form(part) for key, part in value.items()}
    return [as_one_form(part) for part in value] if isinstance(value, list) else value


async def test_a_change_makes_the_same_on_every_engine_and_returns_it(store: Store) -> None:
    await store.ensure("things", [])

    for number, (before, change, after) in enumerate(CASES):
        one = {"_id": f"{number}"}
        await store.insert("things", before | one)
        returned = await store.update("things", one, change)
        assert as_one_form(returned) == as_one_form(after | one), (before, change)
        assert await store.find("things", one) == [returned]
        assert msgspec.json.encode(returned), "plain types only"

        await store.update_many("things", one, {"$set": {"again": True}})
        assert await store.find("things", one) == [(returned or {}) | {"again": True}]


async def test_update_many_makes_the_same_as_update(store: Store) -> None:
    await store.ensure("things", [])

    for number, (before, change, after) in enumerate(CASES):
        await store.load("things", [before | {"_id": f"{number}-{twin}", "twins": number} for twin in range(2)])
        assert await store.update_many("things", {"twins": number}, change) == 2
        for found in await store.find("things", {"twins": number}):
            assert as_one_form(found) == as_one_form(after | {"_id": found["_id"], "twins": number}), (before, change)


async def test_a_change_that_does_not_fit_the_document_is_refused_and_changes_nothing(store: Store) -> None:
    await store.ensure("things", [])

    for number, (before, change) in enumerate(REFUSED):
        document = before | {"_id": f"{number}"}
        await store.insert("things", document)
        with pytest.raises(UnsupportedQuery):
            await store.update("things", {"_id": f"{number}"}, change)
        with pytest.raises(UnsupportedQuery):
            await store.update_many("things", {"_id": f"{number}"}, change)
        assert await store.find("things", {"_id": f"{number}"}) == [document], (before, change)


async def test_update_changes_one_and_says_none_when_nothing_matches(store: Store) -> None:
    await store.ensure("things", [])
    await store.load("things", [{"_id": "a", "n": 1}, {"_id": "b", "n": 1}])

    assert await store.update("things", {"n": 2}, {"$inc": {"n": 1}}) is None
    assert (await store.update("things", {"n": 1}, {"$inc": {"n": 1}}) or {})["n"] == 2
    assert await store.group_count("things", {}, "n") == {1: 1, 2: 1}


async def test_update_many_counts_what_matched_even_where_nothing_changed(store: Store) -> None:
    await store.ensure("things", [])
    await store.load("things", [{"_id": "a", "n": 1}, {"_id": "b", "n": 2}, {"_id": "c", "n": 3}])

    assert await store.update_many("things", {"n": {"$lte": 2}}, {"$set": {"n": 2}}) == 2
    assert await store.update_many("things", {"n": 9}, {"$set": {"n": 2}}) == 0
    assert await store.group_count("things", {}, "n") == {2: 2, 3: 1}


async def test_an_upsert_takes_the_equalities_of_its_filter_and_what_is_set_on_insert(store: Store) -> None:
    await store.ensure("things", [])
    change: Update = {"$inc": {"n": 1}, "$setOnInsert": {"made": True, "d.y": 1}}
    where = {"_id": "a", "d.x": None, "t": {"$exists": False}, "n": {"$ne": 7}}

    first = await store.update("things", where, change, upsert=True)
    second = await store.update("things", {"_id": "a"}, {**change, "$set": {"d.x": 5}}, upsert=True)

    assert first == {"_id": "a", "d": {"x": None, "y": 1}, "n": 1, "made": True}
    assert second == {"_id": "a", "d": {"x": 5, "y": 1}, "n": 2, "made": True}
    assert await store.find("things", {}) == [second]


async def test_an_upsert_may_take_its_id_from_what_is_set_on_insert(store: Store) -> None:
    await store.ensure("things", [Index(keys=("code",), unique=True)])

    change: Update = {"$setOnInsert": {"_id": "a"}, "$inc": {"n": 1}}

    await store.update("things", {"code": "x"}, change, upsert=True)
    await store.update("things", {"code": "x"}, change, upsert=True)

    assert await store.find("things", {}) == [{"_id": "a", "code": "x", "n": 2}]


async def test_a_guarded_upsert_that_finds_its_document_guarded_is_a_duplicate(store: Store) -> None:
    await store.ensure("leases", [])
    take: Update = {"$set": {"until": LATER}}

    assert await store.update("leases", {"_id": "sweep", "until": {"$lte": NOON}}, take, upsert=True)
    with pytest.raises(DuplicateKey):
        await store.update("leases", {"_id": "sweep", "until": {"$lte": NOON}}, take, upsert=True)
    assert await store.update("leases", {"_id": "sweep", "until": {"$lte": LATER}}, take, upsert=True)
