"""Each request has a number, in every line that is logged about it and in its answer, for who reports a problem."""

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from litestar import Litestar
from litestar.types import Message, Scope

log = structlog.get_logger()
HEADER = b"x-request-id"
_BEGAN = "videocall_began"
_FAILURE = 500


class NumberedRequests(Litestar):
    """The application with a number for each request and each live socket, in the context that logs read."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request; around everything, since a middleware would not see what no route is for."""
        if scope["type"] != "lifespan":
            structlog.contextvars.clear_contextvars()  # a connection that is kept alive serves one after the other
            structlog.contextvars.bind_contextvars(request_id=secrets.token_hex(8))
            scope.setdefault("state", {})[_BEGAN] = time.perf_counter()
        await super().__call__(scope, receive, send)


def answered(observe: Callable[[str, int, float], None]) -> Callable[[Message, Scope], Awaitable[None]]:
    """A before-send hook that tells `observe` route, status and seconds of each answer, and puts its number on it.

    In the log stands the route, never the address: that may hold the code of a meeting.
    """

    async def note(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        route, status = str(scope.get("path_template") or "other"), message["status"]
        seconds = time.perf_counter() - scope["state"].get(_BEGAN, time.perf_counter())
        observe(route, status, seconds)
        number = str(structlog.contextvars.get_contextvars().get("request_id", ""))
        message["headers"] = [*message["headers"], (HEADER, number.encode())]
        say = log.warning if status >= _FAILURE else log.debug
        say("answered", method=scope.get("method"), route=route, status=status, milliseconds=round(seconds * 1000, 1))

    return note
