"""The browser's files: built by Vite into `static/`, served with precompressed variants and long caching."""

import re
from pathlib import Path

from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from servestatic import ServeStaticASGI

from videocall.web.access import access

STATIC = Path(__file__).parent.parent / "static"
_CODE = r"[0-9A-Za-z-]{1,40}"
_PAGES = re.compile(rf"^/(m/{_CODE})?$")
"""Addresses that the browser's router knows (contract: Pages); everything else gets its page with status 404."""
_NOT_PAGES = ("/api/", "/assets/")


def _immutable(_: str, url: str) -> bool:
    return url.startswith("/assets/")


def browser_files(root: Path = STATIC) -> ASGIRouteHandler:
    """A mount at / that answers whatever no other route does."""
    files: ASGIApp = ServeStaticASGI(
        None, root=root, max_age=0, allow_all_origins=False, immutable_file_test=_immutable
    )

    @asgi("/", is_mount=True, copy_scope=True, opt=access("anyone"))
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].rstrip("/") or "/"
        if _PAGES.match(path):
            scope["path"] = "/index.html"
            await files(scope, receive, send)
            return

        async def send_page_missing(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["status"] = 404
            await send(message)

        if path in served or path.startswith(_NOT_PAGES):
            await files(scope, receive, send)
        else:
            scope["path"] = "/index.html"
            await files(scope, receive, send_page_missing)

    served = getattr(files, "files", {})
    return serve
