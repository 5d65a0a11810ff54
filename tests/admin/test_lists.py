"""Lists of the console: in pages, in order, filtered, searched, as tables; on every store and however long they are."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from people import signed_in_admin
from running_server import RunningServer, TurnedClock, running
from videocall.lists import MOST_LOOKED_AT
from videocall.settings import Settings

AUDIT = "/api/admin/audit"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, bcrypt_cost=4)


async def noted(server: RunningServer, clock: TurnedClock, number: int) -> None:
    """So many entries, three at each moment, of three kinds, in no order."""
    entries = [
        {
            "_id": f"entry-{(index * 7919) % number:05}",
            "at": clock.now() - timedelta(seconds=1 + index // 3),
            "admin": "1",
            "admin_name": "ann" if index % 2 else "bob",
            "action": ("user_disabled", "user_enabled", "meeting_ended")[index % 3],
            "about": f"about-{index}",
            "notes": "=1+1" if index == number - 1 else "",
            "address": "192.0.2.7",
            "before": {},
            "after": {"disabled": True},
        }
        for index in range(number)
    ]
    await server.app.state.store.load("audit", entries)


async def walk(server: RunningServer, headers: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    """Every line of a list, page after page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        given = query | ({"cursor": cursor} if cursor else {})
        answer = await server.http.get(AUDIT, params=given, headers=headers)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


async def test_pages_follow_each_other_without_gaps_or_repetitions(server: RunningServer, clock: TurnedClock) -> None:
    headers = await signed_in_admin(server)
    await noted(server, clock, 100)
    latest = await walk(server, headers, limit=7)
    assert [line["at"] for line in latest] == sorted((line["at"] for line in latest), reverse=True)
    assert len({line["id"] for line in latest}) == len(latest) >= 102
    first = await walk(server, headers, limit=9, sort="at")
    assert [line["id"] for line in first] == [line["id"] for line in reversed(latest)]
    ended = await walk(server, headers, limit=4, action="meeting_ended", admin_name="ann")
    assert [line["id"] for line in ended] == [
        line["id"] for line in latest if (line["action"], line["admin_name"]) == ("meeting_ended", "ann")
    ]
    found = await walk(server, headers, q="ABOUT-7 user_", limit=5)
    assert found == [line for line in latest if "about-7" in line["about"] and "user_" in line["action"]]


async def test_a_cursor_of_another_list_is_refused(server: RunningServer, clock: TurnedClock) -> None:
    headers = await signed_in_admin(server)
    await noted(server, clock, 9)
    cursor = (await server.http.get(AUDIT, params={"limit": 2}, headers=headers)).json()["next_cursor"]
    for query in (
        {"sort": "at", "cursor": cursor},
        {"cursor": "nonsense"},
        {"cursor": cursor[:-4]},
        {"cursor": "WzEsMl0="},
    ):
        answer = await server.http.get(AUDIT, params=query, headers=headers)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cursor"]), query


async def test_a_search_in_vain_looks_at_so_much_and_no_more(server: RunningServer, clock: TurnedClock) -> None:
    headers = await signed_in_admin(server)
    await noted(server, clock, MOST_LOOKED_AT + 2000)
    answer = (await server.http.get(AUDIT, params={"q": "nothing like it"}, headers=headers)).json()
    assert answer["items"] == []
    assert answer["next_cursor"]
    assert [line["notes"] for line in await walk(server, headers, q="=1+1")] == ["=1+1"]


async def test_tables_hold_all_that_the_filters_leave_and_no_formula(server: RunningServer, clock: TurnedClock) -> None:
    headers = await signed_in_admin(server)
    await noted(server, clock, 1203)
    answer = await server.http.get(f"{AUDIT}.csv", params={"admin_name": "bob"}, headers=headers)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 602
    assert "'=1+1" in {row["notes"] for row in rows}
    assert rows[0]["after"] == '{"disabled":true}'


async def test_only_from_the_addresses_of_the_setting_it_can_be_reached(settings: Settings, clock: TurnedClock) -> None:
    only = replace(settings, admin_addresses=("127.0.0.2", "10.0.0.0/8"), admin_rate="5/minute")
    async with running(only, clock) as server, server.from_address("127.0.0.2") as inside:
        for path in ("/admin", "/admin/users", "/api/admin/session", AUDIT):
            assert (await server.http.get(path)).status_code == 403, path
        body = {"name": "root", "password": "whatever it is"}
        assert (await server.http.post("/api/admin/login", json=body)).status_code == 403
        assert (await inside.get("/admin")).status_code == 200
        assert (await inside.post("/api/admin/login", json=body)).status_code == 401
        for _ in range(3):
            assert (await inside.get("/api/admin/session")).status_code == 401
        assert (await inside.get("/api/admin/session")).status_code == 429
