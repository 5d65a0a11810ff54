"""The closed subset of MongoDB's language, held for every engine: what is outside raises `UnsupportedQuery`.

Everything here returns a checked copy in the same language, with each time in the form that the engine holds. So
MongoDB takes the copy as it is, and SQLite compiles it without checking again.
"""

from collections.abc import Callable, Mapping
from typing import Any

from videocall.store.base import Document, Filter, Sort, UnsupportedQuery, Update
from videocall.store.changes import changed
from videocall.store.values import Moment, copied, copied_document, field, number, ordered, related, scalar

LONGEST_LIST = 10_000
"""How many values `$in` and `$nin` take: SQLite's own bound is at 32,766 for the whole statement."""


def checked_filter(where: Filter, moment: Moment) -> Document:
    """A copy of a filter."""
    copy: Document = {}
    for name, wanted in where.items():
        if name in ("$and", "$or"):
            if not isinstance(wanted, list | tuple) or not wanted:
                raise UnsupportedQuery(f"{name} takes a list of filters that is not empty.")
            copy[name] = [checked_filter(part, moment) for part in wanted]
        elif isinstance(wanted, Mapping):
            copy[field(name)] = _operators(wanted, moment)
        else:
            copy[field(name)] = scalar(wanted, moment)
    return copy


def _operators(wanted: Mapping[str, Any], moment: Moment) -> Document:
    if not wanted or not wanted.keys() <= _FILTER_OPERATORS.keys():
        raise UnsupportedQuery(f"{list(wanted)} is no condition of the subset.")
    return {operator: _FILTER_OPERATORS[operator](value, moment) for operator, value in wanted.items()}


def _values(values: Any, moment: Moment) -> list[Any]:
    if not isinstance(values, list | tuple | set | frozenset) or len(values) > LONGEST_LIST:
        raise UnsupportedQuery(f"$in and $nin take a list of at most {LONGEST_LIST} values.")
    return [scalar(value, moment) for value in values]


def _boolean(value: Any, _: Moment) -> bool:
    if not isinstance(value, bool):
        raise UnsupportedQuery("$exists takes True or False.")
    return value


_FILTER_OPERATORS: dict[str, Callable[[Any, Moment], Any]] = {
    "$ne": scalar,
    "$in": _values,
    "$nin": _values,
    "$lt": ordered,
    "$lte": ordered,
    "$gt": ordered,
    "$gte": ordered,
    "$exists": _boolean,
}


def checked_change(change: Update, moment: Moment) -> Document:
    """A copy of an update, in which no path is touched twice."""
    copy: Document = {}
    for operator, fields in change.items():
        if operator not in _CHANGE_OPERATORS or not fields:
            raise UnsupportedQuery(f"{operator} with {fields!r} is no change of the subset.")
        value_of = _CHANGE_OPERATORS[operator]
        copy[operator] = {field(path): value_of(value, moment) for path, value in fields.items()}
    paths = [path for fields in copy.values() for path in fields]
    if not paths:
        raise UnsupportedQuery("A change that changes nothing.")
    refuse_overlap(paths)
    if any("_id" in fields for operator, fields in copy.items() if operator != "$setOnInsert"):
        raise UnsupportedQuery("An _id never changes.")
    return copy


def refuse_overlap(paths: list[str]) -> None:
    """Raise `UnsupportedQuery` when a path comes twice, or lies inside another one."""
    if len(paths) > 1 and any(related(path, other) for at, path in enumerate(paths) for other in paths[:at]):
        raise UnsupportedQuery(f"{paths} overlap.")


def _nothing(_: Any, __: Moment) -> str:
    return ""


def _amount(value: Any, _: Moment) -> int | float:
    return number(value)


def _element(value: Any, moment: Moment) -> Any:
    if isinstance(value, list | tuple):
        raise UnsupportedQuery("An element of a list is a single value or a map, never a list.")
    return copied(value, moment)


def _pulled(value: Any, moment: Moment) -> Any:
    # MongoDB reads a map here as a filter on the elements, so it is held to what filters are.
    if not isinstance(value, Mapping):
        return scalar(value, moment)
    if not value or any("." in path for path in value):
        raise UnsupportedQuery("$pull takes a single value, or a map of single values to be found in an element.")
    return {field(path): scalar(part, moment) for path, part in value.items()}


_CHANGE_OPERATORS: dict[str, Callable[[Any, Moment], Any]] = {
    "$set": copied,
    "$unset": _nothing,
    "$inc": _amount,
    "$max": ordered,
    "$min": ordered,
    "$push": _element,
    "$pull": _pulled,
    "$addToSet": _element,
    "$setOnInsert": copied,
}


def inserted(where: Filter, change: Update, moment: Moment) -> Document:
    """The document that an upsert of this (checked) filter and change makes when nothing matches.

    Raises `UnsupportedQuery` when that document would have no text as ``_id``, or depend on more than equalities.
    """
    equal: dict[str, Any] = {}
    for name, wanted in where.items():
        # MongoDB takes equalities out of these too, by rules that changed between its versions.
        if name in ("$and", "$or") or (isinstance(wanted, Mapping) and "$in" in wanted):
            raise UnsupportedQuery("The filter of an upsert takes no $and, $or or $in.")
        if not isinstance(wanted, Mapping):
            equal[name] = wanted
    refuse_overlap(list(equal))
    if "_id" in equal and "_id" in change.get("$setOnInsert", ()):
        raise UnsupportedQuery("The _id of an upsert comes from the filter or from $setOnInsert, not from both.")
    return copied_document(changed(changed({}, {"$set": equal}), change, inserting=True), moment)


def checked_sort(sort: Sort) -> list[tuple[str, int]]:
    """A copy of an order, in which no field comes twice."""
    copy: list[tuple[str, int]] = [(field(path), direction) for path, direction in sort]
    if len(dict(copy)) < len(copy) or any(direction not in (1, -1) for _, direction in copy):
        raise UnsupportedQuery(f"{sort!r} is no order.")
    return copy


def checked_limit(limit: int | None) -> int | None:
    """The limit as it came; 0 is refused because MongoDB takes it for none."""
    if limit is not None and limit < 1:
        raise UnsupportedQuery(f"A limit is 1 or more, not {limit!r}.")
    return limit
