"""Rates at the door: who comes too often waits as long as Retry-After says, and nobody else waits."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from running_server import RunningServer, TurnedClock, running
from videocall.settings import Settings


@pytest.fixture
async def server(settings: Settings, clock: TurnedClock) -> AsyncIterator[RunningServer]:
    rates = replace(settings, create_rate="3/10 minutes", join_rate="4/minute", meeting_join_rate="6/minute")
    async with running(rates, clock) as server:
        yield server


def refusal(answer: httpx.Response) -> tuple[int, str, str | None]:
    return answer.status_code, answer.json().get("code", ""), answer.headers.get("retry-after")


async def create(http: httpx.AsyncClient) -> httpx.Response:
    return await http.post("/api/meetings", json={"guest": {"name": "Ada"}})


async def join(http: httpx.AsyncClient, meeting: dict[str, Any]) -> httpx.Response:
    return await http.post(f"/api/meetings/{meeting['code']}/join", json={"name": "Grace"})


async def test_new_meetings_from_one_address(server: RunningServer) -> None:
    for _ in range(3):
        assert (await create(server.http)).status_code == 201
        server.clock.turn(seconds=100)
    assert refusal(await create(server.http)) == (429, "too-many-requests", "300")
    assert (await create(server.http)).json()["detail"] == "Too many requests. Try again in 5 minutes."
    async with server.from_address("127.0.0.2") as elsewhere:
        assert (await create(elsewhere)).status_code == 201
    server.clock.turn(seconds=299)
    assert refusal(await create(server.http)) == (429, "too-many-requests", "1")
    assert (await create(server.http)).json()["detail"] == "Too many requests. Try again in 1 second."
    server.clock.turn(seconds=2)
    assert (await create(server.http)).status_code == 201


async def test_joins_from_one_address_by_http_and_by_socket(server: RunningServer) -> None:
    meeting, other = await server.create(), await server.create()
    for number in range(4):
        assert (await join(server.http, (meeting, other)[number % 2])).status_code == 200
    assert refusal(await join(server.http, meeting)) == (429, "too-many-requests", "60")
    here, elsewhere = await server.live(meeting["code"]), await server.live(meeting["code"], "127.0.0.2")
    refused = await here.join("Grace")
    assert (refused["code"], refused["retry_after_seconds"]) == ("too-many-requests", 60)
    assert (await elsewhere.join("Joan"))["type"] == "snapshot"
    server.clock.turn(seconds=61)
    assert (await here.join("Grace"))["type"] == "snapshot", "the same socket may ask again"


async def test_joins_into_one_meeting_from_everywhere(server: RunningServer) -> None:
    meeting, other = await server.create(), await server.create()
    for number in range(6):
        async with server.from_address(f"127.0.0.{number + 2}") as http:
            assert (await join(http, meeting)).status_code == 200
    assert refusal(await join(server.http, meeting)) == (429, "too-many-requests", "60")
    assert (await join(server.http, other)).status_code == 200


async def test_guessing_codes_counts_as_joining(server: RunningServer) -> None:
    for _ in range(4):
        assert (await join(server.http, {"code": "abc-defg-hjk"})).status_code == 404
    assert refusal(await join(server.http, {"code": "abc-defg-hjk"})) == (429, "too-many-requests", "60")


async def test_requests_of_any_kind_from_one_address(settings: Settings, clock: TurnedClock) -> None:
    async with running(replace(settings, request_rate="5/minute"), clock) as server:
        for path in ("/", "/healthz", "/theme.js", "/api/openapi.json", "/api/meetings/abc-defg-hjk"):
            assert (await server.http.get(path)).status_code != 429, path
        for path in ("/", "/healthz", "/theme.js", "/api/openapi.json", "/api/meetings/abc-defg-hjk"):
            assert refusal(await server.http.get(path)) == (429, "too-many-requests", "60"), path
        async with server.from_address("127.0.0.2") as elsewhere:
            assert (await elsewhere.get("/healthz")).status_code == 200


async def test_behind_a_proxy_each_client_counts_for_itself(settings: Settings, clock: TurnedClock) -> None:
    limited = replace(settings, create_rate="1/minute", trusted_proxies=("127.0.0.1",))
    async with running(limited, clock) as server:
        for client, status in (("192.0.2.1", 201), ("192.0.2.2", 201), ("192.0.2.1", 429), ("6.6.6.6, 192.0.2.2", 429)):
            answer = await server.http.post(
                "/api/meetings", json={"guest": {"name": "Ada"}}, headers={"X-Forwarded-For": client}
            )
            assert answer.status_code == status, client
