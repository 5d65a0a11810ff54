"""Whether a page's headers let our pages show it in a frame (CSP Level 3, RFC 7034); pure."""

from collections.abc import Sequence
from urllib.parse import urlsplit

_PORTS = {"http": "80", "https": "443"}


def may_embed(headers: Sequence[tuple[str, str]], site: str) -> bool:
    """Whether a page with these headers may be in a frame of `site`, an address like ``https://meet.example.org``.

    As in browsers: every `frame-ancestors` has to allow it, and `X-Frame-Options` only counts where there is none.
    """
    policies = [policy for name, value in headers if name == "content-security-policy" for policy in value.split(",")]
    ancestors = [sources for policy in policies if (sources := _ancestors(policy)) is not None]
    if ancestors:
        return all(any(_allows(source, site) for source in sources) for sources in ancestors)
    options = {
        word.strip().lower() for name, value in headers if name == "x-frame-options" for word in value.split(",")
    }
    return not any(word in {"deny", "sameorigin"} for word in options)


def _ancestors(policy: str) -> list[str] | None:
    for directive in policy.split(";"):
        name, *sources = directive.split() or [""]
        if name.lower() == "frame-ancestors":
            return [source.lower() for source in sources]
    return None


def _allows(source: str, site: str) -> bool:
    here = urlsplit(site.lower())
    if source == "*" or source in {f"{here.scheme}:", "http:"}:
        return True
    if source.startswith("'"):  # 'none', or 'self', which is the server's own pages
        return False
    scheme, separator, rest = source.rpartition("://")
    if separator and scheme not in {here.scheme, "http"}:
        return False
    host, _, port = rest.partition("/")[0].partition(":")
    own = here.hostname or ""
    fits = own.endswith(host[1:]) if host.startswith("*.") else host in {own, "*"}
    own_port = str(here.port or _PORTS[here.scheme])
    wanted = port or _PORTS[scheme or here.scheme]
    upgraded = scheme == "http" and here.scheme == "https" and wanted == "80"
    return fits and (port == "*" or wanted == own_port or upgraded)
