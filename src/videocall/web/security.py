"""Response headers that hold the browser to what this product does, on every answer."""

from collections.abc import Awaitable, Callable, Collection

from litestar.types import Message, Scope

_CSP = [
    "default-src 'none'",
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
_SCRIPTS = "script-src 'self'"
_SCRIPTS_AND_WASM = "script-src 'self' 'wasm-unsafe-eval'"
"""Effects on one's own picture and voice are WebAssembly, served by us. This lets a page compile such code, and still
evaluate no text as a script (W3C CSP 3, `'wasm-unsafe-eval'`)."""
_OURS = [
    "camera",
    "microphone",
    "display-capture",
    "speaker-selection",
    "fullscreen",
    "picture-in-picture",
    "screen-wake-lock",
    "clipboard-write",
    "web-share",
]
_NOBODYS = ["geolocation", "payment", "usb", "browsing-topics"]
_DELEGATED = {
    "autoplay",
    "camera",
    "microphone",
    "display-capture",
    "speaker-selection",
    "fullscreen",
    "screen-wake-lock",
    "clipboard-write",
    "compute-pressure",
}
"""What a Jitsi page in a frame may use (web/src/call/jitsi/address.ts asks for the same)."""


def page_policies(servers: Collection[str] = (), *, wasm: bool = False) -> dict[str, str]:
    """The headers that say what a page may load and use.

    `servers` (domain, port) may stand in frames of it; `wasm`: it may run WebAssembly.
    """
    scripts = _SCRIPTS_AND_WASM if wasm else _SCRIPTS
    origins = [f"https://{server}" for server in sorted(servers)]
    frames = [f"frame-src {' '.join(origins)}"] if origins else []
    delegated = " ".join(f'"{origin}"' for origin in origins)
    ours = _OURS if not origins else [*_OURS, *sorted(_DELEGATED - set(_OURS))]
    permissions = [
        *(f"{name}=(self{f' {delegated}' if origins and name in _DELEGATED else ''})" for name in ours),
        *(f"{name}=()" for name in _NOBODYS),
    ]
    return {
        "content-security-policy": "; ".join([*_CSP, scripts, *frames]),
        "permissions-policy": ", ".join(permissions),
    }


_HEADERS = [
    *((name.encode(), value.encode()) for name, value in page_policies().items()),
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
