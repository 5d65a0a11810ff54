import asyncio
from typing import Any

import pytest

from videocall.store.base import Document, DuplicateKey, Index, Store, UnsupportedQuery

pytest_plugins = ("conformance.engines",)

UNIQUE = [Index(keys=("code",), unique=True)]
BY_FIELD_AND_PATH = [Index(keys=("meeting", "d.name"), unique=True)]
LIVE_ROOM = [Index(keys=("room",), unique=True, where={"live": True})]
OPEN_ROOM = [Index(keys=("room",), unique=True, where={"ended_at": None})]


async def test_a_unique_value_is_inserted_once(store: Store) -> None:
    await store.ensure("things", UNIQUE)
    await store.insert("things", {"_id": "a", "code": "x"})

    with pytest.raises(DuplicateKey):
        await store.insert("things", {"_id": "b", "code": "x"})
    await store.insert("things", {"_id": "b", "code": "X"})

    assert await store.find("things", {}, sort=[("_id", 1)]) == [{"_id": "a", "code": "x"}, {"_id": "b", "code": "X"}]


async def test_an_update_onto_a_taken_value_changes_nothing(store: Store) -> None:
    await store.ensure("things", UNIQUE)
    documents: list[Document] = [{"_id": "a", "code": "x", "n": 1}, {"_id": "b", "code": "y", "n": 1}]
    await store.load("things", documents)

    with pytest.raises(DuplicateKey):
        await store.update("things", {"_id": "b"}, {"$set": {"code": "x"}, "$inc": {"n": 1}})
    with pytest.raises(DuplicateKey):
        await store.update("things", {"_id": "c"}, {"$set": {"code": "x"}}, upsert=True)
    assert await store.update("things", {"_id": "a"}, {"$set": {"code": "x"}}) == documents[0]

    assert await store.find("things", {}, sort=[("_id", 1)]) == documents


async def test_the_parts_of_a_joint_key_may_repeat(store: Store) -> None:
    await store.ensure("things", BY_FIELD_AND_PATH)
    await store.insert("things", {"_id": "a", "meeting": "m", "d": {"name": "x"}})
    await store.insert("things", {"_id": "b", "meeting": "m", "d": {"name": "y"}})
    await store.insert("things", {"_id": "c", "meeting": "n", "d": {"name": "x"}})

    with pytest.raises(DuplicateKey):
        await store.update("things", {"_id": "c"}, {"$set": {"meeting": "m"}})
    with pytest.raises(DuplicateKey):
        await store.insert("things", {"_id": "d", "meeting": "n", "d": {"name": "x"}})


@pytest.mark.parametrize(
    ("indexes", "held", "free"),
    [
        (LIVE_ROOM, {"live": True}, [{"live": False}, {"live": None}, {}]),
        (OPEN_ROOM, {"ended_at": None}, [{"ended_at": "2026"}, {"ended_at": False}]),
        (OPEN_ROOM, {}, [{"ended_at": "2026"}]),
    ],
    ids=["boolean", "null", "missing"],
)
async def test_a_partial_index_holds_only_where_its_condition_does(
    store: Store, indexes: list[Index], held: Document, free: list[Document]
) -> None:
    await store.ensure("rooms", indexes)
    await store.insert("rooms", {"_id": "a", "room": "r", **held})
    for number, outside in enumerate(free):
        await store.insert("rooms", {"_id": f"free-{number}", "room": "r", **outside})

    with pytest.raises(DuplicateKey):
        await store.insert("rooms", {"_id": "b", "room": "r", **held})
    with pytest.raises(DuplicateKey):
        await store.update("rooms", {"_id": "free-0"}, {"$set": {"live": True, "ended_at": None}})
    await store.delete("rooms", {"_id": "a"})
    await store.update("rooms", {"_id": "free-0"}, {"$set": {"live": True, "ended_at": None}})

    assert await store.count("rooms", {"room": "r"}) == len(free)


async def test_of_many_who_want_one_value_exactly_one_gets_it(store: Store) -> None:
    await store.ensure("things", UNIQUE)

    outcomes = await asyncio.gather(
        *(store.insert("things", {"_id": str(n), "code": "x"}) for n in range(20)), return_exceptions=True
    )

    assert [type(outcome) for outcome in outcomes if outcome] == [DuplicateKey] * 19
    assert await store.count("things", {}) == 1


@pytest.mark.parametrize("value", [None, 1, True, ["x"], {"x": 1}], ids=repr)
async def test_a_unique_field_holds_text_and_nothing_else(store: Store, value: Any) -> None:
    await store.ensure("things", UNIQUE)
    await store.insert("things", {"_id": "a", "code": "x"})

    with pytest.raises(UnsupportedQuery):
        await store.insert("things", {"_id": "b", "code": value})
    with pytest.raises(UnsupportedQuery):
        await store.load("things", [{"_id": "b", "code": value}])
    with pytest.raises(UnsupportedQuery):
        await store.update("things", {"_id": "a"}, {"$set": {"code": value}})
    with pytest.raises(UnsupportedQuery):
        await store.update("things", {"_id": "c"}, {"$set": {"code": value}}, upsert=True)

    assert await store.find("things", {}) == [{"_id": "a", "code": "x"}]


async def test_a_unique_field_stays_in_every_document(store: Store) -> None:
    await store.ensure("things", [*UNIQUE, *BY_FIELD_AND_PATH])
    whole: Document = {"_id": "a", "code": "x", "meeting": "m", "d": {"name": "x"}}
    await store.insert("things", whole)

    changes: list[Any] = [
        {"$unset": {"code": ""}},
        {"$max": {"code": "z"}},
        {"$set": {"code.x": 1}},
        {"$set": {"d": {"name": "y"}}},
        {"$unset": {"d": ""}},
    ]
    for change in changes:
        with pytest.raises(UnsupportedQuery):
            await store.update("things", {"_id": "a"}, change)
    for document in ({}, {"code": "y", "meeting": "m"}, {"code": "y", "meeting": "m", "d": {}}):
        with pytest.raises(UnsupportedQuery):
            await store.insert("things", {"_id": "b", **document})
    with pytest.raises(UnsupportedQuery):
        await store.update("things", {"_id": "b"}, {"$set": {"code": "y", "meeting": "m"}}, upsert=True)

    assert await store.find("things", {}) == [whole]
    assert await store.update("things", {"_id": "a"}, {"$set": {"d.name": "y", "d.n": 1}})


async def test_update_many_leaves_unique_fields_and_what_decides_over_them_alone(store: Store) -> None:
    await store.ensure("rooms", LIVE_ROOM)
    await store.insert("rooms", {"_id": "a", "room": "r", "live": False})

    with pytest.raises(UnsupportedQuery):
        await store.update_many("rooms", {"_id": "a"}, {"$set": {"room": "s"}})
    with pytest.raises(UnsupportedQuery):
        await store.update_many("rooms", {"_id": "nobody"}, {"$set": {"live": True}})

    assert await store.find("rooms", {}) == [{"_id": "a", "room": "r", "live": False}]


async def test_a_load_that_meets_a_taken_value_deletes_nobody(store: Store) -> None:
    await store.ensure("things", UNIQUE)
    await store.insert("things", {"_id": "a", "code": "x"})

    with pytest.raises(DuplicateKey):
        await store.load("things", [{"_id": "b", "code": "x"}])

    assert await store.find("things", {}) == [{"_id": "a", "code": "x"}]


async def test_indexes_are_made_once_and_may_be_added_later(store: Store) -> None:
    await store.ensure("things", [Index(keys=("code",))])
    await store.insert("things", {"_id": "a", "code": "x"})
    for _ in range(2):
        await store.ensure("things", [Index(keys=("code",)), *UNIQUE])

    with pytest.raises(DuplicateKey):
        await store.insert("things", {"_id": "b", "code": "x"})


async def test_a_unique_index_over_duplicates_that_are_there_is_not_made(store: Store) -> None:
    await store.ensure("things", [])
    await store.load("things", [{"_id": "a", "code": "x"}, {"_id": "b", "code": "x"}])

    with pytest.raises(DuplicateKey):
        await store.ensure("things", UNIQUE)

    assert await store.count("things", {}) == 2
