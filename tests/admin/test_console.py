"""What administrators see and do in the console: users, meetings, requests to be deleted, mail, and how it all goes."""

import asyncio
from typing import Any

import pyotp
import pytest
from msgspec.structs import replace

from people import PASSWORD, Account, code_of, part, register, signed_in_admin
from pool_of_words import ONE, TWO, fill, moved
from post_office import PostOffice
from running_server import RunningServer, TurnedClock, running, until
from videocall.settings import Settings


@pytest.fixture
def settings(settings: Settings, post_office: PostOffice) -> Settings:
    return replace(settings, bcrypt_cost=4, smtp_url=post_office.url)


class Console:
    """An administrator at work."""

    def __init__(self, server: RunningServer, headers: dict[str, str]) -> None:
        self._server = server
        self._headers = headers

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self._server.http.get(f"/api/admin/{path}", params=query, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self._server.http.post(f"/api/admin/{path}", json=body, headers=self._headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def refused(self, path: str, **body: Any) -> tuple[int, str | None]:
        return code_of(await self._server.http.post(f"/api/admin/{path}", json=body, headers=self._headers))

    async def did(self) -> list[str]:
        """The actions of the log."""
        return [line["action"] for line in (await self.get("audit"))["items"]]


@pytest.fixture
async def console(server: RunningServer) -> Console:
    return Console(server, await signed_in_admin(server))


async def test_users_are_found_and_a_disabled_one_is_out_at_once(
    server: RunningServer, console: Console, post_office: PostOffice
) -> None:
    ada = await register(server)
    grace = await register(server, "Grace Hopper", "grace@example.org")
    assert (await console.get("users", status="active"))["items"] == [], "neither has confirmed the address"
    assert [user["email"] for user in (await console.get("users", sort="email"))["items"]] == [
        "ada@example.org",
        "grace@example.org",
    ]
    for words, found in (("lovelace", 1), ("GRACE@exam", 1), ("race", 1), ("nobody", 0), ("\0@", 0)):
        assert len((await console.get("users", q=words))["items"]) == found, words
    code = await ada.meeting(title="Plans")
    user = f"users/{ada.me['id']}"
    view = await console.get(user)
    assert (view["sessions"], view["verified"], [one["code"] for one in view["meetings"]]) == (1, False, [code])
    assert "password_hash" not in str(view)

    await console.post(f"{user}/verification")
    await post_office.letter(ada.email, about="confirm your e-mail")
    assert (await console.post(f"{user}/disable", notes="Spam"))["disabled"]
    assert code_of(await ada.call("GET", "/api/me")) == (401, "invalid-token")
    assert code_of(await ada.sign_in()) == (403, "account-disabled")
    assert await console.refused(f"{user}/disable") == (403, "not-allowed")
    await grace.verify(post_office)
    for state, emails in (("active", [grace.email]), ("disabled", [ada.email]), ("unverified", [])):
        found = (await console.get("users", status=state))["items"]
        assert [user["email"] for user in found] == emails, state
    assert not (await console.post(f"{user}/enable"))["disabled"]
    token = (await ada.sign_in()).json()["token"]
    assert (await console.post(f"{user}/sign-out"))["sessions"] == 0
    assert code_of(await ada.call("GET", "/api/me", token)) == (401, "invalid-token")
    assert {"user_signed_out", "user_enabled", "user_disabled", "verification_sent"} <= set(await console.did())
    entry = (await console.get("audit", action="user_disabled"))["items"][0]
    assert (entry["before"], entry["after"], entry["address"]) == ({"disabled": False}, {"disabled": True}, "127.0.0.1")
    assert await console.refused("users/nobody/disable") == (404, "not-found")


async def test_a_meeting_is_shown_without_its_password_and_ended(server: RunningServer, console: Console) -> None:
    meeting = await server.create(title="Secret plans", password="open sesame")
    host = await server.enter(meeting)
    (line,) = (await console.get("meetings", status="live"))["items"]
    assert (line["title"], line["has_password"], line["host_name"]) == ("Secret plans", True, "Ada")
    record = await console.get(f"meetings/{meeting['code']}")
    assert (record["people_now"], record["participants"][0]["name"]) == (1, "Ada")
    sealed = (await server.app.state.store.find("meetings", {}))[0]["password_sealed"]
    for text in (str(line), str(record), str(await console.get("audit"))):
        assert "open sesame" not in text
        assert sealed not in text
    assert len((await console.get("meetings", q=meeting["code"]))["items"]) == 1
    assert len((await console.get("meetings", q="plans", engine="auto", kind="instant"))["items"]) == 1
    assert (await console.get("meetings", q="plans", engine="jitsi"))["items"] == []
    assert (await console.post(f"meetings/{meeting['code']}/end", notes="Abuse"))["end_reason"] == "admin"
    assert (await host.next("meeting_ended"))["why"] == "admin"
    assert await console.refused(f"meetings/{meeting['code']}/end") == (410, "meeting-ended")
    assert "meeting_ended" in await console.did()


async def test_a_meeting_is_moved_only_from_a_server_that_it_is_on_to_another(
    server: RunningServer, console: Console
) -> None:
    await fill(server, ONE)
    direct, large = await server.create(), await server.create(engine="jitsi")
    await server.enter(direct)
    host = await server.enter(large)
    where = {}
    for code in (direct["code"], large["code"]):
        record = await console.get(f"meetings/{code}")
        where[code] = (record["server"], record["can_move"])
        assert await console.refused(f"meetings/{code}/move") == (403, "not-allowed"), "there is no other server"
    assert where == {direct["code"]: (None, False), large["code"]: (ONE, True)}
    lines = (await console.get("meetings"))["items"]
    assert {line["code"]: line["server"] for line in lines} == {direct["code"]: None, large["code"]: ONE}
    await fill(server, TWO)
    assert (await console.post(f"meetings/{large['code']}/move"))["server"] == TWO
    assert (await moved(host, 1))["place"]["server"] == TWO


async def asked_to_delete(server: RunningServer, ada: Account) -> None:
    body = {"email": ada.email, "first_name": "Ada", "last_name": "Lovelace", "reason": "Enough"}
    assert (await server.http.post("/api/account-deletions", json=body)).status_code == 202


async def test_a_request_is_vouched_for_marked_when_late_and_carried_out_at_once(
    server: RunningServer, console: Console, clock: TurnedClock, post_office: PostOffice
) -> None:
    ada = await register(server)
    await asked_to_delete(server, ada)
    await post_office.letter(ada.email, about="deleted")
    (request,) = (await console.get("deletion-requests", status="unverified"))["items"]
    at = f"deletion-requests/{request['id']}"
    assert (await console.post(f"{at}/verify", notes="Phoned"))["status"] == "waiting"
    clock.turn(days=31)
    console = Console(server, await signed_in_admin(server))
    assert (await console.get(at))["late"]
    overview = await console.get("overview")
    assert (overview["deletions_waiting"], overview["deletions_late"]) == (1, 1)
    assert (await console.post(f"{at}/approve", hard=True, at_once=True))["status"] == "done"
    await post_office.letter(ada.email, about="was deleted")
    assert await console.refused(f"{at}/approve") == (403, "not-allowed")
    assert (await console.get("users"))["items"] == []
    assert (await console.get("mail", q=ada.email))["items"] == [], "nothing is kept of what was mailed there"
    assert "account_erased" in await console.did()


async def test_the_loop_that_comes_by_an_erasure_at_once_says_no_second_farewell(
    server: RunningServer, console: Console, post_office: PostOffice
) -> None:
    ada, deletions = await register(server), part(server, "deletions")
    await console.post(f"users/{ada.me['id']}/erasure", notes="Phoned")

    async def comes_by(*_: str, hard: bool) -> None:
        assert not hard
        assert await deletions.carry_out() == 0

    deletions.let_go.append(comes_by)
    (request,) = (await console.get("deletion-requests"))["items"]
    assert (await console.post(f"deletion-requests/{request['id']}/approve", at_once=True))["status"] == "done"
    assert len(post_office.to(ada.email, about="was deleted")) == 1
    server.clock.turn(minutes=6)
    assert await deletions.carry_out() == 0
    assert (await console.get("mail", q=ada.email))["items"] == [], "their address is in no queue any more"


async def test_two_administrators_decide_at_once_and_it_is_done_once(
    server: RunningServer, console: Console, settings: Settings, clock: TurnedClock, post_office: PostOffice
) -> None:
    ada = await register(server)
    view = await console.post(f"users/{ada.me['id']}/erasure", notes="Asked by letter", hard=True)
    request = view["deletion"]
    assert (request["status"], request["hard"], request["reason"]) == ("waiting", True, "Asked by letter")
    assert await console.refused(f"users/{ada.me['id']}/erasure") == (403, "not-allowed")
    path = f"/api/admin/deletion-requests/{request['id']}/approve"
    async with running(replace(settings, port=0), clock) as other:
        headers = await signed_in_admin(other)
        calls = [one.http.post(path, json={}, headers=headers) for one in (server, other) * 3]
        answers = await asyncio.gather(*calls)
    assert sorted(answer.status_code for answer in answers) == [200] + [403] * 5
    await post_office.letter(ada.email, about="will be deleted")

    async def waiting() -> list[Any]:
        items: list[Any] = (await console.get("mail", status="waiting"))["items"]
        return items

    assert await until(waiting, lambda mails: not mails) == []
    assert len(post_office.to(ada.email, "will be deleted")) == 1
    assert (await console.did()).count("deletion_approved") == 1


async def test_dead_mail_is_tried_again_or_dropped(
    server: RunningServer, console: Console, post_office: PostOffice
) -> None:
    post_office.answers = ["550 No such person"] * 2
    ada = await register(server)
    await register(server, "Grace Hopper", "grace@example.org")

    async def dead() -> list[Any]:
        items: list[Any] = (await console.get("mail", status="dead", sort="created_at"))["items"]
        return items

    await until(dead, lambda mails: len(mails) == 2)
    (first,) = (await console.get("mail", q=ada.email))["items"]
    assert (first["letter"], first["to"], first["error"]) == ("verify-email", ada.email, "SMTPDataError (550)")
    await console.post(f"mail/{first['id']}/retry")
    await post_office.letter(ada.email, about="confirm your e-mail")
    (second,) = await dead()
    await console.post(f"mail/{second['id']}/drop")
    assert await dead() == []
    assert await console.refused(f"mail/{second['id']}/drop") == (404, "not-found")
    assert {"mail_dropped", "mail_retried"} <= set(await console.did())


async def test_the_overview_counts_what_is_and_what_was(
    server: RunningServer, console: Console, clock: TurnedClock
) -> None:
    await register(server)
    meeting = await server.create()
    host = await server.enter(meeting)
    now = await console.get("overview")
    assert (now["live_meetings"], now["people_now"], now["users"], now["engines"]) == (1, 1, 1, {"auto": 1})
    assert (now["days"][-1]["signups"], len(now["days"])) == (1, 30)
    clock.turn(minutes=30)
    await host.send("end")
    await host.closed()
    day = (await console.get("overview"))["days"][-1]
    assert (day["meetings"], day["minutes"], day["day"]) == (1, 30, "2026-06-22")
    clock.turn(days=2)
    later = Console(server, await signed_in_admin(server))
    kept = (await later.get("overview"))["days"]
    assert [day["meetings"] for day in kept[-3:]] == [1, 0, 0]
    assert {day["_id"] for day in await server.app.state.store.find("days", {})} >= {"2026-06-22"}


async def test_a_second_factor_is_asked_for_and_sessions_can_be_ended(
    server: RunningServer, console: Console, clock: TurnedClock
) -> None:
    elsewhere = Console(server, await signed_in_admin(server))
    assert await console.refused("second-factor", password="wrong") == (401, "wrong-credentials")
    setup = await console.post("second-factor", password=PASSWORD)
    totp = pyotp.TOTP(setup["secret"])
    assert await console.refused("second-factor/confirm", code="000000") == (401, "wrong-code")
    codes = (await console.post("second-factor/confirm", code=totp.at(clock.now())))["recovery_codes"]
    assert await elsewhere.refused("logout") == (401, "invalid-token"), "opened without the second factor"
    body = {"name": "root", "password": PASSWORD}

    async def sign_in(code: str | None) -> tuple[int, str | None]:
        return code_of(await server.http.post("/api/admin/login", json=body | {"code": code}))

    assert await sign_in(None) == (401, "code-required")
    assert await sign_in(totp.at(clock.now())) == (401, "wrong-code"), "used already"
    clock.turn(seconds=30)
    assert (await sign_in(totp.at(clock.now())))[0] == 200
    assert (await sign_in(codes[0]))[0] == 200
    assert await sign_in(codes[0]) == (401, "wrong-code")
    server.http.cookies.clear()
    sessions = await console.get("sessions")
    assert [one["current"] for one in sessions].count(True) == 1
    assert len(sessions) == 3
    await console.post("second-factor/disable", password=PASSWORD)
    assert (await sign_in(None))[0] == 200
