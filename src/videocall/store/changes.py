"""What an update of the subset does to a document, exactly as MongoDB does it.

The changes were checked by `videocall.store.subset`. What depends on the document itself (a number added to a text, a
field inside something that is no map) raises `UnsupportedQuery`, as MongoDB refuses it: one field, one type.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from videocall.store.base import Document, UnsupportedQuery, Update
from videocall.store.values import number

_MISSING: Any = object()


def changed(document: Document, change: Update, *, inserting: bool = False) -> Document:
    """Change a document in place and return it. `$setOnInsert` counts only for one that is `inserting`."""
    for operator, fields in change.items():
        if operator == "$setOnInsert" and not inserting:
            continue
        for path, value in fields.items():
            _OPERATORS[operator](document, path, value)
    return document


def value_at(document: Document, path: str) -> Any:
    """The value at a dotted path, None where there is none."""
    value = _existing(document, path)
    return None if value is _MISSING else value


def _existing(document: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(document, dict) or name not in document:
            return _MISSING
        document = document[name]
    return document


def _parent(document: Document, path: str) -> Document | None:
    """The map that a path's last name is in, or would be; None when it is not there."""
    for name in path.split(".")[:-1]:
        if name not in document:
            return None
        document = document[name]
        if not isinstance(document, dict):
            raise UnsupportedQuery(f"{path} lies inside something that is no map.")
    return document


def _set(document: Document, path: str, value: Any) -> None:
    holder = _parent(document, path)
    if holder is None:
        parent = path.rpartition(".")[0]
        _set(document, parent, holder := {})
    holder[path.rpartition(".")[2]] = value


def _unset(document: Document, path: str, _: Any) -> None:
    parent, _dot, last = path.rpartition(".")
    holder = _existing(document, parent) if parent else document
    if isinstance(holder, dict):
        holder.pop(last, None)


def _inc(document: Document, path: str, amount: float) -> None:
    old = _existing(document, path)
    _set(document, path, number(amount if old is _MISSING else number(old) + amount))


def _max(document: Document, path: str, value: Any) -> None:
    old = _existing(document, path)
    if old is _MISSING or _below(old, value):
        _set(document, path, value)


def _min(document: Document, path: str, value: Any) -> None:
    old = _existing(document, path)
    if old is _MISSING or _below(value, old):
        _set(document, path, value)


def _push(document: Document, path: str, element: Any) -> None:
    _set(document, path, [*_elements(document, path), element])


def _add_to_set(document: Document, path: str, element: Any) -> None:
    elements = _elements(document, path)
    if not any(_same(element, other) for other in elements):
        elements = [*elements, element]
    _set(document, path, elements)


def _pull(document: Document, path: str, wanted: Any) -> None:
    # Unlike $unset, $pull refuses a path through something that is no map.
    holder, last = _parent(document, path), path.rpartition(".")[2]
    if holder is not None and last in holder:
        holder[last] = [one for one in _elements(document, path) if not _pulls(wanted, one)]


def _elements(document: Document, path: str) -> list[Any]:
    elements = _existing(document, path)
    if elements is _MISSING:
        return []
    if not isinstance(elements, list):
        raise UnsupportedQuery(f"{path} is no list.")
    return elements


def _pulls(wanted: Any, element: Any) -> bool:
    if not isinstance(wanted, dict):
        return _same(wanted, element)
    return isinstance(element, dict) and all(_same(part, element.get(name)) for name, part in wanted.items())


def _same(left: Any, right: Any) -> bool:
    """Equal as BSON compares: 1 and 1.0 are equal, 1 and True are not, and the order of a map's keys counts."""
    if _rank(left) != _rank(right):
        return False
    if isinstance(left, dict):
        return len(left) == len(right) and all(
            one == other and _same(left[one], right[other]) for one, other in zip(left, right, strict=True)
        )
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)


def _below(left: Any, right: Any) -> bool:
    """Whether one value sorts before another in BSON's order, one of the two being a number or a text."""
    if _rank(left) != _rank(right):
        return _rank(left) < _rank(right)
    return bool(left < right)


_RANKS = {type(None): 0, int: 1, float: 1, str: 2, dict: 3, list: 4, bool: 5, datetime: 6}


def _rank(value: Any) -> int:
    return _RANKS[type(value)]


_OPERATORS: dict[str, Callable[[Document, str, Any], None]] = {
    "$set": _set,
    "$unset": _unset,
    "$inc": _inc,
    "$max": _max,
    "$min": _min,
    "$push": _push,
    "$pull": _pull,
    "$addToSet": _add_to_set,
    "$setOnInsert": _set,
}
