"""`/legal/privacy` and `/legal/terms` as whole pages from the server: readable without JavaScript, and on paper."""

import re
from functools import cache
from typing import Annotated, Any

from jinja2 import Environment, PackageLoader
from litestar import Response, route
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_404_NOT_FOUND
from markupsafe import Markup

from videocall.legal.difference import shortened
from videocall.legal.model import Difference, LegalView
from videocall.legal.rendering import render
from videocall.legal.routes import kind_of
from videocall.legal.service import KINDS, LegalDocuments
from videocall.problems import NotFound
from videocall.web.access import access
from videocall.web.pages import STATIC

_SHARED = re.compile(r'<link[^>]*(?:rel="stylesheet"|as="font")[^>]*>')


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("videocall.legal"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


@cache
def _shared_head() -> Markup:
    """The style sheet and the typeface of the other pages, under the names that the build gave them."""
    return Markup("\n").join(Markup(link) for link in _SHARED.findall((STATIC / "index.html").read_text("utf-8")))  # noqa: S704 -- our own build


@route(
    "/legal/{kind:str}",
    http_method=["GET", "HEAD"],
    opt=access("anyone"),
    include_in_schema=False,
    media_type="text/html",
)
async def legal_page(
    kind: Annotated[str, PathParameter()],
    legal: NamedDependency[LegalDocuments],
    version: Annotated[str | None, QueryParameter()] = None,
    since: Annotated[str | None, QueryParameter()] = None,
) -> Response[str]:
    """A version, or what changed in it since another one."""
    named = kind_of(kind)
    missing = False
    try:
        view = await legal.read(named, version)
    except NotFound:
        view, missing = await legal.read(named), True
    changes = None
    if since and not missing and since != view.version:
        try:
            changes = await legal.difference(named, since, view.version)
        except NotFound:
            missing = True
    html = _page(view, changes, missing=missing)
    status = HTTP_404_NOT_FOUND if missing else HTTP_200_OK
    return Response(html, status_code=status, media_type="text/html", headers={"cache-control": "no-cache"})


def _page(view: LegalView, changes: Difference | None, *, missing: bool) -> str:
    values: dict[str, Any] = {
        "head": _shared_head(),
        "view": view,
        "body": Markup(view.html),  # noqa: S704 -- made safe by `render`
        "sections": render(view.markdown).sections,
        "current": next(one for one in view.versions if one.state == "current"),
        "changes": changes,
        "lines": shortened(changes.lines) if changes else [],
        "missing": missing,
        "kinds": KINDS,
        "day": lambda date: f"{date.day} {date:%B %Y}",
    }
    return _environment().get_template("page.html").render(values)


LEGAL_PAGES = [legal_page]
