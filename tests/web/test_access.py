"""Every route says whom it is for, and is for nobody else."""

from typing import Any, get_args

import httpx
import pytest
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute, WebSocketRoute
from msgspec.structs import replace
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from people import signed_in_admin
from running_server import RunningServer, TurnedClock, bearer, running
from videocall.settings import Settings
from videocall.web.access import Who

CALLERS = ("stranger", "guest of another meeting", "somebody signed in", "administrator", "guest", "host")
"""The host comes last: some calls end the meeting."""
STRANGERS = {key: {401} for key in ("stranger", "guest of another meeting", "administrator")}
REFUSED: dict[str, dict[str, set[int]]] = {
    "anyone": {},
    "participant": STRANGERS | {"somebody signed in": {403}},
    "host": STRANGERS | {"somebody signed in": {403}, "guest": {403}},
    "user": STRANGERS | {"guest": {401}, "host": {401}},
    "admin": {"administrator": set()} | {key: {401} for key in set(CALLERS) - {"administrator"}},
    "operator": {},
}
"""By what a route declares: who is refused, and how. Everybody else gets further than the guard."""


def handlers(server: RunningServer) -> list[tuple[str, str, BaseRouteHandler]]:
    """Path, method and handler of all that the application serves."""
    found: list[tuple[str, str, BaseRouteHandler]] = []
    for route in server.app.routes:
        if isinstance(route, HTTPRoute):
            found += [(route.path, str(method), pair[0]) for method, pair in route.route_handler_map.items()]
        else:
            method = "WEBSOCKET" if isinstance(route, WebSocketRoute) else "GET"
            found.append((route.path, method, route.route_handler))
    return [(path, method, handler) for path, method, handler in found if method != "OPTIONS"]


async def callers(server: RunningServer) -> tuple[str, dict[str, dict[str, str]]]:
    """A fresh meeting's code, and what each caller sends along."""
    meeting, other = await server.create(), await server.create()
    code = meeting["code"]
    guest = (await server.post(meeting, "join", name="Grace")).json()
    stranger = (await server.post(other, "join", name="Eve")).json()
    person = {"first_name": "Ada", "last_name": "L", "email": f"{code}@example.org", "password": "a long sentence"}
    user = (await server.http.post("/api/auth/register", json=person)).json()
    tokens = [stranger["token"], user["token"], guest["token"], meeting["token"]]
    headers = dict(zip([one for one in CALLERS if one != "administrator"], [{}, *map(bearer, tokens)], strict=True))
    return code, headers | {"administrator": await signed_in_admin(server)}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    rates = {name: "100000/second" for name in Settings.__struct_fields__ if name.endswith("_rate")}
    return replace(settings, bcrypt_cost=4, **rates)


async def test_every_route_says_whom_it_is_for(server: RunningServer) -> None:
    declared = {f"{method} {path}": handler.opt.get("access") for path, method, handler in handlers(server)}
    assert declared
    assert {name for name, who in declared.items() if who not in get_args(Who)} == set()
    assert REFUSED.keys() == set(get_args(Who)), "this test knows every kind of access"


async def test_every_route_is_for_whom_it_says(server: RunningServer) -> None:
    code, headers = await callers(server)
    for path, method, handler in handlers(server):
        if method == "WEBSOCKET":
            continue
        who = handler.opt["access"]
        for caller in CALLERS:
            parts = [code if "code:" in part else "x" if "{" in part else part for part in path.split("/")]
            answer = await server.http.request(method, "/".join(parts), headers=headers[caller])
            case = f"{method} {path} for {who}, called by {caller}: {answer.status_code} {answer.text[:200]}"
            foreign = who == "anyone" and caller == "guest of another meeting" and "{code" in path
            expected = {401} if foreign else REFUSED[who].get(caller)
            if expected:
                assert answer.status_code in expected, case
                assert answer.headers["content-type"] == "application/problem+json", case
            else:
                assert answer.status_code not in {401, 403, 405, 500}, case
            if answer.is_success and method not in {"GET", "HEAD"}:
                # It may have ended the meeting or a session.
                code, headers = await callers(server)


async def test_the_live_socket_takes_no_token_of_another_meeting_in_its_header(server: RunningServer) -> None:
    paths = [path for path, method, _ in handlers(server) if method == "WEBSOCKET"]
    assert sorted(paths) == ["/api/connection-test", "/api/meetings/{code:str}/live"], "the first knows no tokens"
    code, headers = await callers(server)
    url = f"ws://127.0.0.1:{server.settings.port}/api/meetings/{code}/live"
    for caller in CALLERS:
        opening = connect(url, additional_headers=headers[caller], proxy=None)
        if caller == "guest of another meeting":
            with pytest.raises(InvalidStatus):
                await opening
        else:
            await (await opening).close()


async def status(http: httpx.AsyncClient, **headers: Any) -> int:
    return (await http.get("/metrics", headers=headers)).status_code


async def test_an_operator_calls_from_this_machine(server: RunningServer) -> None:
    async with server.from_address("127.0.0.2") as elsewhere:
        assert await status(server.http) == 200
        assert await status(elsewhere) == 403


async def test_an_operator_calls_from_anywhere_with_the_token(settings: Settings, clock: TurnedClock) -> None:
    async with (
        running(replace(settings, metrics_token="geheim-ä"), clock) as server,
        server.from_address("127.0.0.2") as elsewhere,
    ):
        for http in (server.http, elsewhere):
            assert await status(http) == 401
            assert await status(http, **bearer("geheim")) == 401
            assert await status(http, Authorization="Bearer geheim-ä".encode("latin-1")) == 200


async def test_behind_a_trusted_proxy_the_caller_is_who_the_proxy_says(settings: Settings, clock: TurnedClock) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    async with running(settings, clock) as untrusting:
        assert await status(untrusting.http, **forwarded) == 200, "who is not trusted is not believed"
    async with running(replace(settings, trusted_proxies=("127.0.0.1",)), clock) as server:
        assert await status(server.http) == 200
        assert await status(server.http, **forwarded) == 403
