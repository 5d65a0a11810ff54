"""What a document may hold: null, booleans, numbers, text, times, lists and maps, checked and copied in one pass."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from videocall.store.base import Document, UnsupportedQuery

Moment = Callable[[datetime], Any]
"""How an engine holds a time: `as_text` or `as_it_is`."""

_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_LARGEST = 2**63


def as_text(moment: datetime) -> str:
    """A time as text of fixed width in UTC, cut to milliseconds, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def as_it_is(moment: datetime) -> datetime:
    """A time for PyMongo, which itself brings it to UTC and cuts it to milliseconds."""
    return moment


@lru_cache(maxsize=1024)
def field(path: str) -> str:
    """The dotted path of a field, as it came.

    Raises `UnsupportedQuery` for an operator, a position in an array, anything that is not a name of our code.
    """
    if not _PATH.fullmatch(path) or path.startswith("_id."):
        raise UnsupportedQuery(f"{path!r} is not the path of a field.")
    return path


def related(left: str, right: str) -> bool:
    """Whether two paths are the same, or one lies inside the other."""
    return f"{left}.".startswith(f"{right}.") or f"{right}.".startswith(f"{left}.")


def scalar(value: Any, moment: Moment) -> Any:
    """A copy of a value that is neither list nor map; raises `UnsupportedQuery` for what an engine could not hold."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise UnsupportedQuery("A time needs its zone.")
        return moment(value)
    raise UnsupportedQuery(f"A single value is needed here, and {type(value).__name__} is none.")


def number(value: Any) -> int | float:
    """A number of 64 bits; raises `UnsupportedQuery` for anything else, booleans among it."""
    # An enumeration's member becomes the plain number (and text, below), which is all that either engine can encode.
    if isinstance(value, int) and not isinstance(value, bool) and -_LARGEST <= value < _LARGEST:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise UnsupportedQuery("A finite number of at most 64 bits is needed here.")


def ordered(value: Any, moment: Moment) -> Any:
    """A copy of a number, a text or a time: what the subset compares."""
    if value is None or isinstance(value, bool):
        raise UnsupportedQuery("Only numbers, texts and times are compared.")
    return scalar(value, moment)


def copied(value: Any, moment: Moment) -> Any:
    """A copy of any value, lists and maps included; raises `UnsupportedQuery` for what an engine could not hold."""
    if isinstance(value, Mapping):
        return {_key(name): copied(part, moment) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [copied(part, moment) for part in value]
    return scalar(value, moment)


def copied_document(document: Mapping[str, Any], moment: Moment) -> Document:
    """A copy of a whole document; raises `UnsupportedQuery` when it cannot be held or its ``_id`` is no text."""
    copy: Document = copied(document, moment)
    if not isinstance(copy.get("_id"), str) or not copy["_id"]:
        raise UnsupportedQuery("A document needs an _id, a text that is not empty.")
    return copy


def _key(name: Any) -> str:
    if not isinstance(name, str) or not name or name[0] == "$" or "." in name:
        raise UnsupportedQuery(f"{name!r} cannot be a key in a document.")
    return _text(name)


def _text(text: str) -> str:
    # SQLite's JSON functions end a text at its first NUL, so unique indexes and comparisons would disagree with BSON.
    if "\0" in text:
        raise UnsupportedQuery("A text holds the character NUL; refuse it where it comes in.")
    if not text.isascii() and not text.isprintable():
        _refuse_lone_surrogates(text)
    return str.__str__(text)


def _refuse_lone_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnsupportedQuery("A text holds half a character (a lone surrogate), which UTF-8 cannot carry.") from None
