"""Passkeys: made with the password, enough by themselves, and worth nothing to anybody else."""

from typing import Any

import httpx
import pytest

from authenticator import Authenticator
from people import PASSWORD, Account, code_of, part, register
from post_office import PostOffice
from running_server import RunningServer, TurnedClock

ORIGIN = "https://meet.example"


async def begun(ada: Account) -> dict[str, Any]:
    answer = await ada.call("POST", "/api/me/passkeys/options", json={"password": PASSWORD})
    assert answer.status_code == 200, answer.text
    wish: dict[str, Any] = answer.json()
    return wish


async def made(ada: Account, key: Authenticator, name: str = "My phone") -> httpx.Response:
    wish = await begun(ada)
    body = {"challenge": wish["challenge"], "name": name, "credential": key.make(wish["options"])}
    return await ada.call("POST", "/api/me/passkeys", json=body)


async def sign_in(server: RunningServer, key: Authenticator, **changes: Any) -> httpx.Response:
    wish = (await server.http.post("/api/auth/passkey/options")).json()
    body = {"challenge": wish["challenge"], "credential": key.use(wish["options"]), **changes}
    return await server.http.post("/api/auth/passkey", json=body)


@pytest.fixture
async def ada(server: RunningServer, post_office: PostOffice) -> Account:
    ada = await register(server)
    await ada.verify(post_office)
    return ada


async def test_a_passkey_is_made_used_renamed_and_removed(
    server: RunningServer, ada: Account, post_office: PostOffice
) -> None:
    key = Authenticator(ORIGIN)
    assert (await made(ada, key)).json()["name"] == "My phone"
    await post_office.letter(ada.email, about="was added")
    for _ in range(2):
        answer = await sign_in(server, key)
        assert answer.json()["user"]["email"] == ada.email
    (kept,) = await ada.get("/api/me/passkeys")
    assert kept["used_at"]
    path = f"/api/me/passkeys/{kept['id']}"
    assert (await ada.call("PATCH", path, json={"name": " Desk "})).status_code == 204
    assert [one["name"] for one in await ada.get("/api/me/passkeys")] == ["Desk"]
    assert code_of(await ada.call("PATCH", path, json={"name": " "})) == (400, "invalid-body")
    wrong = await ada.call("POST", f"{path}/remove", json={"password": "wrong"})
    assert code_of(wrong) == (401, "wrong-credentials")
    assert (await ada.call("POST", f"{path}/remove", json={"password": PASSWORD})).status_code == 204
    await post_office.letter(ada.email, about="was removed")
    assert code_of(await sign_in(server, key)) == (400, "passkey-refused")


async def test_making_one_needs_the_password_and_a_confirmed_address(
    server: RunningServer, ada: Account, post_office: PostOffice
) -> None:
    wrong = await ada.call("POST", "/api/me/passkeys/options", json={"password": "wrong"})
    assert code_of(wrong) == (401, "wrong-credentials")
    eve = await register(server, "Eve E", "eve@example.org")
    early = await eve.call("POST", "/api/me/passkeys/options", json={"password": PASSWORD})
    assert code_of(early) == (403, "email-not-verified")
    await eve.verify(post_office)
    wish = await begun(ada)
    body = {"challenge": wish["challenge"], "name": "x", "credential": Authenticator(ORIGIN).make(wish["options"])}
    assert code_of(await eve.call("POST", "/api/me/passkeys", json=body)) == (410, "link-expired"), "asked of another"


async def test_a_challenge_is_answered_once_and_in_time(
    server: RunningServer, ada: Account, clock: TurnedClock
) -> None:
    key = Authenticator(ORIGIN)
    await made(ada, key)
    wish = (await server.http.post("/api/auth/passkey/options")).json()
    body = {"challenge": wish["challenge"], "credential": key.use(wish["options"])}
    assert (await server.http.post("/api/auth/passkey", json=body)).status_code == 200
    assert code_of(await server.http.post("/api/auth/passkey", json=body)) == (410, "link-expired")
    wish = (await server.http.post("/api/auth/passkey/options")).json()
    clock.turn(minutes=5)
    body = {"challenge": wish["challenge"], "credential": key.use(wish["options"])}
    assert code_of(await server.http.post("/api/auth/passkey", json=body)) == (410, "link-expired")


async def test_what_is_not_right_about_a_passkey_lets_nobody_in(server: RunningServer, ada: Account) -> None:
    for bad in (Authenticator("https://evil.example"), Authenticator(ORIGIN, verifies=False)):
        assert code_of(await made(ada, bad)) == (400, "passkey-refused")
    key = Authenticator(ORIGIN)
    assert (await made(ada, key)).status_code == 201
    assert code_of(await made(ada, key)) == (400, "passkey-refused"), "there already"
    assert code_of(await sign_in(server, Authenticator(ORIGIN))) == (400, "passkey-refused"), "nobody's"
    key.origin = "https://evil.example"
    assert code_of(await sign_in(server, key)) == (400, "passkey-refused")
    key.origin = ORIGIN
    assert (await sign_in(server, key)).status_code == 200
    key.count -= 1
    assert code_of(await sign_in(server, key)) == (400, "passkey-refused"), "a copy of the key counts behind"
    key.handle = b"somebody else"
    key.count += 5
    assert code_of(await sign_in(server, key)) == (400, "passkey-refused")
    odd = {**key.use({"rpId": "x", "challenge": "eA"}), "type": []}
    for credential in ({}, {"id": 7}, {"id": "x", "response": 5}, odd):
        assert (await sign_in(server, key, credential=credential)).status_code == 400, credential
    assert (await sign_in(server, key, credential=[])).status_code == 400


async def test_a_passkey_is_exported_and_goes_with_the_account(server: RunningServer, ada: Account) -> None:
    await made(ada, Authenticator(ORIGIN), "Zebra key")
    archive = await ada.call("GET", "/api/me/export")
    assert archive.status_code == 200
    user = await part(server, "accounts").reload(ada.me["id"])
    await part(server, "deletions").erase(user, hard=True)
    assert await server.app.state["store"].find("passkeys", {}) == []
