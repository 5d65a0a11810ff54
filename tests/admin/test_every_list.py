"""Every list of the console in turn, as the API describes it: it pages, sorts, filters, is searched, and is a table."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace

from people import signed_in_admin
from running_server import RunningServer, TurnedClock
from seeded import seed
from videocall.settings import Settings
from videocall.texts import table_cell

Line = dict[str, Any]
FIRST = "/api/admin/"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d")


class Listed(NamedTuple):
    """A list: what tells its lines apart, words that some lines hold, and by filter which lines a value leaves."""

    key: str
    q: str
    filters: dict[str, Callable[[Line, str], bool]]


def _of(field: str) -> Callable[[Line, str], bool]:
    return lambda line, value: line[field] == value


def _user(line: Line, status: str) -> bool:
    off = line["disabled"]
    return off if status == "disabled" else not off and line["verified"] == (status == "active")


LISTS = {
    "users": Listed("id", "grace hopper", {"status": _user}),
    "meetings": Listed("code", "budget", {"status": _of("status"), "engine": _of("engine"), "kind": _of("kind")}),
    "deletion-requests": Listed("id", "hopper", {"status": _of("status")}),
    "rights-requests": Listed("id", "1) wish", {"status": _of("state")}),
    "servers": Listed("domain", "hopper", {"show": lambda _line, value: value == "off"}),
    "legal/privacy/versions": Listed("version", "ines months", {"status": _of("state")}),
    "regions": Listed("key", "hopper", {"show": _of("scope")}),
    "mail": Listed("id", "reminder", {"status": _of("state")}),
    "audit": Listed("id", "ended meeting_", {"action": _of("action"), "admin_name": _of("admin_name")}),
    "administrators": Listed("id", "ada", {"factor": lambda line, value: line["second_factor"] == (value == "on")}),
}
FREE = {"action": ("user_disabled", "meeting_ended"), "admin_name": ("ines",)}
"""Values of those filters that take any word."""
NO_LISTS = {"sessions", "legal"}
"""Answers with several things, that are a handful and no list: one's own browsers, the two documents."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, bcrypt_cost=4, admin_rate="100000/minute")


@pytest.fixture
async def headers(server: RunningServer, clock: TurnedClock) -> dict[str, str]:
    """An administrator in a full store, who has been signed in for an hour: what comes now is the latest."""
    await seed(server.app.state.store, clock.now() - timedelta(hours=1), users=300, meetings=60)
    return await signed_in_admin(server)


def described(server: RunningServer) -> dict[str, dict[str, list[str]]]:
    """What the API says of its GET routes for administrators: their parameters, each with the values it names."""
    paths = server.app.openapi_schema.to_schema()["paths"]
    return {
        path.removeprefix(FIRST): {
            one["name"]: [value for value in one["schema"].get("enum", []) if value]
            for one in acts["get"].get("parameters", [])
            if one["in"] == "query"
        }
        for path, acts in paths.items()
        if path.startswith(FIRST) and "get" in acts
    }


async def walk(server: RunningServer, path: str, headers: dict[str, str], **query: Any) -> list[Line]:
    """Every line of a list, page after page."""
    found: list[Line] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await server.http.get(FIRST + path, params=query | cursor, headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= query.get("limit", 50)
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def test_whatever_is_a_list_is_in_the_table_of_them(server: RunningServer) -> None:
    routes = described(server)
    pages = {path for path, asked in routes.items() if "cursor" in asked}
    assert pages == {path.replace("privacy", "{kind}") for path in LISTS}
    for path in pages:
        assert {"sort", "q", "limit"} < routes[path].keys(), path
        assert routes[f"{path}.csv"].keys() == routes[path].keys() - {"cursor", "limit"}, path
    paths = server.app.openapi_schema.to_schema()["paths"]
    several = {
        path.removeprefix(FIRST)
        for path, acts in paths.items()
        if path.startswith(FIRST) and "'type': 'array'" in str(acts.get("get", {}).get("responses", {}).get("200"))
    }
    assert several == NO_LISTS


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_pages_sorts_filters_is_searched_and_is_a_table(
    server: RunningServer, headers: dict[str, str], path: str
) -> None:
    key, q, filters = LISTS[path]
    asked = described(server)[path.replace("privacy", "{kind}")]
    everything = await walk(server, path, headers, limit=200)
    assert len({line[key] for line in everything}) == len(everything) >= 12
    third = len(everything) // 3

    for sort in asked["sort"]:
        found = await walk(server, path, headers, limit=third, sort=sort)
        assert sorted(line[key] for line in found) == sorted(line[key] for line in everything), sort
        field, down = sort.removeprefix("-"), sort.startswith("-")
        values = [(line[field] is None, line[field] or 0, line[key]) for line in found]
        assert values == sorted(values, reverse=down), sort

    assert asked.keys() - {"sort", "q", "limit", "cursor"} == filters.keys()
    narrowed = []
    for name, fits in filters.items():
        for value in asked[name] or FREE[name]:
            found = await walk(server, path, headers, limit=third, **{name: value})
            assert found == [line for line in everything if fits(line, value)], (name, value)
            narrowed.append((len(found), {name: value}))
    words = await walk(server, path, headers, limit=max(1, third // 4), q=q)
    assert words == [line for line in everything if all(word in json.dumps(line).lower() for word in q.split())]
    assert 0 < len(words) < len(everything)

    _, filtered = max(narrowed, key=lambda one: one[0])
    for query in ({}, {"sort": asked["sort"][-1]}, {"q": q}, filtered):
        answer = await server.http.get(f"{FIRST}{path}.csv", params=query, headers=headers)
        assert answer.headers["content-type"].startswith("text/csv")
        assert "attachment" in answer.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        lines = await walk(server, path, headers, limit=200, **query)
        assert len(rows) == len(lines) > 0, query
        for row, line in zip(rows, lines, strict=True):
            assert row.keys() <= line.keys()
            texts = {name: value for name, value in line.items() if name in row and isinstance(value, str)}
            assert texts, line
            # Ids are by chance: one in 64 begins with a dash, and so gets its quote.
            assert {name: row[name] for name in texts if not MOMENT.match(texts[name])} == {
                name: table_cell(value) for name, value in texts.items() if not MOMENT.match(value)
            }
