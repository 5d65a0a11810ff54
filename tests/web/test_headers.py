"""Response headers, on every kind of answer."""

import re
from html.parser import HTMLParser

import httpx
import pytest
from msgspec.structs import replace

from running_server import RunningServer, TurnedClock, running, until
from videocall.pool.model import PoolServer
from videocall.pool.repository import PoolRepository
from videocall.settings import Settings
from videocall.web.pages import STATIC

PAGE = {"accept": "text/html,application/xhtml+xml"}
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}
SOURCES = {
    "default-src": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "img-src": {"'self'", "blob:", "data:"},
    "font-src": {"'self'"},
    "connect-src": {"'self'"},
    "media-src": {"'self'", "blob:"},
    "worker-src": {"'self'"},
    "manifest-src": {"'self'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}
"""What the browser may load, and from where: nothing inline, and nothing of anybody else."""
COMPUTING = {**SOURCES, "script-src": {"'self'", "'wasm-unsafe-eval'"}}
"""Where effects on one's own picture and voice are computed, or one comes from there without loading a page."""


def policy(answer: httpx.Response) -> dict[str, set[str]]:
    directives = (directive.split() for directive in answer.headers["content-security-policy"].split(";"))
    return {name: set(sources) for name, *sources in directives}


async def add_server(server: RunningServer, domain: str) -> None:
    kept = PoolServer(domain=domain, operator="Example e.V.", country="DE", added_at=server.clock.now())
    assert await PoolRepository(server.app.state.store).add(kept)


async def every_kind(server: RunningServer) -> dict[str, httpx.Response]:
    meeting, http = await server.create(), server.http
    address = f"/api/meetings/{meeting['code']}"
    asset = next(path.name for path in (STATIC / "assets").glob("*.js") if ".worker-" not in path.name)
    worker = next(path.name for path in (STATIC / "assets").glob("segmenter.worker-*.js"))
    return {
        "page": await http.get("/", headers=PAGE),
        "meeting page": await http.get(f"/m/{meeting['code']}", headers=PAGE),
        "page that is not there": await http.get("/nothing", headers=PAGE),
        "file": await http.get("/theme.js"),
        "asset": await http.get(f"/assets/{asset}"),
        "worker": await http.get(f"/assets/{worker}"),
        "console": await http.get("/admin", headers=PAGE),
        "asset that is not there": await http.get("/assets/nothing.js"),
        "way out of the assets": await http.get("/assets/%2e%2e/%2e%2e/app.py"),
        "api": await http.get(address),
        "created": await http.post("/api/meetings", json={"guest": {"name": "Ada"}}),
        "nothing to say": await server.post(meeting, "leave", meeting["token"]),
        "picture": await http.get(f"{address}/qr.svg"),
        "problem": await http.get("/api/meetings/abc-defg-hjk"),
        "bad body": await http.post("/api/meetings", content=b"{"),
        "no such call": await http.get("/api/nothing"),
        "wrong method": await http.delete("/api/meetings"),
        "options": await http.options("/api/meetings"),
        "api page": await http.get("/api/docs", headers=PAGE),
        "health": await http.get("/healthz"),
        "metrics": await http.get("/metrics"),
    }


async def test_every_kind_of_answer_holds_the_browser_to_the_same_rules(server: RunningServer) -> None:
    for kind, answer in (await every_kind(server)).items():
        for name, value in ALWAYS.items():
            assert answer.headers.get_list(name) == [value], f"{name} on {kind}"
        assert policy(answer) == (COMPUTING if kind in {"page", "meeting page", "worker"} else SOURCES), kind
        permissions = answer.headers["permissions-policy"].split(", ")
        assert {"camera=(self)", "microphone=(self)", "geolocation=()", "payment=()"} <= set(permissions), kind
        assert "server" not in answer.headers, kind
        assert "set-cookie" not in answer.headers, kind
        assert "access-control-allow-origin" not in answer.headers, kind


async def test_only_the_page_of_a_meeting_may_frame_the_servers_of_the_pool(server: RunningServer) -> None:
    meeting = await server.create()
    for domain in ("meet.example", "jitsi.example:8443"):
        await add_server(server, domain)

    async def shown() -> httpx.Response:
        return await server.http.get(f"/m/{meeting['code']}", headers=PAGE)

    answer = await until(shown, lambda answer: "frame-src" in policy(answer))
    origins = {"https://meet.example", "https://jitsi.example:8443"}
    assert policy(answer) == {**COMPUTING, "frame-src": origins}
    permissions = dict(one.split("=", 1) for one in answer.headers["permissions-policy"].split(", "))
    for name in ("camera", "microphone", "display-capture", "autoplay"):
        assert permissions[name] == '(self "https://jitsi.example:8443" "https://meet.example")'
    assert permissions["geolocation"] == "()"
    for path in ("/", "/login", "/nothing"):
        assert "frame-src" not in policy(await server.http.get(path, headers=PAGE)), path


async def test_only_what_never_changes_is_cached(server: RunningServer) -> None:
    answers = await every_kind(server)
    caching = {kind: answer.headers["cache-control"] for kind, answer in answers.items()}
    assert "immutable" in caching.pop("asset")
    assert "immutable" in caching.pop("worker")
    assert re.search(r"max-age=0\b", caching.pop("file"))
    assert {caching.pop("page"), caching.pop("meeting page"), caching.pop("console")} == {"no-cache"}
    assert set(caching.values()) == {"no-store"}, caching


async def test_kinds_of_answers_are_what_they_say(server: RunningServer) -> None:
    answers = await every_kind(server)
    statuses = {kind: answer.status_code for kind, answer in answers.items()}
    assert statuses == {
        **dict.fromkeys(answers, 200),
        "page that is not there": 404,
        "asset that is not there": 404,
        "way out of the assets": 404,
        "created": 201,
        "nothing to say": 204,
        "problem": 404,
        "bad body": 400,
        "no such call": 404,
        "wrong method": 405,
        "options": 204,
    }
    for kind in ("problem", "bad body", "no such call", "wrong method"):
        assert answers[kind].headers["content-type"] == "application/problem+json", kind
        assert answers[kind].json()["status"] == statuses[kind]
    for kind in ("page", "meeting page", "page that is not there"):
        assert answers[kind].headers["content-type"] == "text/html; charset=utf-8"
        assert answers[kind].content == answers["page"].content
    assert answers["picture"].headers["content-type"] == "image/svg+xml"
    assert "POST" in answers["wrong method"].headers["allow"]
    assert "app.py" not in answers["way out of the assets"].text


async def test_head_is_answered_like_get_without_a_body(server: RunningServer) -> None:
    for path in ("/", "/healthz", "/readyz", "/theme.js"):
        got, headed = await server.http.get(path), await server.http.head(path)
        assert (headed.status_code, headed.content) == (200, b""), path
        for name in ("content-type", "content-length", "cache-control"):
            assert headed.headers[name] == got.headers[name], path


class Inline(HTMLParser):
    """Finds what a strict policy forbids in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.found.append(tag)
        self.found += [name for name in given if name == "style" or name.startswith("on")]
        self.addresses += [given[name] or "" for name in ("src", "href") if name in given]


@pytest.mark.parametrize("path", ["/", "/m/abc-defg-hjk", "/nothing", "/api/docs"])
async def test_no_page_has_anything_inline_or_from_elsewhere(server: RunningServer, path: str) -> None:
    page = Inline()
    page.feed((await server.http.get(path, headers=PAGE)).text)
    assert page.addresses
    assert page.found == []
    assert [
        address for address in page.addresses if not address.startswith(("/", "#")) or address.startswith("//")
    ] == []


async def test_without_https_nothing_is_promised_about_it(settings: Settings, clock: TurnedClock) -> None:
    async with running(replace(settings, site_url=""), clock) as server:
        assert "strict-transport-security" not in (await server.http.get("/")).headers


async def test_compressed_files_are_sent_as_such(server: RunningServer) -> None:
    asset = max(
        (path for path in (STATIC / "assets").iterdir() if path.suffix == ".js"), key=lambda path: path.stat().st_size
    )
    plain = await server.http.get(f"/assets/{asset.name}", headers={"accept-encoding": "identity"})
    for encoding in ("gzip", "br"):
        async with server.http.stream("GET", f"/assets/{asset.name}", headers={"accept-encoding": encoding}) as answer:
            body = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == encoding
        assert answer.headers["content-type"] == plain.headers["content-type"]
        assert "accept-encoding" in answer.headers["vary"].lower()
        assert len(body) < len(plain.content)
