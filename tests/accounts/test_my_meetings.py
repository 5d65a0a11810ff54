"""People with an account in meetings: they come in as themselves, and find their meetings again."""

import base64
import json
import time
from datetime import timedelta
from typing import Any

from people import Account, code_of, part, register
from running_server import RunningServer, TurnedClock

STRANGER = {"name": "Eve"}


async def pages(ada: Account, view: str, q: str = "", limit: int = 20) -> list[list[dict[str, Any]]]:
    found, cursor = [], None
    while True:
        params = {"view": view, "q": q, "limit": limit} | ({"cursor": cursor} if cursor else {})
        page = await ada.get("/api/me/meetings", params=params)
        found.append(page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_a_meeting_of_a_user_has_no_host_link_and_no_guest(server: RunningServer) -> None:
    ada = await register(server)
    answer = await ada.call("POST", "/api/meetings", json={"password": "sesame", "guest": {"name": "Eve"}})
    assert answer.status_code == 201
    assert set(answer.json()) == {"meeting"}
    meeting = answer.json()["meeting"]
    assert (meeting["host_name"], meeting["password"]) == ("Ada Lovelace", "sesame")
    assert code_of(await server.http.post("/api/meetings", json={})) == (400, "invalid-body")
    stale = await ada.call("POST", "/api/auth/logout-everywhere")
    assert stale.status_code == 204
    assert code_of(await ada.call("POST", "/api/meetings", json={"guest": {"name": "Ada"}})) == (401, "invalid-token")


async def test_people_come_in_as_themselves_and_host_their_own(server: RunningServer) -> None:
    ada, grace = await register(server), await register(server, "Grace Hopper", "grace@example.org")
    code = await ada.meeting(password="sesame", lobby=True)
    live = await server.live(code)
    snapshot = await live.join(token=ada.token)
    assert [(p["name"], p["role"]) for p in snapshot["participants"]] == [("Ada Lovelace", "host")]
    refused = await grace.call("POST", f"/api/meetings/{code}/join", json={"name": "Ada Lovelace"})
    assert code_of(refused) == (403, "password-required")
    body = {"name": "Ada Lovelace", "password": "sesame"}
    entry = (await grace.call("POST", f"/api/meetings/{code}/join", json=body)).json()
    assert (entry["participant"]["name"], entry["participant"]["role"]) == ("Grace Hopper", "guest")
    assert entry["admission"] == "waiting"
    again = (await grace.call("POST", f"/api/meetings/{code}/join", json={})).json()
    assert again["participant"]["id"] == entry["participant"]["id"], "known by the account"
    assert code_of(await grace.call("POST", f"/api/meetings/{code}/end")) == (403, "not-allowed")
    assert "password" not in await grace.get(f"/api/meetings/{code}")
    assert (await ada.get(f"/api/meetings/{code}"))["password"] == "sesame"
    assert (await ada.call("POST", f"/api/meetings/{code}/end")).status_code == 204


async def test_a_history_can_be_of_ones_own_meetings_or_of_others(server: RunningServer) -> None:
    ada, grace = await register(server), await register(server, "Grace Hopper", "grace@example.org")
    for host in (ada, grace, ada):
        code = await host.meeting(title=f"of {host.me['first_name']}")
        for person in (ada, grace):
            await person.call("POST", f"/api/meetings/{code}/join", json={})
        await host.call("POST", f"/api/meetings/{code}/end")

    async def titles(*, hosted: bool) -> list[str]:
        page = await ada.get("/api/me/meetings", params={"hosted": hosted, "limit": 2})
        return [item["title"] for item in page["items"]]

    assert await titles(hosted=True) == ["of Ada", "of Ada"]
    assert await titles(hosted=False) == ["of Grace"]


async def test_coming_back_adds_a_visit_to_the_same_record(server: RunningServer, clock: TurnedClock) -> None:
    ada = await register(server)
    code = await ada.meeting()
    for _ in range(2):
        joined = await ada.call("POST", f"/api/meetings/{code}/join", json={})
        clock.turn(seconds=30)
        assert (await ada.call("POST", f"/api/meetings/{code}/leave", token=joined.json()["token"])).status_code == 204
        clock.turn(seconds=5)
    await ada.call("PATCH", "/api/me", json={"first_name": "Augusta"})
    await ada.call("POST", f"/api/meetings/{code}/join", json={})
    (person,) = (await ada.get(f"/api/meetings/{code}"))["participants"]
    assert person["name"] == "Augusta Lovelace"
    assert len(person["visits"]) == 3


async def test_nobody_sees_that_one_person_was_in_two_meetings(server: RunningServer) -> None:
    ada = await register(server)
    ids = set()
    for _ in range(2):
        code = await ada.meeting()
        ids.add((await ada.call("POST", f"/api/meetings/{code}/join", json={})).json()["participant"]["id"])
    assert len(ids) == 2
    assert ada.me["id"] not in ids


async def test_meetings_move_from_live_to_history_and_out_of_it(server: RunningServer, clock: TurnedClock) -> None:
    ada, grace = await register(server), await register(server, "Grace Hopper", "grace@example.org")
    code = await ada.meeting(title="Notes on the engine")
    await ada.meeting(title="Another")
    await ada.call("POST", f"/api/meetings/{code}/join", json={})
    await grace.call("POST", f"/api/meetings/{code}/join", json={})
    assert [[item["title"] for item in page] for page in await pages(ada, "live", "NOTES")] == [["Notes on the engine"]]
    assert len(await pages(ada, "live", limit=1)) == 2
    assert await pages(ada, "upcoming") == await pages(ada, "history") == [[]]
    clock.turn(seconds=60)
    await ada.call("POST", f"/api/meetings/{code}/end")
    for person, role in ((ada, "host"), (grace, "guest")):
        ((item,),) = await pages(person, "history")
        assert (item["code"], item["role"], item["status"], item["end_reason"]) == (code, role, "ended", "host")
    assert (await ada.call("DELETE", f"/api/me/meetings/{code}")).status_code == 204
    assert await pages(ada, "history") == [[]]
    assert len((await pages(grace, "history"))[0]) == 1
    assert code_of(await ada.call("DELETE", f"/api/me/meetings/{code}")) == (404, "meeting-not-found")


async def test_what_a_crash_left_between_two_writes_is_put_right(server: RunningServer, clock: TurnedClock) -> None:
    ada = await register(server)
    code = await ada.meeting()
    meetings = part(server, "meetings")
    meeting = await meetings.find(code)
    await meetings._repository.end(meeting, "host", clock.now(), reopens=False)  # noqa: SLF001 -- and nothing after it
    assert await pages(ada, "live") == [[]]
    assert [item["code"] for item in (await pages(ada, "history"))[0]] == [code]


async def test_queries_that_make_no_sense_are_refused(server: RunningServer) -> None:
    ada = await register(server)
    bad: list[dict[str, Any]] = [{"view": "all"}, {"limit": 0}, {"limit": 101}, {"cursor": "x"}, {"cursor": "W10="}]
    places = (["2026-01-01T00:00:00", "x"], ["2026-01-01T00:00:00Z", "\0"], ["0001-01-01T00:00:00+14:00", "x"])
    bad += [{"cursor": base64.urlsafe_b64encode(json.dumps(place).encode()).decode()} for place in places]
    for params in [*bad, {"q": "x" * 121}]:
        assert code_of(await ada.call("GET", "/api/me/meetings", params=params)) == (400, "invalid-body"), params
    assert code_of(await server.http.get("/api/me/meetings")) == (401, "invalid-token")


async def test_restricted_people_leave_no_trace_of_their_account(server: RunningServer) -> None:
    ada, grace = await register(server), await register(server, "Grace Hopper", "grace@example.org")
    code = await grace.meeting()
    await ada.call("PATCH", "/api/me", json={"restricted": True})
    assert code_of(await ada.call("POST", "/api/meetings", json={})) == (403, "processing-restricted")
    joined = await ada.call("POST", f"/api/meetings/{code}/join", json={})
    assert joined.json()["participant"]["name"] == "Ada Lovelace"
    assert await pages(ada, "live") == [[]]


async def test_ten_thousand_meetings_cost_no_more_than_a_hundred(server: RunningServer, clock: TurnedClock) -> None:
    few, many = await register(server), await register(server, "Grace Hopper", "grace@example.org")
    store = server.app.state["store"]
    code = await few.meeting()
    await few.call("POST", f"/api/meetings/{code}/end")
    (meeting,) = await store.find("meetings", {"_id": code})
    (person,) = await store.find("people", {"meeting": code})

    async def fill(account: Account, count: int, mark: str) -> None:
        meetings, people = [], []
        for number in range(count):
            # Ten ended at each moment: a page must not lose or repeat those of one time.
            at = clock.now() - timedelta(minutes=number // 10)
            one = {"_id": f"{mark}-{number}", "title": f"{mark} no. {number}", "ended_at": at}
            meetings.append({**meeting, **one})
            one = {"_id": f"{mark}-p{number:05}", "meeting": f"{mark}-{number}", "user": account.me["id"]}
            people.append({**person, **one, "ended_at": at})
        await store.load("meetings", meetings)
        await store.load("people", people)

    await fill(few, 100, "few")
    await fill(many, 10_000, "many")

    async def cost(account: Account, **params: Any) -> float:
        times = []
        for _ in range(5):
            start = time.process_time()
            await account.get("/api/me/meetings", params={"limit": 20, **params})
            times.append(time.process_time() - start)
        return min(times)

    assert await cost(many) < 3 * await cost(few) + 0.01
    assert await cost(many, q="nothing has this title") < 0.5
    (sought,) = [item for page in await pages(many, "history", "many no. 9876", 100) for item in page]
    assert sought["code"] == "many-9876"
    codes = [item["code"] for page in await pages(few, "history", limit=7) for item in page]
    assert len(codes) == len(set(codes)) == 101
