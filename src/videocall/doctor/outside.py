"""The site as people reach it: its public address, its certificate, its live socket."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from videocall.doctor.checks import PATIENCE
from videocall.doctor.model import Finding, bad, good, note
from videocall.settings import Settings

_SOON = timedelta(days=14)


async def address(settings: Settings) -> list[Finding]:
    """Whether people's browsers get the site, may use their cameras on it, and hold a live socket."""
    what, site = "Address", settings.public_url
    here = urlsplit(site)
    if here.scheme != "https" and here.hostname not in {"localhost", "127.0.0.1", "::1"}:
        advice = "Put a reverse proxy with a certificate before it (deploy/), and set VIDEOCALL_SITE_URL to https."
        return [bad(what, f"{site} is not https: browsers give it neither camera nor microphone.", advice)]
    try:
        async with httpx2.AsyncClient(timeout=PATIENCE) as http:
            answer = await http.get(f"{site}/healthz")
    except httpx2.HTTPError as error:
        if not settings.site_url:
            return [note(what, f"Nothing answers at {site}.", "Start it by videocall serve, and look again.")]
        return [bad(what, f"{site} does not answer ({_reason(error)}).", _ADVICE)]
    if answer.status_code != httpx2.codes.OK or b"alive" not in answer.content:
        return [bad(what, f"At {site} something else answers (status {answer.status_code}).", _ADVICE)]
    found = [good(what, f"{site} answers.")]
    if not settings.site_url:
        advice = "For others to join, set VIDEOCALL_SITE_URL to the address that they type (or start with --lan)."
        found[0] = note(what, f"{site} answers, on this machine only.", advice)
    if here.scheme == "https":
        found.append(await _certificate(here.hostname or "", here.port or 443))
        if not settings.trusted_proxies and settings.host in {"127.0.0.1", "::1", "localhost"}:
            advice = "Set VIDEOCALL_TRUSTED_PROXIES to the proxy's address: rates count for it and not for each person."
            found.append(
                bad("Proxy", "A proxy is before the server, and what it says of clients is not believed.", advice)
            )
    found.append(await _live_socket(site))
    return found


_ADVICE = "Check the name in DNS, the reverse proxy (samples in deploy/), and that the server runs."


def _reason(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate: {cause.verify_message}"
        if isinstance(cause, socket.gaierror):
            return "there is no such name"
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__


async def _certificate(host: str, port: int) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port, ssl=ssl.create_default_context())
    except (OSError, TimeoutError) as error:
        return bad("Certificate", f"It cannot be read ({_reason(error)}).", _ADVICE)
    until = ssl.cert_time_to_seconds(writer.get_extra_info("peercert")["notAfter"])
    writer.close()
    left = datetime.fromtimestamp(until, UTC) - datetime.now(UTC)
    if left < _SOON:
        return bad("Certificate", f"It ends in {left.days} days.", "See why it was not renewed.")
    return good("Certificate", f"It is good for {left.days} days more.")


async def _live_socket(site: str) -> Finding:
    url = f"ws{site.removeprefix('http')}/api/meetings/doctor/live"
    try:
        async with connect(url, open_timeout=PATIENCE, proxy=None):
            return good("Live socket", "WebSockets come through.")
    except (OSError, TimeoutError, WebSocketException) as error:
        advice = "Have the proxy pass WebSockets on: deploy/nginx.conf shows how."
        return bad("Live socket", f"No WebSocket comes through ({type(error).__name__}).", advice)
