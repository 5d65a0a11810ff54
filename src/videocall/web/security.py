"""Response headers that hold the browser to what this product does, on every answer."""

from collections.abc import Awaitable, Callable

from litestar.types import Message, Scope

_CSP = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
_PERMISSIONS = ", ".join(
    [
        "camera=(self)",
        "microphone=(self)",
        "display-capture=(self)",
        "speaker-selection=(self)",
        "fullscreen=(self)",
        "picture-in-picture=(self)",
        "screen-wake-lock=(self)",
        "clipboard-write=(self)",
        "web-share=(self)",
        "geolocation=()",
        "payment=()",
        "usb=()",
        "browsing-topics=()",
    ]
)
_HEADERS = [
    (b"content-security-policy", _CSP.encode()),
    (b"permissions-policy", _PERMISSIONS.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_HSTS = (b"strict-transport-security", b"max-age=31536000")


def security_headers(*, https: bool) -> Callable[[Message, Scope], Awaitable[None]]:
    """A before-send hook that adds the headers; HSTS only where the public address is https."""
    headers = [*_HEADERS, _HSTS] if https else _HEADERS

    async def add(message: Message, _: Scope) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            extra = [header for header in headers if header[0] not in present]
            if b"cache-control" not in present:
                extra.append((b"cache-control", b"no-store"))
            message["headers"] = [*message["headers"], *extra]

    return add
