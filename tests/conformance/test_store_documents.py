from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import Any

import msgspec
import pytest

from videocall.store.base import Document, DuplicateKey, Store, UnsupportedQuery

pytest_plugins = ("conformance.engines",)


class Colour(StrEnum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


class Times(msgspec.Struct):
    """What a repository does with a time, whichever form the engine gives."""

    whole: datetime
    cut: datetime
    elsewhere: datetime
    early: datetime
    nested: list[dict[str, datetime]]


async def test_what_was_inserted_is_found_again(store: Store) -> None:
    await store.ensure("things", [])
    document: Document = {
        "_id": "a",
        "none": None,
        "yes": True,
        "zero": 0,
        "small": -(2**63),
        "large": 2**63 - 1,
        "real": 0.1 + 0.2,
        "whole_real": 1.0,
        "tiny": 5e-324,
        "text": 'quote " backslash \\ line\n tab\t é 😀 \u2028 $x %',
        "empty": "",
        "list": [1, "a", None, [], {}, [{"x": [1.5]}]],
        "map": {"pt-BR": 1, "1": {"deep": {"er": False}}, "x y": 2},
    }
    await store.insert("things", document)

    [found] = await store.find("things", {"_id": "a"})

    assert found == document
    assert list(found["map"]) == list(document["map"])
    assert {key: type(value) for key, value in found.items()} == {key: type(value) for key, value in document.items()}
    assert msgspec.json.encode(found)


async def test_times_are_kept_in_utc_and_in_whole_milliseconds(store: Store) -> None:
    await store.ensure("things", [])
    moment = datetime(2026, 1, 2, 3, 4, 5, 678999, tzinfo=UTC)
    cut = moment.replace(microsecond=678000)
    berlin = timezone(timedelta(hours=1))
    await store.insert(
        "things",
        {
            "_id": "a",
            "whole": moment.replace(microsecond=0),
            "cut": moment,
            "elsewhere": moment.astimezone(berlin),
            "early": datetime(1, 1, 1, tzinfo=UTC),
            "nested": [{"at": moment}],
        },
    )

    [found] = await store.find("things", {"cut": moment, "elsewhere": {"$lte": moment}})

    times = msgspec.convert(found, Times)
    assert times.whole == moment.replace(microsecond=0)
    assert times.cut == times.elsewhere == times.nested[0]["at"] == cut
    assert times.early == datetime(1, 1, 1, tzinfo=UTC)


async def test_members_of_enumerations_are_kept_as_plain_values(store: Store) -> None:
    await store.ensure("things", [])
    await store.insert("things", {"_id": "a", "colour": Colour.RED, "level": Level.HIGH})

    [found] = await store.find("things", {"colour": Colour.RED, "level": {"$gte": Level.HIGH}})

    changed = await store.update("things", {"_id": "a"}, {"$set": {"colour": Colour.RED, "level": Level.HIGH}})

    for document in (found, changed or {}):
        assert document == {"_id": "a", "colour": "red", "level": 3}
        assert type(document["colour"]) is str
        assert type(document["level"]) is int


async def test_what_the_caller_holds_is_neither_changed_nor_shared(store: Store) -> None:
    await store.ensure("things", [])
    document: Document = {"_id": "a", "list": [1]}
    await store.insert("things", document)
    document["list"].append(2)
    set_to: list[Any] = [3]

    changed = await store.update("things", {"_id": "a"}, {"$set": {"other": set_to}})
    (changed or {})["other"].append(4)

    assert set_to == [3]
    assert await store.find("things", {}) == [{"_id": "a", "list": [1], "other": [3]}]
    assert document == {"_id": "a", "list": [1, 2]}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"_id": ""},
        {"_id": None},
        {"_id": 1},
        {"_id": ["a"]},
        {"_id": "a", "n": float("nan")},
        {"_id": "a", "n": float("inf")},
        {"_id": "a", "n": 2**63},
        {"_id": "a", "n": -(2**63) - 1},
        {"_id": "a", "t": datetime(2026, 1, 1)},  # noqa: DTZ001  no zone is the case
        {"_id": "a", "x": b"bytes"},
        {"_id": "a", "x": {1, 2}},
        {"_id": "a", "x": Ellipsis},
        {"_id": "a", "x": [{"y": "nul \0"}]},
        {"_id": "a", "x": "half \ud800"},
        {"_id": "a", "$x": 1},
        {"_id": "a", "x.y": 1},
        {"_id": "a", "x": {"$y": 1}},
        {"_id": "a", "x": {"y.z": 1}},
        {"_id": "a", "x": {"": 1}},
        {"_id": "a", "x": {1: 1}},
        {"_id": "a", "x": {"nul\0": 1}},
    ],
    ids=repr,
)
async def test_a_document_that_no_engine_could_hold_is_refused(store: Store, document: Document) -> None:
    await store.ensure("things", [])

    with pytest.raises(UnsupportedQuery):
        await store.insert("things", document)
    with pytest.raises(UnsupportedQuery):
        await store.load("things", [{"_id": "fine"}, document])

    assert await store.count("things", {}) == 0


async def test_the_same_id_is_inserted_once(store: Store) -> None:
    await store.ensure("things", [])
    await store.insert("things", {"_id": "a", "n": 1})

    with pytest.raises(DuplicateKey):
        await store.insert("things", {"_id": "a", "n": 2})

    assert await store.find("things", {}) == [{"_id": "a", "n": 1}]


async def test_delete_removes_what_matches_and_counts_it(store: Store) -> None:
    await store.ensure("things", [])
    await store.load("things", [{"_id": str(n), "n": n} for n in range(5)])

    assert await store.delete("things", {"n": {"$lt": 2}}) == 2
    assert await store.delete("things", {"n": {"$lt": 2}}) == 0
    assert await store.delete("things", {"_id": "4"}) == 1
    assert await store.count("things", {}) == 2
    assert await store.delete("things", {}) == 2


async def test_loading_twice_gives_the_same_as_once(store: Store) -> None:
    await store.ensure("things", [])
    await store.insert("things", {"_id": "1", "old": True})
    documents: list[Document] = [{"_id": str(n), "n": n} for n in range(1000)]

    await store.load("things", documents)
    await store.load("things", documents)
    await store.load("things", [])
    await store.load("things", [{"_id": "x", "n": 1}, {"_id": "x", "n": 2}])

    assert await store.find("things", {"_id": {"$ne": "x"}}, sort=[("n", 1)]) == documents
    assert await store.find("things", {"_id": "x"}) == [{"_id": "x", "n": 2}]


async def test_collections_are_apart(store: Store) -> None:
    await store.ensure("things", [])
    await store.ensure("others", [])
    await store.insert("things", {"_id": "a"})
    await store.insert("others", {"_id": "a"})

    assert await store.delete("others", {}) == 1
    assert await store.count("things", {}) == 1


async def test_a_store_answers_a_ping(store: Store) -> None:
    await store.ping()
