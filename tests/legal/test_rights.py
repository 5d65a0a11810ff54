"""Rights over one's data: their state, objections and answers, for people with an account and guests; retention."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from people import audit, code_of, part, register, signed_in_admin, text_of
from post_office import PostOffice
from running_server import RunningServer, TurnedClock, bearer, running
from videocall.settings import Settings

WISH = {"kind": "objection", "text": "I do not want <b>that</b>."}


@pytest.fixture
def settings(settings: Settings, post_office: PostOffice) -> Settings:
    return replace(settings, bcrypt_cost=4, smtp_url=post_office.url)


async def test_an_objection_is_answered_once_and_mailed(server: RunningServer, post_office: PostOffice) -> None:
    ada, headers = await register(server), await signed_in_admin(server)
    assert await ada.get("/api/me/rights") == {"restricted": False, "deletion": None, "requests": []}
    asked = await ada.call("POST", "/api/me/rights", json=WISH)
    assert (asked.status_code, asked.json()["state"]) == (201, "open")
    for bad in ({}, {**WISH, "text": " \0 "}, {**WISH, "kind": "other"}, {**WISH, "text": "x" * 2001}):
        assert code_of(await ada.call("POST", "/api/me/rights", json=bad)) == (400, "invalid-body")
    page = (await server.http.get("/api/admin/rights-requests", headers=headers)).json()
    ((request,), more) = page["items"], page["next_cursor"]
    assert more is None
    assert (request["text"], request["overdue"], request["user"]) == (WISH["text"], False, ada.me["id"])
    address = f"/api/admin/rights-requests/{request['id']}/answer"
    body = {"accepted": True, "answer": "We stopped it."}
    assert (await server.http.post(address, json=body, headers=headers)).json()["state"] == "accepted"
    assert code_of(await server.http.post(address, json=body, headers=headers)) == (403, "not-allowed")
    (noted,) = await audit(server, headers, "rights_answered")
    assert (noted["about"], noted["before"], noted["after"]) == (
        request["id"],
        {"state": "open"},
        {"state": "accepted"},
    )
    nothing = await server.http.post(address.replace(request["id"], "x"), json=body, headers=headers)
    assert code_of(nothing) == (404, "not-found")
    assert "/privacy-rights" in text_of(await post_office.letter(ada.email, about="answered"))
    (mine,) = (await ada.get("/api/me/rights"))["requests"]
    assert (mine["state"], mine["answer"]) == ("accepted", "We stopped it.")
    archive = zipfile.ZipFile(io.BytesIO((await ada.call("GET", "/api/me/export")).content))
    assert msgspec.json.decode(archive.read("account.json"))["objections"] == [mine]


async def test_a_guest_asks_by_their_token_and_is_forgotten_with_their_record(server: RunningServer) -> None:
    meeting = await server.create()
    guest = (await server.post(meeting, "join", name="Grace")).json()
    path, token = f"/api/meetings/{meeting['code']}/my-record", bearer(guest["token"])
    asked = await server.http.post(f"{path}/rights", json={**WISH, "kind": "restriction"}, headers=token)
    assert asked.status_code == 201
    (mine,) = (await server.http.get(f"{path}/rights", headers=token)).json()
    assert mine["kind"] == "restriction"
    assert (await server.http.get(f"{path}/rights", headers=bearer(meeting["token"]))).json() == []
    await server.post(meeting, "leave", guest["token"])
    assert (await server.http.delete(path, headers=token)).status_code == 204
    assert (await server.http.get(f"{path}/rights", headers=token)).json() == []


async def test_the_console_finds_all_of_them_in_pages_and_no_address_asks_without_end(
    server: RunningServer, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("videocall.legal.rights.RATE_OF_ADDRESS", "5/day")
    headers, asked = await signed_in_admin(server), []
    for number in range(6):
        clock.turn(seconds=1)
        guest = await server.create()
        body = {**WISH, "text": str(number)}
        path = f"/api/meetings/{guest['code']}/my-record/rights"
        asked.append((await server.http.post(path, json=body, headers=bearer(guest["token"]))).status_code)
    assert asked == [201] * 5 + [429]
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await server.http.get("/api/admin/rights-requests", params=query, headers=headers)).json()
        found += [one["text"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert found == ["0", "1", "2", "3", "4"], "those that wait longest first"
    for wanted, left in (("sort=-created_at", "43210"), ("q=3", "3"), ("status=open&q=0", "0"), ("status=refused", "")):
        table = (await server.http.get(f"/api/admin/rights-requests.csv?{wanted}", headers=headers)).text.splitlines()
        assert "".join(line.split(",")[2] for line in table[1:]) == left, wanted


async def test_records_are_kept_unless_the_settings_say_for_how_long(settings: Settings, clock: TurnedClock) -> None:
    async with running(settings, clock) as server:
        old, new = await ended(server), None
        clock.turn(days=20)
        new = await ended(server)
        going_on = await server.create()
        await part(server, "admins").create("root", "analytical engine no. 1")
        assert await part(server, "retention").erase_old() == 0
    clock.turn(days=15)
    kept = replace(settings, keep_meetings_days=30, keep_audit_days=10, keep_deletion_requests_days=10)
    async with running(kept, clock) as server:
        await part(server, "retention").erase_old()
        found = {document["_id"] for document in await server.app.state.store.find("meetings", {})}
        assert found == {new, going_on["code"]}
        for collection in ("people", "visits", "rights_requests"):
            records = await server.app.state.store.find(collection, {"meeting": old})
            assert records == [], collection
            assert await server.app.state.store.find(collection, {"meeting": new})
        assert await server.app.state.store.count("audit", {"at": {"$lt": clock.now() - timedelta(days=10)}}) == 0


async def test_requests_to_be_deleted_are_kept_from_the_day_they_were_dealt_with(
    settings: Settings, clock: TurnedClock
) -> None:
    # Days ago that each was made, and dealt with; one of them waits still.
    dealt: dict[str, tuple[str, int, dict[str, int]]] = {
        "done long ago": ("done", 90, {"done_at": 40}),
        "done lately": ("done", 90, {"reviewed_at": 40, "done_at": 20}),
        "refused long ago": ("rejected", 90, {"reviewed_at": 40}),
        "refused lately": ("rejected", 90, {"reviewed_at": 20}),
        "taken back, not noted when": ("rejected", 40, {}),
        "waiting": ("waiting", 90, {}),
    }
    async with running(replace(settings, keep_deletion_requests_days=30), clock) as server:
        ada = await register(server)
        store, now = server.app.state.store, clock.now()
        person = {"email": "x@example.org", "first_name": "X", "last_name": "Y", "reason": "", "hard": False}
        for name, (status, made, times) in dealt.items():
            when = {field: now - timedelta(days=days) for field, days in {"created_at": made, **times}.items()}
            await store.insert("deletion_requests", {"_id": name, "user": "x", "status": status, **person, **when})
        mine = {"_id": "mine", "user": ada.me["id"], "status": "waiting", "created_at": now - timedelta(days=90)}
        await store.insert("deletion_requests", person | mine)
        assert (await ada.call("DELETE", "/api/me/deletion")).status_code == 200
        await part(server, "retention").erase_old()
        left = {document["_id"] for document in await store.find("deletion_requests", {})}
        assert left == {"done lately", "refused lately", "waiting", "mine"}, "taken back today, of those"


async def ended(server: RunningServer) -> str:
    meeting: dict[str, Any] = await server.create()
    path = f"/api/meetings/{meeting['code']}/my-record/rights"
    assert (await server.http.post(path, json=WISH, headers=bearer(meeting["token"]))).status_code == 201
    client = await server.enter(meeting)
    assert (await server.post(meeting, "end", meeting["token"])).status_code in {200, 201, 204}
    await client.closed()
    code: str = meeting["code"]
    return code
