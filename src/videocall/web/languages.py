"""Which language a browser gets its pages in: the one chosen here before, else the first that it asks for."""

from collections.abc import Iterator
from typing import Any

from litestar.connection import ASGIConnection

from videocall.words import DEFAULT, LANGUAGES

COOKIE = "language"
"""Set by a page on which somebody chose a language (contract of web/vite.config.ts: `cookieName`)."""
VARY = {"vary": "Accept-Language, Cookie"}


def language_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """One of `LANGUAGES`; English if none of them is asked for."""
    cookie = connection.cookies.get(COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    accepted = connection.headers.get("accept-language", "")
    return next((one for one in _wanted(accepted) if one in LANGUAGES), DEFAULT)


def _wanted(header: str) -> Iterator[str]:
    """The primary languages of an Accept-Language header, best first (RFC 9110 section 12.5.4)."""
    ranked: list[tuple[float, int, str]] = []
    for part in header.split(","):
        name, _, weight = part.strip().partition(";")
        quality = weight.strip().removeprefix("q=")
        try:
            rank = float(quality or 1)
        except ValueError:
            continue
        if rank > 0:
            ranked.append((-rank, len(ranked), name.strip().partition("-")[0].lower()))
    return (language for _, _, language in sorted(ranked))
