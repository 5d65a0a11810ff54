"""The API's description as OpenAPI 3.1, with the live messages among its schemas, and a page to read it on."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, Template
from litestar import Litestar, Request, Response, Router, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import ControllerRouterHandler

from videocall.live.client_messages import ClientMessage
from videocall.live.server_messages import ServerMessage
from videocall.web.access import ADMIN_COOKIE, access
from videocall.web.errors import MEDIA_TYPE, ProblemBody


class _Nowhere(Router):
    """Litestar would serve pages of its own beside ours, with scripts from other hosts; none of them is registered."""

    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:  # noqa: ARG002 -- that is the point
        return []


CONFIG = OpenAPIConfig(
    title="VideoCall.cc API",
    version="1",
    description="Meetings over HTTP. The messages of the live WebSocket (docs/protocol.md) are among the shapes.",
    use_handler_docstrings=True,
    openapi_router=_Nowhere("/", route_handlers=[]),
)
_REF = "#/components/schemas/{name}"


def description(app: Litestar) -> dict[str, Any]:
    """The whole OpenAPI document; made once, since it takes a while."""
    made: dict[str, Any] | None = app.state.get("openapi")
    if made is None:
        made = app.state["openapi"] = _description(app)
    return made


def _description(app: Litestar) -> dict[str, Any]:
    document: dict[str, Any] = app.openapi_schema.to_schema()
    roots = (ClientMessage, ServerMessage, ProblemBody)
    (client, server, problem), components = msgspec.json.schema_components(roots, ref_template=_REF)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {**components, "ClientMessage": client, "ServerMessage": server}
    document["components"]["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "Of an account or a meeting.",
        },
        "administrator": {"type": "apiKey", "in": "cookie", "name": ADMIN_COOKIE},
    }
    refusal = {"description": "Not done: `code` says why, for good.", "content": {MEDIA_TYPE: {"schema": problem}}}
    for operation, handler in _operations(app, document):
        operation["responses"].pop("400", None)  # Litestar's own shape, which is not ours
        operation["responses"]["default"] = refusal
        if handler.opt["access"] != "anyone":
            operation["security"] = [{"administrator" if handler.opt["access"] == "admin" else "token": []}]
    return document


def _operations(app: Litestar, document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], HTTPRouteHandler]]:
    """Every call in the document, with what answers it."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, operation in document["paths"].get(route.path_format, {}).items():
                yield operation, route.route_handler_map[method.upper()][0]


@cache
def _template() -> Template:
    return Environment(loader=PackageLoader("videocall.web"), autoescape=True).get_template("api.html")


@get("/api/openapi.json", opt=access("anyone"), include_in_schema=False)
async def openapi_json(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """The document itself."""
    return Response(description(request.app), media_type="application/vnd.oai.openapi+json; version=3.1")


@get("/api/docs", opt=access("anyone"), include_in_schema=False, media_type="text/html")
async def api_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The document for people: plain HTML, nothing loaded, readable without JavaScript."""
    return Response(_template().render(api=description(request.app)), media_type="text/html")


OPENAPI_ROUTES = [openapi_json, api_page]
