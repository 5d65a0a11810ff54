"""Administrators: made on the command line, signed in by a cookie, and what they decide about deletions."""

import asyncio
import os
import sys
from typing import Any

import pytest
from msgspec.structs import replace

from people import PASSWORD, Account, code_of, part, register, secret_in, signed_in_admin
from post_office import PostOffice
from running_server import RunningServer, TurnedClock, running
from videocall.settings import Settings


@pytest.fixture
def settings(settings: Settings, post_office: PostOffice) -> Settings:
    return replace(settings, bcrypt_cost=4, smtp_url=post_office.url)


async def waiting_request(server: RunningServer, office: PostOffice, ada: Account, **fields: Any) -> None:
    body = {"email": ada.email, "first_name": "Ada", "last_name": "Lovelace", **fields}
    assert (await server.http.post("/api/account-deletions", json=body)).status_code == 202
    token = secret_in(await office.letter(ada.email, about="deleted"))
    assert (await server.http.post("/api/account-deletions/verify", json={"token": token})).status_code == 200


async def test_the_cookie_is_the_credential_and_can_be_ended(server: RunningServer, clock: TurnedClock) -> None:
    await part(server, "admins").create("Root", PASSWORD)
    answer = await server.http.post("/api/admin/login", json={"name": " ROOT ", "password": PASSWORD})
    assert (answer.status_code, answer.json()["name"]) == (200, "root")
    cookie = answer.headers["set-cookie"].lower()
    for attribute in ("httponly", "samesite=strict", "secure", "max-age=604800", "path=/"):
        assert attribute in cookie, attribute
    server.http.cookies.clear()
    headers = {"Cookie": answer.headers["set-cookie"].partition(";")[0], "Origin": "https://meet.example"}
    assert (await server.http.get("/api/admin/session", headers=headers)).json()["name"] == "root"
    assert (await server.http.post("/api/admin/logout", headers=headers)).status_code == 204
    assert code_of(await server.http.get("/api/admin/session", headers=headers)) == (401, "invalid-token")
    headers = await signed_in_admin(server)
    clock.turn(days=7)
    assert code_of(await server.http.get("/api/admin/session", headers=headers)) == (401, "invalid-token")
    forged = {"Cookie": "admin_session=eyJhbGciOiJub25lIn0.e30."}
    assert code_of(await server.http.get("/api/admin/session", headers=forged)) == (401, "invalid-token")


async def test_another_site_cannot_act_with_the_cookie(server: RunningServer) -> None:
    headers = await signed_in_admin(server)
    for origin in ("https://evil.example", "null", "http://meet.example", None):
        foreign = {"Cookie": headers["Cookie"]} | ({"Origin": origin} if origin else {})
        answer = await server.http.post("/api/admin/logout", headers=foreign)
        assert code_of(answer) == (403, "not-allowed"), origin
    evil = {"Origin": "https://evil.example"}
    body = {"name": "root", "password": PASSWORD}
    assert code_of(await server.http.post("/api/admin/login", json=body, headers=evil)) == (403, "not-allowed")
    own = {**headers, "Origin": str(server.http.base_url).rstrip("/")}
    assert (await server.http.post("/api/admin/logout", headers=own)).status_code == 204, "as it was typed"


async def test_who_guesses_is_locked_out_and_nobody_else(server: RunningServer) -> None:
    await part(server, "admins").create("root", PASSWORD)

    async def guess(name: str, password: str) -> tuple[int, str | None]:
        return code_of(await server.http.post("/api/admin/login", json={"name": name, "password": password}))

    assert await guess("root", "wrong") == await guess("nobody", "wrong") == (401, "wrong-credentials")
    for number in range(9):
        await guess("root", f"wrong {number}")
    assert await guess("root", PASSWORD) == (429, "too-many-guesses")
    async with server.from_address("127.0.0.2") as elsewhere:
        answer = await elsewhere.post("/api/admin/login", json={"name": "root", "password": PASSWORD})
        assert answer.status_code == 200


async def test_deletions_are_decided_mailed_and_written_down(server: RunningServer, post_office: PostOffice) -> None:
    headers = await signed_in_admin(server)
    requests = "/api/admin/deletion-requests"
    ada = await register(server)
    await waiting_request(server, post_office, ada, reason="Enough")
    (request,) = (await server.http.get(requests, headers=headers)).json()["items"]
    assert (request["email"], request["reason"], request["hard"]) == (ada.email, "Enough", False)
    answer = await server.http.post(
        f"{requests}/{request['id']}/approve", json={"notes": "Fine.", "hard": True}, headers=headers
    )
    assert (answer.json()["status"], answer.json()["hard"]) == ("approved", True)
    again = await server.http.post(f"{requests}/{request['id']}/reject", json={}, headers=headers)
    assert again.status_code == 200, "an approval can be taken back"
    await post_office.letter(ada.email, about="was not deleted")
    twice = await server.http.post(f"{requests}/{request['id']}/approve", json={}, headers=headers)
    assert code_of(twice) == (403, "not-allowed")
    assert (await server.http.get(f"{requests}?status=rejected", headers=headers)).json()["items"][0]["id"] == request[
        "id"
    ]
    missing = await server.http.post(f"{requests}/nothing/approve", json={}, headers=headers)
    assert code_of(missing) == (404, "not-found")
    bad = await server.http.post(f"{requests}/{request['id']}/approve", json={"hard": 7}, headers=headers)
    assert code_of(bad) == (400, "invalid-body")
    log = (await server.http.get("/api/admin/audit", headers=headers)).json()["items"]
    assert {(entry["action"], entry["about"]) for entry in log} >= {
        ("deletion_approved", request["id"]),
        ("deletion_rejected", request["id"]),
    }
    assert ada.email not in str(log)


async def test_the_command_makes_an_administrator_of_a_running_server(settings: Settings, clock: TurnedClock) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIDEOCALL_")}
    environment |= {"VIDEOCALL_DATA": str(settings.data), "VIDEOCALL_BCRYPT_COST": "4"}
    command = [sys.executable, "-c", "from videocall.cli import main; main()", "admin", "create"]

    async def create(*lines: str) -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=-2
        )
        said, _ = await process.communicate("\n".join([*lines, ""]).encode())
        return process.returncode, said.decode()

    async with running(settings, clock) as server:
        code, said = await create("Root", PASSWORD)
        assert code == 0, said
        assert "root is an administrator now" in said
        assert PASSWORD not in said
        await signed_in_admin(server)
        assert await create("root", PASSWORD) == (1, "There is an administrator of this name already.\n")
        assert (await create("x y", "short"))[0] == 1
