"""The browser's files: built by Vite into `static/`, served with precompressed variants and long caching.

A file that comes in several languages is `NAME.EXTENSION` in English and `NAME.LANGUAGE.EXTENSION` in every other.
"""

import re
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from pathlib import Path
from typing import Any

from litestar import Request, Response, asgi, route
from litestar.connection import ASGIConnection
from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler
from litestar.params import FromPath
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from servestatic import ServeStaticASGI

from videocall.web.access import access
from videocall.web.languages import VARY, language_of
from videocall.web.security import page_policies
from videocall.words import DEFAULT, LANGUAGES

STATIC = Path(__file__).parent.parent / "static"
MEETING = "/m/{code:str}"
PAGES = [
    "/",
    "/login",
    "/login/sso",
    "/register",
    "/forgot-password",
    "/verify-email",
    "/profile",
    "/account/delete-account",
    "/dashboard",
    "/schedule",
    "/meetings/{code:str}",
    "/rsvp",
    "/my-record",
    "/privacy-rights",
    "/test",
]
CONSOLE = ["/admin", "/admin/{section:str}", "/admin/{section:str}/{item:str}"]
"""These and the above are the addresses that the browser's router knows (contract: Pages); all are answered with one
HTML file, in a language. From the above one comes into a meeting without loading a page: they have its policy."""
LOCALIZED = ["offline.html", "manifest.webmanifest"]
"""Files beside the pages that come in the visitor's language, too (web/build.js)."""
_COMPRESSED = {".br", ".gz"}
_WORKER = re.compile(r"/segmenter\.worker-[^/]+\.js$")
"""Finds the person in a picture (web/src/call/effects). A worker has the policy that its own file is sent with."""


Frames = Callable[[str], Awaitable[Collection[str]]]
"""The servers of the pool that may stand in a frame of the page of a meeting, given its code."""


def browser_files(frames: Frames, root: Path = STATIC) -> list[ASGIRouteHandler | HTTPRouteHandler]:
    """Routes for the pages, for the files beside them, and for everything under /assets, which never changes."""
    files: ASGIApp = ServeStaticASGI(None, root=root, max_age=0, allow_all_origins=False)
    assets: ASGIApp = ServeStaticASGI(
        None,
        root=root / "assets",
        allow_all_origins=False,
        immutable_file_test=lambda *_: True,
        add_headers_function=_let_worker_compute,
    )
    names = [f"/{path.name}" for path in root.iterdir() if path.is_file() and path.suffix not in _COMPRESSED]
    localized = {f"/{name}" for name in LOCALIZED}
    indexes = {language: (root / in_language("index.html", language)).read_bytes() for language in LANGUAGES}

    def index(request: Request[Any, Any, Any], **policies: str) -> Response[bytes]:
        language = language_of(request)
        headers = {"cache-control": "no-cache", "content-language": language, **VARY, **policies}
        return Response(indexes[language], headers=headers)

    @route(PAGES, http_method=["GET", "HEAD"], opt=access("anyone"), include_in_schema=False, media_type="text/html")
    async def page(request: Request[Any, Any, Any]) -> Response[bytes]:
        return index(request, **page_policies(wasm=True))

    @route(CONSOLE, http_method=["GET", "HEAD"], opt=access("anyone"), include_in_schema=False, media_type="text/html")
    async def console(request: Request[Any, Any, Any]) -> Response[bytes]:
        return index(request)

    @route(MEETING, http_method=["GET", "HEAD"], opt=access("anyone"), include_in_schema=False, media_type="text/html")
    async def meeting_page(request: Request[Any, Any, Any], code: FromPath[str]) -> Response[bytes]:
        return index(request, **page_policies(await frames(code), wasm=True))

    @asgi(names, copy_scope=True, opt=access("anyone"))
    async def file(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] in localized:
            scope["path"] = in_language(scope["path"], language_of(ASGIConnection(scope)))
            send = _varied(send)
        await files(scope, receive, send)

    @asgi("/assets", is_mount=True, copy_scope=True, opt=access("anyone"))
    async def asset(scope: Scope, receive: Receive, send: Send) -> None:
        scope["path"] = scope["path"].rstrip("/")  # Litestar ends the path inside of a mount with a slash
        await assets(scope, receive, send)

    return [page, console, meeting_page, file, asset]


def _let_worker_compute(headers: MutableMapping[str, str], _path: str, url: str) -> None:
    if _WORKER.search(url):
        for name, value in page_policies(wasm=True).items():
            headers[name] = value


def _varied(send: Send) -> Send:
    """Says in the answer what it was chosen by."""

    async def varied(message: Message) -> None:
        if message["type"] == "http.response.start":
            chosen_by = [(name.encode(), value.encode()) for name, value in VARY.items()]
            message["headers"] = [*message["headers"], *chosen_by]
        await send(message)

    return varied


def missing_page(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """The HTML file with status 404, whose router then says so; None for what is no page."""
    if request.url.path.startswith(("/api/", "/assets/")) or "text/html" not in request.headers.get("accept", ""):
        return None
    index = STATIC / in_language("index.html", language_of(request))
    return (
        Response(index.read_bytes(), status_code=404, media_type="text/html", headers=VARY) if index.is_file() else None
    )


def in_language(name: str, language: str) -> str:
    """The name of a file that there is in each language."""
    return name if language == DEFAULT else name.replace(".", f".{language}.", 1)
