"""The browser's files: built by Vite into `static/`, served with precompressed variants and long caching."""

from pathlib import Path
from typing import Any

from litestar import Request, Response, asgi, route
from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send
from servestatic import ServeStaticASGI

from videocall.web.access import access

STATIC = Path(__file__).parent.parent / "static"
PAGES = [
    "/",
    "/m/{code:str}",
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
]
"""Addresses that the browser's router knows (contract: Pages); all are answered with the one HTML file."""
_COMPRESSED = {".br", ".gz"}


def browser_files(root: Path = STATIC) -> list[ASGIRouteHandler | HTTPRouteHandler]:
    """Routes for the pages, for the files beside them, and for everything under /assets, which never changes."""
    files: ASGIApp = ServeStaticASGI(None, root=root, max_age=0, allow_all_origins=False)
    assets: ASGIApp = ServeStaticASGI(
        None, root=root / "assets", allow_all_origins=False, immutable_file_test=lambda *_: True
    )
    names = [f"/{path.name}" for path in root.iterdir() if path.is_file() and path.suffix not in _COMPRESSED]

    index = (root / "index.html").read_bytes()

    @route(PAGES, http_method=["GET", "HEAD"], opt=access("anyone"), include_in_schema=False, media_type="text/html")
    async def page() -> Response[bytes]:
        return Response(index, headers={"cache-control": "no-cache"})

    @asgi(names, copy_scope=True, opt=access("anyone"))
    async def file(scope: Scope, receive: Receive, send: Send) -> None:
        await files(scope, receive, send)

    @asgi("/assets", is_mount=True, copy_scope=True, opt=access("anyone"))
    async def asset(scope: Scope, receive: Receive, send: Send) -> None:
        scope["path"] = scope["path"].rstrip("/")  # Litestar ends the path inside of a mount with a slash
        await assets(scope, receive, send)

    return [page, file, asset]


def missing_page(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """The HTML file with status 404, whose router then says so; None for what is no page."""
    index = STATIC / "index.html"
    if request.url.path.startswith(("/api/", "/assets/")) or "text/html" not in request.headers.get("accept", ""):
        return None
    return Response(index.read_bytes(), status_code=404, media_type="text/html") if index.is_file() else None
