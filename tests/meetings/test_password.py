"""Meeting passwords: who needs one, and how guessing is slowed."""

from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from running_server import RunningServer, bearer
from videocall.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No meeting ends while the clock is turned."""
    return replace(settings, abandoned_after_seconds=86400, empty_after_seconds=86400)


async def guess(http: httpx.AsyncClient, code: str, password: str | None) -> tuple[int, Any, str | None]:
    answer = await http.post(f"/api/meetings/{code}/join", json={"name": "Eve", "password": password})
    return answer.status_code, answer.json().get("code"), answer.headers.get("retry-after")


async def test_the_right_password_opens_and_nothing_else_does(server: RunningServer) -> None:
    meeting = await server.create(password="Öffne dich")
    code = meeting["code"]
    for given, problem in ((None, "password-required"), ("", "password-required"), ("öffne dich", "wrong-password")):
        assert await guess(server.http, code, given) == (403, problem, None)
    assert await guess(server.http, code, "Öffne dich") == (200, None, None)
    socket = await server.live(code)
    assert (await socket.join("Grace"))["code"] == "password-required"
    assert (await socket.join("Grace", password="Öffne mich"))["code"] == "wrong-password"
    assert (await socket.join("Grace", password="Öffne dich"))["type"] == "snapshot", "asked again on the same socket"
    assert [person["name"] for person in (await server.view(meeting))["participants"]] == ["Eve", "Grace"]


async def test_who_was_let_in_once_is_not_asked_again(server: RunningServer) -> None:
    meeting = await server.create(password="sesame", lobby=True)
    waiting = await server.knock(meeting, "Grace", password="sesame")
    await waiting.close()
    again = await server.knock(meeting, token=waiting.token)
    assert again.id == waiting.id


async def test_different_guesses_lock_out_for_a_while_even_with_the_right_one(server: RunningServer) -> None:
    meeting, other = await server.create(password="sesame"), await server.create(password="sesame")
    member = await server.enter(meeting, "Grace", password="sesame")
    for number in range(5):
        server.clock.turn(seconds=10)
        assert await guess(server.http, meeting["code"], f"guess {number}") == (403, "wrong-password", None)
    locked = (429, "too-many-guesses", str(15 * 60 - 40))
    assert await guess(server.http, meeting["code"], "sesame") == locked
    socket = await server.live(meeting["code"])
    refused = await socket.join("Eve", password="sesame")
    assert (refused["code"], refused["retry_after_seconds"]) == ("too-many-guesses", 860)
    assert refused["detail"] == "Too many wrong passwords. Try again in 15 minutes."

    assert await guess(server.http, other["code"], "sesame") == (200, None, None), "another meeting is not locked"
    async with server.from_address("127.0.0.2") as elsewhere:
        assert await guess(elsewhere, meeting["code"], "sesame") == (200, None, None), "nor is another guesser"
    assert (await server.enter(meeting, token=member.token)).id == member.id, "nor is who was let in before"
    assert (await server.enter(meeting)).snapshot["type"] == "snapshot", "nor is the host"

    server.clock.turn(seconds=859)
    assert (await guess(server.http, meeting["code"], "sesame"))[2] == "1"
    server.clock.turn(seconds=1)
    assert await guess(server.http, meeting["code"], "sesame") == (200, None, None)


async def test_one_mistake_made_again_and_again_locks_nobody_out(server: RunningServer) -> None:
    meeting = await server.create(password="sesame")
    for _ in range(20):
        assert await guess(server.http, meeting["code"], "sesam") == (403, "wrong-password", None)
        assert await guess(server.http, meeting["code"], None) == (403, "password-required", None)
    assert await guess(server.http, meeting["code"], "sesame") == (200, None, None)


@pytest.mark.parametrize("lobby", [False, True])
async def test_a_wrong_password_leaves_no_trace_of_the_guesser(server: RunningServer, lobby: bool) -> None:  # noqa: FBT001
    meeting = await server.create(password="sesame", lobby=lobby)
    host = await server.enter(meeting)
    await guess(server.http, meeting["code"], "wrong")
    assert await host.told() == []
    assert [person["name"] for person in (await server.view(meeting))["participants"]] == ["Ada"]


async def test_only_hosts_read_the_password(server: RunningServer) -> None:
    meeting = await server.create(password="sesame")
    grace = await server.enter(meeting, "Grace", password="sesame")
    address = f"/api/meetings/{meeting['code']}"
    assert (await server.view(meeting))["password"] == "sesame"
    for headers in ({}, bearer(grace.token)):
        view = (await server.http.get(address, headers=headers)).json()
        assert view["needs_password"] is True
        assert not {"password", "participants", "share"} & view.keys()
