"""Pure decisions about push messages: which endpoints are taken, and when one is tried again."""

import base64
import binascii
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from videocall.push.model import Subscription

MOST_BROWSERS = 10
"""Of one account, or of one guest; the oldest makes room."""
MOST_ATTEMPTS = 5
LEASE = timedelta(minutes=1)
"""How long a claim holds: longer than one attempt can take."""
ATTEMPT_SECONDS = 5
"""Push services answer at once; who does not must not keep the others waiting."""
MOST_TIMEOUTS = 10
"""In a row: an endpoint that never answers is forgotten, though not for an outage of our own network."""
KEEP_DONE = timedelta(days=2)
"""How long it is remembered that a message went out, so that none is sent twice."""
KEEP_UNUSED = timedelta(days=7)
"""A guest's token lasts no longer, so neither does their subscription."""
LOBBY_FOR = timedelta(minutes=5)
"""Somebody who waits for longer has most likely gone."""
LOBBY_RATE = "6/5 minutes"
"""Messages about the lobby of one meeting: who knocks again and again must not make a phone ring for ever."""
SOON = timedelta(minutes=60)
"""Reminders earlier than this are for mail alone."""
_FIRST_DELAY = timedelta(seconds=15)
_LONGEST_DELAY = timedelta(minutes=30)
_POINT_BYTES, _AUTH_BYTES = 65, 16


def endpoint_error(endpoint: str) -> str | None:
    """What is wrong with the address of a push service, or None; whether it is a public one shows when it is used."""
    try:
        parts = urlsplit(endpoint)
        fits = parts.scheme == "https" and parts.hostname and parts.username is None and (parts.port or 443) > 0
    except ValueError:
        fits = False
    plain = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    return None if fits and plain else "This is not the https address of a push service."


def keys_error(subscription: Subscription) -> str | None:
    """What is wrong with the keys of a browser, or None."""
    try:
        point, auth = unpacked(subscription.keys.p256dh), unpacked(subscription.keys.auth)
    except (ValueError, binascii.Error):
        return "These are not the keys of a push subscription."
    # Whether it lies on the curve is seen by who encrypts for it; an uncompressed point begins with a 4.
    fits = len(point) == _POINT_BYTES and point[0] == 4 and len(auth) == _AUTH_BYTES  # noqa: PLR2004
    return None if fits else "These are not the keys of a push subscription."


def unpacked(text: str) -> bytes:
    """Base64url, with or without its padding; raises `ValueError`."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def packed(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def delay(attempts: int, asked: timedelta | None = None) -> timedelta:
    """How long to wait after that many attempts; a push service may ask for longer (RFC 8030, section 8.4)."""
    return min(max(_FIRST_DELAY * int(4 ** (attempts - 1)), asked or timedelta()), _LONGEST_DELAY)


def in_time(now: datetime, starts_at: datetime) -> bool:
    """Whether a meeting is near enough for a phone to ring."""
    return timedelta() < starts_at - now <= SOON
