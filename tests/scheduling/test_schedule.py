"""Meetings at a set time: scheduled, moved, changed for one date, cancelled."""

from typing import Any

import pytest

from people import Account, code_of, register
from running_server import RunningServer

MONDAY = "2026-06-29T08:00:00Z"
WEEKLY = {"freq": "weekly", "weekdays": ["mo", "th"]}


async def planned(account: Account, **wish: Any) -> dict[str, Any]:
    body = {"kind": "scheduled", "starts_at": MONDAY, "time_zone": "Europe/Berlin", **wish}
    answer = await account.call("POST", "/api/meetings", json=body)
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()["meeting"]
    return view


async def starts(account: Account, code: str, view: str = "upcoming", limit: int = 4) -> list[str]:
    page = await account.get(f"/api/meetings/{code}/occurrences?view={view}&limit={limit}")
    return [item["starts_at"] for item in page["items"]]


async def test_a_meeting_at_a_set_time_tells_when_it_is(server: RunningServer) -> None:
    ada = await register(server)
    view = await planned(ada, title="Tea", description="Bring cups", duration_minutes=45)
    assert (view["kind"], view["status"], view["starts_at"], view["ends_at"], view["opens_at"]) == (
        "scheduled",
        "scheduled",
        MONDAY,
        "2026-06-29T08:45:00Z",
        "2026-06-29T07:45:00Z",
    )
    public = (await server.http.get(f"/api/meetings/{view['code']}")).json()
    assert "schedule" not in public
    assert (public["time_zone"], public["description"]) == ("Europe/Berlin", "Bring cups")
    assert view["schedule"]["reminders"] == [1440, 10]
    assert "ctz=Europe%2FBerlin" in view["share"]["calendar"]["google"]
    guest = await server.create(kind="scheduled", starts_at=MONDAY)
    assert guest["meeting"]["starts_at"] == MONDAY


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"starts_at": None}, "starts_at"),
        ({"starts_at": "2026-06-22T10:00:00Z"}, "starts_at"),
        ({"starts_at": "2036-06-22T10:00:00Z"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"starts_at": "2026-06-29T08:00:00"}, "starts_at"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"duration_minutes": 0}, "duration_minutes"),
        ({"recurrence": {"freq": "weekly", "weekdays": ["xx"]}}, "recurrence.weekdays[0]"),
        ({"recurrence": {"freq": "daily", "weekdays": ["mo"]}}, "recurrence.weekdays"),
        ({"recurrence": {"freq": "daily", "until": "2026-06-01"}}, "recurrence"),
        ({"recurrence": {"freq": "daily", "until": "2026-07-01", "count": 3}}, "recurrence.count"),
        ({"recurrence": {"freq": "monthly", "month_day": 30, "interval": 12, "until": "2026-07-01"}}, "recurrence"),
        ({"invitees": ["nobody"]}, "invitees[0]"),
    ],
)
async def test_what_does_not_fit_is_named(server: RunningServer, wish: dict[str, Any], field: str) -> None:
    ada = await register(server)
    body = {"kind": "scheduled", "starts_at": MONDAY, **wish}
    if "month_day" in str(wish):
        body["starts_at"] = "2027-02-10T10:00:00Z"
    answer = await ada.call("POST", "/api/meetings", json=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.text


async def test_a_series_begins_on_the_first_day_that_fits_and_keeps_its_hour(server: RunningServer) -> None:
    ada = await register(server)
    view = await planned(ada, starts_at="2026-10-20T08:00:00Z", recurrence=WEEKLY)
    expected = ["2026-10-22T08:00:00Z", "2026-10-26T09:00:00Z", "2026-10-29T09:00:00Z", "2026-11-02T09:00:00Z"]
    assert await starts(ada, view["code"]) == expected
    assert (view["starts_at"], view["occurrence"]) == (expected[0], expected[0])
    page = await ada.get(f"/api/meetings/{view['code']}/occurrences?limit=2")
    rest = await ada.get(f"/api/meetings/{view['code']}/occurrences?limit=2&cursor={page['next_cursor']}")
    assert [item["starts_at"] for item in page["items"] + rest["items"]] == expected


async def test_single_dates_are_moved_and_cancelled(server: RunningServer) -> None:
    ada = await register(server)
    code = (await planned(ada, recurrence=WEEKLY))["code"]
    first, second, third, fourth = await starts(ada, code)
    path = f"/api/meetings/{code}/occurrences"
    moved = await ada.call("PATCH", f"{path}/{second}", json={"starts_at": "2026-07-03T10:00:00Z", "title": "Late"})
    assert (moved.json()["original"], moved.json()["title"], moved.json()["changed"]) == (second, "Late", True)
    assert (await ada.call("DELETE", f"{path}/{first}")).status_code == 204
    assert await starts(ada, code) == ["2026-07-03T10:00:00Z", third, fourth, "2026-07-13T08:00:00Z"]
    view = await ada.get(f"/api/meetings/{code}")
    assert (view["starts_at"], view["occurrence"]) == ("2026-07-03T10:00:00Z", second)
    assert code_of(await ada.call("DELETE", f"{path}/{first}")) == (404, "not-found")
    for nothing in ("2026-07-04T08:00:00Z", "x", "9999-12-31T23:59:59Z"):
        assert code_of(await ada.call("PATCH", f"{path}/{nothing}", json={})) == (404, "not-found")
    assert await starts(ada, code, "history") == [first]


async def test_a_whole_series_is_moved_and_cancelled(server: RunningServer) -> None:
    ada = await register(server)
    code = (await planned(ada, recurrence=WEEKLY, password="tea time"))["code"]
    change = {"starts_at": "2026-07-07T12:00:00Z", "recurrence": {"freq": "monthly", "nth": 2}, "password": None}
    view = (await ada.call("PATCH", f"/api/meetings/{code}", json=change)).json()
    assert (view["starts_at"], view["needs_password"]) == ("2026-07-14T12:00:00Z", False)
    assert view["recurrence"]["weekdays"] == ["tu"]
    view = (await ada.call("PATCH", f"/api/meetings/{code}", json={"recurrence": None, "lobby": True})).json()
    assert (view["recurrence"], view["occurrence"], view["lobby"]) == (None, None, True)
    for _ in range(2):
        assert (await ada.call("DELETE", f"/api/meetings/{code}")).status_code == 204
    view = await ada.get(f"/api/meetings/{code}")
    assert (view["status"], view["end_reason"]) == ("cancelled", "cancelled")
    assert code_of(await ada.call("PATCH", f"/api/meetings/{code}", json={"title": "x"})) == (410, "meeting-ended")
    assert code_of(await ada.call("POST", f"/api/meetings/{code}/join", json={})) == (410, "meeting-ended")
