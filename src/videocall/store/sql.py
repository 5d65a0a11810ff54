"""The subset compiled to SQLite: filters, orders and indexes over a column `doc` of JSON text.

Takes only what `videocall.store.subset` has checked, so paths go into the SQL as they are. Values are bound, except
booleans and null: SQLite uses a partial index only where the query repeats the index's own words.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from videocall.store.base import Filter, Index
from videocall.store.schema import index_name

_COMPARISONS = {"$lt": "<", "$lte": "<=", "$gt": ">", "$gte": ">="}


def condition(where: Filter) -> tuple[str, list[Any]]:
    """A filter as an SQL expression and the values for its question marks."""
    values: list[Any] = []
    return _all_of(where, values), values


def _all_of(where: Filter, values: list[Any]) -> str:
    parts: list[str] = []
    for name, wanted in where.items():
        if name in ("$and", "$or"):
            joint = " AND " if name == "$and" else " OR "
            parts.append(f"({joint.join(_all_of(part, values) for part in wanted)})")
        elif isinstance(wanted, Mapping):
            parts += [_operator(name, operator, value, values) for operator, value in wanted.items()]
        else:
            parts.append(_compared(name, "=", wanted, values))
    return f"({' AND '.join(parts)})" if parts else "1"


def _operator(path: str, operator: str, value: Any, values: list[Any]) -> str:
    # A comparison with a missing field is NULL in SQL, and so would its NOT be: IS NOT TRUE counts it as different.
    match operator:
        case "$ne":
            return f"({_compared(path, '=', value, values)} IS NOT TRUE)"
        case "$in":
            return _one_of(path, value, values)
        case "$nin":
            return f"({_one_of(path, value, values)} IS NOT TRUE)"
        case "$exists":
            return f"({_type(path)} IS {'NOT ' if value else ''}NULL)"
        case _:
            return _compared(path, _COMPARISONS[operator], value, values)


def _compared(path: str, sign: str, value: Any, values: list[Any]) -> str:
    if value is None:
        return f"({value_of(path)} IS NULL)"
    if isinstance(value, bool):
        return f"({value_of(path)} = {int(value)} AND {_is_of_type(path, value)})"
    values.append(value)
    return f"({value_of(path)} {sign} ? AND {_is_of_type(path, value)})"


def _one_of(path: str, wanted: Sequence[Any], values: list[Any]) -> str:
    parts = [
        _compared(path, "=", value, values) for value in (None, True, False) if any(one is value for one in wanted)
    ]
    rest = sorted((one for one in wanted if one is not None and not isinstance(one, bool)), key=_kind)
    for _, group in groupby(rest, key=_kind):
        same_type = list(group)
        values += same_type
        marks = ", ".join("?" * len(same_type))
        parts.append(f"({value_of(path)} IN ({marks}) AND {_is_of_type(path, same_type[0])})")
    return f"({' OR '.join(parts)})" if parts else "0"


def _kind(value: Any) -> bool:
    return isinstance(value, str)


def value_of(path: str) -> str:
    """The expression for a field's value: NULL for null and for missing, 1 and 0 for booleans."""
    return "_id" if path == "_id" else f"json_extract(doc, '$.{path}')"


def _type(path: str) -> str:
    return "'text'" if path == "_id" else f"json_type(doc, '$.{path}')"


def _is_of_type(path: str, value: Any) -> str:
    """The guard that MongoDB's typed comparison needs: to SQLite, true is 1 and a list is text."""
    if isinstance(value, bool):
        return f"{_type(path)} = '{str(value).lower()}'"
    if isinstance(value, str):
        return f"{_type(path)} = 'text'"
    return f"{_type(path)} IN ('integer', 'real')"


def order(sort: Sequence[tuple[str, int]]) -> str:
    """An ORDER BY, or nothing. NULL sorts first in SQLite, as null and missing do in MongoDB."""
    keys = ", ".join(f"{value_of(path)} {'ASC' if direction == 1 else 'DESC'}" for path, direction in sort)
    return f" ORDER BY {keys}" if keys else ""


def group(collection: str, where: Filter, by: str) -> tuple[str, list[Any]]:
    """Value, type and number of documents for each value of a field."""
    sql, values = condition(where)
    value, kind = value_of(by), _type(by)
    return f'SELECT {value}, {kind}, count(*) FROM "{collection}" WHERE {sql} GROUP BY {value}, {kind}', values  # noqa: S608


def table(collection: str, indexes: Sequence[Index]) -> list[str]:
    """The statements that make a collection and its indexes where they are missing."""
    statements = [f'CREATE TABLE IF NOT EXISTS "{collection}" (_id TEXT PRIMARY KEY NOT NULL, doc TEXT NOT NULL)']
    for index in indexes:
        keys = ", ".join(value_of(path) for path in index.keys)
        unique = "UNIQUE " if index.unique else ""
        only = f" WHERE {condition(index.where)[0]}" if index.where else ""
        name = index_name(collection, index)
        statements.append(f'CREATE {unique}INDEX IF NOT EXISTS "{name}" ON "{collection}" ({keys}){only}')
    return statements
