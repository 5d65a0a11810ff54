"""Single sign-on with a real OpenID provider: who gets which account, and what leads nowhere."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import pyotp
import pytest
from msgspec.structs import replace

from openid_provider import open_provider
from people import PASSWORD, code_of, part, register
from post_office import PostOffice
from running_server import RunningServer, TurnedClock, running
from videocall.clock import SystemClock
from videocall.settings import Settings

PEOPLE = (
    {"sub": "ada", "email": "Ada@Example.org", "email_verified": True, "given_name": "Ada", "family_name": "Lovelace"},
    {"sub": "eve", "email": "ada@example.org", "email_verified": False},
    {"sub": "joan", "name": "Joan Clarke"},
)
CALLBACK = "/api/auth/oidc/callback"


@pytest.fixture
async def provider() -> AsyncIterator[str]:
    async with open_provider(*PEOPLE) as address:
        yield address


@pytest.fixture
def clock(clock: TurnedClock) -> TurnedClock:
    """The provider goes by the machine's clock, and we do not believe what was signed tomorrow."""
    clock.time = SystemClock().now()
    return clock


@pytest.fixture
def settings(settings: Settings, provider: str) -> Settings:
    return replace(
        settings, oidc_issuer=provider, oidc_client_id="us", oidc_client_secret="geheim", oidc_name="Example"
    )


async def depart(server: RunningServer, after: str = "/profile") -> tuple[str, dict[str, str]]:
    """The provider's address, and the cookie of the browser that goes there."""
    server.http.cookies.clear()
    answer = await server.http.get("/api/auth/oidc/start", params={"next": after})
    assert answer.status_code == 302
    cookie = answer.headers["set-cookie"]
    for attribute in ("httponly", "samesite=lax", "secure", "path=/api/auth/oidc"):
        assert attribute in cookie.lower()
    server.http.cookies.clear()
    return answer.headers["location"], {"Cookie": cookie.partition(";")[0]}


async def agree(address: str, sub: str) -> str:
    """Sign in at the provider; the query that it sends the browser back with."""
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(address, data={"sub": sub})
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == f"https://meet.example{CALLBACK}"
    return back.query


async def come_back(server: RunningServer, query: str, cookie: dict[str, str]) -> dict[str, str]:
    """What stands after the # of the page that the browser lands on."""
    answer = await server.http.get(f"{CALLBACK}?{query}", headers=cookie)
    page, _, fragment = answer.headers["location"].partition("#")
    assert page == "/login/sso", "nothing in the address itself"
    return {name: values[0] for name, values in parse_qs(fragment).items()}


async def arrive(server: RunningServer, sub: str) -> tuple[dict[str, str], dict[str, str]]:
    address, cookie = await depart(server)
    return await come_back(server, await agree(address, sub), cookie), cookie


async def finish(server: RunningServer, token: str, cookie: dict[str, str], **fields: Any) -> httpx.Response:
    return await server.http.post("/api/auth/oidc/finish", json={"token": token, **fields}, headers=cookie)


async def test_who_comes_for_the_first_time_gets_an_account_and_finds_it_again(server: RunningServer) -> None:
    assert (await server.http.get("/api/auth/ways")).json() == {"single_sign_on": "Example"}
    ids = set()
    for _ in range(2):
        landed, cookie = await arrive(server, "ada")
        assert landed["next"] == "/profile"
        answer = await finish(server, landed["token"], cookie)
        user = answer.json()["user"]
        assert (user["email"], user["email_verified"], user["name"]) == ("ada@example.org", True, "Ada Lovelace")
        ids.add(user["id"])
        assert code_of(await finish(server, landed["token"], cookie)) == (410, "link-expired"), "once"
    assert len(ids) == 1
    login = {"email": "ada@example.org", "password": ""}
    assert (await server.http.post("/api/auth/login", json=login)).status_code == 401, "there is no password to it"


async def test_an_account_is_linked_only_when_both_sides_know_the_address(
    server: RunningServer, post_office: PostOffice
) -> None:
    ada = await register(server)
    landed, _ = await arrive(server, "ada")
    assert "was not confirmed yet" in unquote(landed["problem"])
    await ada.verify(post_office)
    landed, _ = await arrive(server, "eve")
    assert "has not confirmed an e-mail address" in landed["problem"], "the provider has not seen that it is hers"
    assert "has not confirmed an e-mail address" in (await arrive(server, "joan"))[0]["problem"]
    landed, cookie = await arrive(server, "ada")
    assert (await finish(server, landed["token"], cookie)).json()["user"]["id"] == ada.me["id"]
    assert (await ada.sign_in()).status_code == 200, "the password stays"


async def test_a_second_factor_is_asked_for_here_too(server: RunningServer, post_office: PostOffice) -> None:
    ada = await register(server)
    await ada.verify(post_office)
    setup = (await ada.call("POST", "/api/me/second-factor", json={"password": PASSWORD})).json()
    app = pyotp.TOTP(setup["secret"])
    now = server.clock.now()
    await ada.call("POST", "/api/me/second-factor/confirm", json={"code": app.at(now)})
    landed, cookie = await arrive(server, "ada")
    assert code_of(await finish(server, landed["token"], cookie)) == (401, "code-required")
    server.clock.turn(seconds=60)
    code = app.at(server.clock.now())
    assert (await finish(server, landed["token"], cookie, code=code)).status_code == 200


async def test_only_the_browser_that_went_comes_back(server: RunningServer, clock: TurnedClock) -> None:
    address, cookie = await depart(server)
    query = await agree(address, "ada")
    other = (await depart(server))[1]
    assert "did not begin" in (await come_back(server, query, other))["problem"]
    assert "did not begin" in (await come_back(server, query, {}))["problem"]
    landed = await come_back(server, query, cookie)
    assert code_of(await finish(server, landed["token"], other)) == (410, "link-expired")
    assert "answered already" in (await come_back(server, query, cookie))["problem"]
    address, cookie = await depart(server)
    query = await agree(address, "ada")
    clock.turn(minutes=6)
    assert "too long" in (await come_back(server, query, cookie))["problem"]


async def test_what_the_provider_did_not_say_is_not_believed(server: RunningServer) -> None:
    address, cookie = await depart(server)
    state = parse_qs(urlsplit(address).query)["state"][0]
    assert "did not work" in (await come_back(server, f"code=invented&state={state}", cookie))["problem"]
    address, cookie = await depart(server)
    state = parse_qs(urlsplit(address).query)["state"][0]
    assert "did not let you in" in (await come_back(server, f"error=access_denied&state={state}", cookie))["problem"]
    # The nonce of another trip: a token that was given for something else.
    address, cookie = await depart(server)
    foreign = address.replace(parse_qs(urlsplit(address).query)["nonce"][0], "x" * 32)
    assert "did not work" in (await come_back(server, await agree(foreign, "ada"), cookie))["problem"]
    for bad in ("https://evil.example", "//evil.example", "/\\evil.example"):
        answer = await server.http.get("/api/auth/oidc/start", params={"next": bad})
        assert code_of(answer) == (400, "invalid-body"), bad


async def test_a_provider_that_is_gone_is_no_failure_of_ours(settings: Settings, clock: TurnedClock) -> None:
    async with running(replace(settings, oidc_issuer="http://127.0.0.1:1"), clock) as server:
        answer = await server.http.get("/api/auth/oidc/start")
        assert code_of(answer) == (502, "single-sign-on-failed")


async def test_without_a_provider_nothing_offers_it(settings: Settings, clock: TurnedClock) -> None:
    async with running(replace(settings, oidc_issuer=""), clock) as server:
        assert (await server.http.get("/api/auth/ways")).json() == {"single_sign_on": None}
        assert code_of(await server.http.get("/api/auth/oidc/start")) == (404, "not-found")


async def test_the_link_goes_with_the_account(server: RunningServer) -> None:
    landed, cookie = await arrive(server, "ada")
    user_id = (await finish(server, landed["token"], cookie)).json()["user"]["id"]
    await part(server, "deletions").erase(await part(server, "accounts").reload(user_id), hard=True)
    assert await server.app.state["store"].find("identities", {}) == []
