"""No cookie but a living one of ours opens any route of the console."""

import pytest
from litestar.routes import HTTPRoute
from msgspec.structs import replace

from people import register, signed_in_admin
from running_server import RunningServer, TurnedClock
from videocall.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, bcrypt_cost=4, admin_rate="100000/minute", request_rate="100000/minute")


def routes(server: RunningServer) -> list[tuple[str, str]]:
    """Method and path of every route that is for administrators."""
    found = []
    for route in server.app.routes:
        if isinstance(route, HTTPRoute):
            path = "/".join("x" if "{" in part else part for part in route.path.split("/"))
            for method, (handler, _) in route.route_handler_map.items():
                if handler.opt.get("access") == "admin":
                    found.append((str(method), path))
    return found


async def test_expired_ended_forged_truncated_and_foreign_cookies_open_nothing(
    server: RunningServer, clock: TurnedClock
) -> None:
    expired = (await signed_in_admin(server))["Cookie"]
    clock.turn(days=7)
    headers = await signed_in_admin(server)
    ended = headers["Cookie"]
    assert (await server.http.post("/api/admin/logout", headers=headers)).status_code == 204
    living = (await signed_in_admin(server))["Cookie"]
    user = (await register(server)).token
    meeting = (await server.create())["token"]
    head, body, signature = living.removeprefix("admin_session=").split(".")
    cookies = {
        "expired": expired,
        "ended": ended,
        "forged": f"admin_session={head}.{body}.{signature[::-1]}",
        "of no algorithm": f"admin_session=eyJhbGciOiJub25lIiwidHlwIjoiYWRtaW4rand0In0.{body}.",
        "truncated": living[:-9],
        "a user's token": f"admin_session={user}",
        "a guest's token": f"admin_session={meeting}",
        "empty": "admin_session=",
    }
    every = routes(server)
    assert len(every) > 30
    for what, cookie in cookies.items():
        for method, path in every:
            given = {"Cookie": cookie, "Origin": server.settings.public_url}
            answer = await server.http.request(method, path, headers=given)
            assert answer.status_code == 401, f"{method} {path} with a cookie that is {what}: {answer.text}"
    for method, path in every:
        bearer = {"Authorization": f"Bearer {living.removeprefix('admin_session=')}"}
        assert (await server.http.request(method, path, headers=bearer)).status_code == 401, path
