"""The life of a scheduled meeting over a real socket: early entry, its end, fifteen minutes more, date after date."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from people import Account, code_of, part, register
from running_server import LiveClient, RunningServer, TurnedClock, bearer, until
from videocall.settings import Settings

START = "2026-06-22T13:00:00Z"
"""An hour after the clock's begin."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Nobody falls silent by the leaps of the clock; heartbeats are not what this is about."""
    return replace(settings, heartbeat_seconds=3600, reconnect_grace_seconds=7200, bcrypt_cost=4)


async def schedule(server: RunningServer, **wish: Any) -> dict[str, Any]:
    return await server.create(**{"kind": "scheduled", "starts_at": START, "title": "Tea", **wish})


async def ends(server: RunningServer, meeting: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = await until(lambda: server.view(meeting), lambda view: view["status"] != "live")
    return view


async def changed(client: LiveClient) -> dict[str, Any]:
    about: dict[str, Any] = (await client.next("meeting_changed"))["meeting"]
    return about


async def test_before_it_opens_only_hosts_may_enter_and_with_one_everybody(server: RunningServer) -> None:
    meeting = await schedule(server, early_entry_minutes=10)
    socket = await server.live(meeting["code"])
    refusal = await socket.join("Grace")
    assert (refusal["code"], refusal["retry_after_seconds"]) == ("too-early", 50 * 60)
    assert "13:00 UTC on 22 June 2026" in refusal["detail"]
    by_http = await server.post(meeting, "join", name="Grace")
    assert (code_of(by_http), by_http.headers["retry-after"]) == ((409, "too-early"), "3000")
    server.clock.turn(minutes=50)
    assert (await socket.join("Grace"))["type"] == "snapshot"
    other = await schedule(server)
    host = await server.enter(other)
    await server.enter(other, "Joan")
    assert len(await host.told()) == 1


async def test_without_a_host_people_wait_and_come_in_with_one(server: RunningServer) -> None:
    meeting = await schedule(server, before_host=False)
    server.clock.turn(minutes=60)
    grace = await server.knock(meeting, "Grace")
    await server.enter(meeting)
    assert (await grace.next("snapshot"))["participants"][0]["name"] in {"Ada", "Grace"}
    await server.enter(meeting, "Joan")


async def test_people_are_warned_and_the_meeting_closes_at_its_end(server: RunningServer) -> None:
    meeting = await schedule(server, duration_minutes=30)
    server.clock.turn(minutes=60)
    host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
    assert host.snapshot["meeting"]["ends_at"] == "2026-06-22T13:30:00Z"
    server.clock.turn(minutes=25)
    for client in (host, grace):
        assert (await changed(client))["ending_soon"] is True
    assert (await server.enter(meeting, "Joan")).snapshot["meeting"]["ending_soon"] is True
    server.clock.turn(minutes=5)
    assert await grace.closed() == 4410
    assert grace.received[-1]["why"] == "time"
    view = await ends(server, meeting)
    assert (view["status"], view["end_reason"]) == ("ended", "time")
    left = dict.fromkeys(("Ada", "Grace", "Joan"), server.clock.now())

    async def last() -> dict[str, Any]:
        return {name: visits[0][1] for name, visits in (await server.visits(meeting)).items()}

    await until(last, lambda seen: seen == left)


async def test_a_host_gets_fifteen_minutes_more(server: RunningServer) -> None:
    meeting = await schedule(server, duration_minutes=30)
    assert code_of(await server.post(meeting, "extend", meeting["token"])) == (409, "not-scheduled")
    instant = await server.create()
    assert code_of(await server.post(instant, "extend", instant["token"])) == (409, "not-scheduled")
    server.clock.turn(minutes=60)
    host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
    server.clock.turn(minutes=26)
    assert (await changed(grace))["ending_soon"]
    assert code_of(await server.post(meeting, "extend", grace.token)) == (403, "not-allowed")
    answer = await server.post(meeting, "extend", host.token)
    assert answer.json() == {"ends_at": "2026-06-22T13:45:00Z"}
    about = await changed(grace)
    assert (about["ends_at"], about["ending_soon"]) == ("2026-06-22T13:45:00Z", False)
    server.clock.turn(minutes=10)
    await server.beat(host, grace)
    assert (await server.view(meeting))["status"] == "live"
    server.clock.turn(minutes=9)
    assert await grace.closed() == 4410


async def test_a_meeting_in_its_time_stays_open_while_it_is_empty(server: RunningServer) -> None:
    meeting, unvisited = await schedule(server), await schedule(server)
    server.clock.turn(minutes=60)
    host = await server.enter(meeting)
    await host.send("leave")
    await host.closed()
    instant = await server.create()
    await (await server.enter(instant)).send("leave")
    server.clock.turn(minutes=10)
    await until(lambda: server.view(instant), lambda view: view["status"] == "ended")
    assert (await server.view(meeting))["status"] == "live"
    await server.enter(meeting, "Grace")
    server.clock.turn(minutes=50)
    assert (await ends(server, meeting))["end_reason"] == "time"
    view = await until(lambda: server.view(unvisited), lambda view: view["status"] == "ended")
    assert view["end_reason"] == "abandoned", "nobody ever came"


async def test_who_looks_in_early_and_leaves_does_not_begin_it(server: RunningServer) -> None:
    meeting = await schedule(server)
    host = await server.enter(meeting)
    await host.send("leave")
    await host.closed()
    server.clock.turn(minutes=2)
    view = await until(lambda: server.view(meeting), lambda view: view["status"] == "scheduled")
    assert view["starts_at"] == START


async def live_date(server: RunningServer, ada: Account, grace: Account, code: str) -> list[LiveClient]:
    meeting = {"code": code}
    return [await server.enter(meeting, token=ada.token), await server.enter(meeting, token=grace.token)]


async def test_each_date_of_a_series_has_its_own_attendance_and_place_in_history(
    server: RunningServer, clock: TurnedClock
) -> None:
    ada, grace = await register(server), await register(server, "Grace Hopper", "grace@example.org")
    recurrence = {"freq": "daily", "count": 3}
    body = {"kind": "scheduled", "starts_at": START, "duration_minutes": 30, "recurrence": recurrence}
    code = await ada.meeting(**body)
    clock.turn(minutes=60)
    ada_there, _ = await live_date(server, ada, grace, code)
    assert [item["status"] for item in (await ada.get("/api/me/meetings?view=live"))["items"]] == ["live"]
    clock.turn(minutes=30)
    assert await ada_there.closed() == 4410
    view = await until(lambda: ada.get(f"/api/meetings/{code}"), lambda view: view["status"] == "scheduled")
    assert (view["starts_at"], view["occurrence"], view["participants"]) == ("2026-06-23T13:00:00Z",) * 2 + ([],)
    early = await server.http.post(f"/api/meetings/{code}/join", json={"name": "Joan"})
    assert code_of(early) == (409, "too-early")

    clock.turn(hours=23, minutes=30)
    ada = await again(ada)
    host = await server.enter({"code": code}, token=ada.token)
    await host.send("end")
    await host.closed()
    view = await until(lambda: ada.get(f"/api/meetings/{code}"), lambda view: view["status"] == "scheduled")
    assert view["occurrence"] == "2026-06-24T13:00:00Z"

    page = await ada.get(f"/api/meetings/{code}/occurrences?view=history")
    assert [(item["original"], item["end_reason"], len(item["participants"])) for item in page["items"]] == [
        ("2026-06-23T13:00:00Z", "host", 1),
        (START, "time", 2),
    ]
    for account, dates in ((ada, ["2026-06-23T13:00:00Z", START]), (await again(grace), [START])):
        history = (await account.get("/api/me/meetings"))["items"]
        assert [item["occurrence"] for item in history] == dates
        assert [item["starts_at"] for item in history] == dates
        assert [item["code"] for item in history] == [code] * len(dates)
    table = (await ada.call("GET", f"/api/meetings/{code}/attendance.csv?occurrence={START}")).text
    assert "2026-06-22,Grace Hopper,guest,2026-06-22 13:00:00,2026-06-22 13:30:00,30" in table.splitlines()

    clock.turn(days=1, hours=1)
    ada = await again(ada)
    view = await until(lambda: ada.get(f"/api/meetings/{code}"), lambda view: view["status"] == "ended")
    assert [item["occurrence"] for item in (await ada.get("/api/me/meetings"))["items"]] == dates_of(page)
    assert (await ada.get("/api/me/meetings?view=upcoming"))["items"] == []


def dates_of(page: dict[str, Any]) -> list[str]:
    return [item["original"] for item in page["items"]]


async def again(account: Account) -> Account:
    """Signed in anew: a token lasts a day, and the clock was turned by as much."""
    account.token = (await account.sign_in()).json()["token"]
    return account


async def test_the_lobby_of_a_series_asks_again_at_the_next_date(server: RunningServer, clock: TurnedClock) -> None:
    meeting = await schedule(server, lobby=True, recurrence={"freq": "daily"}, duration_minutes=30)
    clock.turn(minutes=60)
    host, joan = await server.enter(meeting), await server.knock(meeting, "Joan")
    await host.answer("admit", id=joan.id)
    await joan.next("snapshot")
    await host.send("end")
    await joan.closed()
    await until(lambda: server.view(meeting), lambda view: view["status"] == "scheduled")
    clock.turn(days=1)
    answer = await server.http.post(f"/api/meetings/{meeting['code']}/join", json={}, headers=bearer(joan.token))
    assert answer.json()["admission"] == "waiting"


async def test_a_series_goes_on_after_a_crash_between_two_dates(server: RunningServer, clock: TurnedClock) -> None:
    meeting = await schedule(server, recurrence={"freq": "daily"}, duration_minutes=30)
    kept = {
        "ended_at": clock.now(),
        "end_reason": "host",
        "status": "ended",
        "reopens": True,
        "started_at": clock.now(),
    }
    store = server.app.state["store"]
    await store.update("meetings", {"_id": meeting["code"]}, {"$set": kept})
    clock.turn(seconds=31)
    view = await until(lambda: server.view(meeting), lambda view: view["status"] == "scheduled")
    assert view["occurrence"] == "2026-06-23T13:00:00Z"


async def test_of_many_who_end_a_date_at_once_one_does_it(server: RunningServer, clock: TurnedClock) -> None:
    meeting = await schedule(server, recurrence={"freq": "daily"}, duration_minutes=30)
    clock.turn(minutes=60)
    host = await server.enter(meeting)
    meetings = part(server, "meetings")
    ended = await asyncio.gather(*(meetings.end(meeting["code"], "time") for _ in range(8)))
    assert sorted(ended) == [False] * 7 + [True]
    assert await host.closed() == 4410
    view = await until(lambda: server.view(meeting), lambda view: view["status"] == "scheduled")
    assert view["occurrence"] == "2026-06-23T13:00:00Z"
    assert await server.app.state["store"].count("occurrences", {}) == 1
