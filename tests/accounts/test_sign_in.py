"""Register, sign in and out: equal answers, sessions that end, tokens that cannot be made or borrowed."""

import asyncio
import base64
from datetime import timedelta
from typing import Any

import bcrypt
import jwt
import msgspec
import pytest

from people import PASSWORD, code_of, headers_of, part, register, sign_in
from running_server import RunningServer, TurnedClock
from videocall.accounts.model import SignIn
from videocall.accounts.tokens import UserToken, UserTokens
from videocall.keys import Keys
from videocall.meetings.tokens import MeetingToken, MeetingTokens


async def test_registering_says_what_is_wrong_with_each_field(server: RunningServer) -> None:
    body = {"first_name": " ", "last_name": "x" * 41, "email": "ada@", "password": "short"}
    answer = await server.http.post("/api/auth/register", json=body)
    assert code_of(answer) == (400, "invalid-body")
    assert set(answer.json()["errors"]) == {"first_name", "last_name", "email", "password"}


async def test_an_address_is_kept_in_lower_case_and_taken_once(server: RunningServer) -> None:
    ada = await register(server, email="Ada@Example.ORG")
    assert ada.me["email"] == "ada@example.org"
    body = {"first_name": "E", "last_name": "V", "email": "ADA@example.org", "password": PASSWORD}
    taken = await server.http.post("/api/auth/register", json=body)
    assert code_of(taken) == (409, "email-taken")
    many = await asyncio.gather(
        *(server.http.post("/api/auth/register", json={**body, "email": "new@example.org"}) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in many) == [201, 409, 409, 409, 409]


async def test_an_unknown_address_and_a_wrong_password_are_alike_in_answer_and_work(server: RunningServer) -> None:
    await register(server)
    work: list[int] = []
    real = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        work.append(int(hashed.split(b"$")[2]))
        return real(password, hashed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bcrypt, "checkpw", counted)
        unknown = await sign_in(server, "nobody@example.org", "some other engine")
        for_unknown, work = work, []
        wrong = await sign_in(server, "ada@example.org", "some other engine")
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json() == wrong.json()
    assert headers_of(unknown) == headers_of(wrong)
    assert for_unknown == work == [4]


async def test_who_guesses_locks_out_themselves_and_nobody_else(server: RunningServer) -> None:
    ada, grace = await register(server), await register(server, "Grace Hopper", "grace@example.org")
    answers = [await ada.sign_in(password=f"wrong engine no. {number}") for number in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
    assert code_of(await ada.sign_in()) == (429, "too-many-guesses"), "the right one is not tried either, from there"
    assert (await grace.sign_in()).status_code == 200, "another account, from the same address"
    accounts = part(server, "accounts")
    assert await accounts.sign_in(SignIn(email=ada.email, password=ada.password), "198.51.100.7", ""), (
        "the owner, from another address"
    )


async def test_the_same_mistake_counts_once(server: RunningServer) -> None:
    ada = await register(server)
    for _ in range(15):
        assert (await ada.sign_in(password="analytical engine no. l")).status_code == 401
    assert (await ada.sign_in()).status_code == 200


async def test_a_token_lasts_24_hours(server: RunningServer, clock: TurnedClock) -> None:
    ada = await register(server)
    clock.turn(hours=23, minutes=59)
    assert (await ada.call("GET", "/api/me")).status_code == 200
    clock.turn(minutes=1)
    assert code_of(await ada.call("GET", "/api/me")) == (401, "invalid-token")


async def test_signing_out_ends_one_session_or_all(server: RunningServer) -> None:
    ada = await register(server)
    phone, desk, old = [(await ada.sign_in()).json()["token"] for _ in range(3)]
    sessions = await ada.get("/api/me/sessions")
    assert len(sessions) == 4
    assert [session["current"] for session in sessions].count(True) == 1
    assert (await ada.call("POST", "/api/auth/logout", token=old)).status_code == 204
    assert (await ada.call("GET", "/api/me", token=old)).status_code == 401
    desk_id = next(s["id"] for s in await ada.get("/api/me/sessions", token=desk) if s["current"])
    assert (await ada.call("DELETE", f"/api/me/sessions/{desk_id}")).status_code == 204
    assert (await ada.call("GET", "/api/me", token=desk)).status_code == 401
    assert code_of(await ada.call("DELETE", f"/api/me/sessions/{desk_id}")) == (404, "not-found")
    assert (await ada.call("POST", "/api/auth/logout-everywhere", token=phone)).status_code == 204
    for token in (ada.token, phone):
        assert (await ada.call("GET", "/api/me", token=token)).status_code == 401


async def test_nobody_ends_the_session_of_another(server: RunningServer) -> None:
    ada, grace = await register(server), await register(server, "Grace Hopper", "grace@example.org")
    assert code_of(await ada.call("DELETE", "/api/me/sessions/%00")) == (404, "not-found")
    (session,) = await ada.get("/api/me/sessions")
    assert code_of(await grace.call("DELETE", f"/api/me/sessions/{session['id']}")) == (404, "not-found")
    assert (await ada.call("GET", "/api/me")).status_code == 200


async def test_a_new_password_ends_every_older_token(server: RunningServer) -> None:
    ada = await register(server)
    other = (await ada.sign_in()).json()["token"]
    code = await ada.meeting()
    meeting_token = (await ada.call("POST", f"/api/meetings/{code}/join", json={})).json()["token"]
    assert (await ada.call("GET", f"/api/meetings/{code}/share", token=meeting_token)).status_code == 200
    body = {"current_password": "not this one at all", "password": "difference engine no. 2"}
    wrong = await ada.call("PUT", "/api/me/password", json=body)
    assert code_of(wrong) == (401, "wrong-credentials")
    assert set(wrong.json()["errors"]) == {"current_password"}
    changed = await ada.call("PUT", "/api/me/password", json={**body, "current_password": PASSWORD})
    assert changed.status_code == 200, changed.text
    for token in (ada.token, other):
        assert (await ada.call("GET", "/api/me", token=token)).status_code == 401
    assert code_of(await ada.call("POST", f"/api/meetings/{code}/end", token=meeting_token)) == (401, "invalid-token")
    assert (await ada.call("GET", "/api/me", token=changed.json()["token"])).status_code == 200
    assert (await ada.sign_in()).status_code == 401
    assert (await ada.sign_in(password="difference engine no. 2")).status_code == 200


def forged(server: RunningServer, clock: TurnedClock, user: str, session: str) -> dict[str, str]:
    now = int(clock.now().timestamp())
    claims: dict[str, Any] = {"aud": "user", "sub": user, "sid": session, "iat": now, "exp": now + 3600}
    key = Keys.open(server.settings.data).derive("user tokens")
    typed = {"typ": "user+jwt"}
    none = ".".join(
        base64.urlsafe_b64encode(msgspec.json.encode(part)).rstrip(b"=").decode()
        for part in ({"alg": "none", **typed}, claims)
    )
    return {
        "another key": jwt.encode(claims, b"k" * 32, "HS256", headers=typed),
        "no signature": f"{none}.",
        "another algorithm": jwt.encode(claims, key + key, "HS512", headers=typed),
        "another audience": jwt.encode({**claims, "aud": "meeting"}, key, "HS256", headers=typed),
        "another type": jwt.encode(claims, key, "HS256"),
        "expired": jwt.encode({**claims, "exp": now - 1}, key, "HS256", headers=typed),
        "without end": jwt.encode({k: v for k, v in claims.items() if k != "exp"}, key, "HS256", headers=typed),
        "without session": jwt.encode({k: v for k, v in claims.items() if k != "sid"}, key, "HS256", headers=typed),
        "another session": jwt.encode({**claims, "sid": "nonsense"}, key, "HS256", headers=typed),
        "another person": jwt.encode({**claims, "sub": "nonsense"}, key, "HS256", headers=typed),
        "nonsense": "nonsense",
        "dots": "..",
        "no header": "e30.e30.e30",
    }


async def test_no_token_can_be_made_or_borrowed(server: RunningServer, clock: TurnedClock) -> None:
    ada = await register(server)
    code = await ada.meeting()
    (session,) = await ada.get("/api/me/sessions")
    tokens = forged(server, clock, ada.me["id"], session["id"])
    guest = await server.create()
    tokens |= {"a meeting's": guest["token"]}
    for kind, token in tokens.items():
        assert code_of(await ada.call("GET", "/api/me", token=token)) == (401, "invalid-token"), kind
        assert (await ada.call("POST", f"/api/meetings/{code}/end", token=token)).status_code == 401, kind
    live = await server.live(code)
    for token in [*tokens.values(), "\u00e9.\u00e9.\u00e9", "\0"]:
        assert (await live.join(token=token))["code"] == "invalid-token"
    assert code_of(await server.http.get("/api/me")) == (401, "invalid-token")
    stranger = await ada.call("POST", f"/api/meetings/{guest['code']}/end")
    assert code_of(stranger) == (403, "not-allowed"), "signed in, but not in that meeting"


def test_tokens_of_people_and_of_meetings_are_of_different_kinds(tmp_path: Any, clock: TurnedClock) -> None:
    keys = Keys.open(tmp_path)
    people, meetings = UserTokens(keys, clock), MeetingTokens(keys, clock)
    user = people.sign(UserToken(user="u", session="s"), clock.now() + timedelta(hours=1))
    meeting = meetings.sign(MeetingToken(meeting="m", person="p", generation=3))
    assert people.is_one(user)
    assert not people.is_one(meeting)
    assert meetings.read(meeting).generation == 3
    for read, token in ((people.read, meeting), (meetings.read, user)):
        with pytest.raises(Exception, match="valid token"):
            read(token)


async def test_a_profile_changes_field_by_field(server: RunningServer) -> None:
    ada = await register(server)
    wish = {"first_name": " Augusta  Ada ", "time_zone": "Europe/London", "language": "en-GB", "theme": "dark"}
    changed = await ada.call("PATCH", "/api/me", json={**wish, "notifications": {"news": True}})
    assert changed.status_code == 200, changed.text
    me = await ada.get("/api/me")
    assert (me["first_name"], me["last_name"], me["time_zone"]) == ("Augusta Ada", "Lovelace", "Europe/London")
    assert me["notifications"] == {"reminders": True, "invitations": True, "news": True}
    bad = await ada.call("PATCH", "/api/me", json={"first_name": "", "time_zone": "Mars/Olympus"})
    assert code_of(bad) == (400, "invalid-body")
    assert set(bad.json()["errors"]) == {"first_name", "time_zone"}
    assert await ada.get("/api/me") == me, "bad input changes nothing"
    bodies: list[dict[str, Any]] = [{"email": "x@example.org"}, {"generation": 0}, {"password_hash": "x"}]
    bodies += [{"theme": "pink"}, {"last_name": "A\0"}, {"devices": {"camera": "A\0"}}]
    for body in bodies:
        assert (await ada.call("PATCH", "/api/me", json=body)).status_code == 400, body
    assert (await ada.call("PATCH", "/api/me", json={})).status_code == 200


async def test_an_account_that_was_switched_off_is_out_at_once(server: RunningServer, clock: TurnedClock) -> None:
    ada = await register(server)
    await part(server, "accounts")._repository.change(ada.me["id"], disabled_at=clock.now())  # noqa: SLF001
    assert code_of(await ada.call("GET", "/api/me")) == (403, "account-disabled")
    assert code_of(await ada.sign_in()) == (403, "account-disabled")
    assert code_of(await ada.sign_in(password="some other engine")) == (401, "wrong-credentials")
