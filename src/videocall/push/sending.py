"""Hands one message to the push service of a browser: encrypted for it alone (RFC 8291), signed by us (RFC 8292)."""

import asyncio
import ssl
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

import http_ece
import httpcore2
import httpx2
import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from videocall.clock import Clock
from videocall.keys import Keys
from videocall.pool.fetching import GuardedBackend, Unreachable
from videocall.push.model import Subscription
from videocall.push.rules import ATTEMPT_SECONDS, packed, unpacked

_TOKEN_LASTS = timedelta(hours=12)
_GONE = {404, 410}
_LATER = {408, 425, 429, *range(500, 600)}
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256."""


class NotPushed(Exception):
    """A message was not taken. `gone`: the browser is subscribed no more; `permanent`: never try this one again.

    `timeout`: the push service gave no answer in time.
    """

    def __init__(
        self,
        reason: str,
        *,
        gone: bool = False,
        permanent: bool = False,
        timeout: bool = False,
        after: timedelta | None = None,
    ) -> None:
        self.gone = gone
        self.permanent = permanent
        self.timeout = timeout
        self.after = after
        """How long the push service asks to be left alone."""
        super().__init__(reason)


class PushKeys:
    """The key pair by which push services know this site, derived from `secret.key`: every process has the same."""

    def __init__(self, keys: Keys) -> None:
        number = int.from_bytes(keys.derive("push services"), "big") % (_ORDER - 1) + 1
        self._private = ec.derive_private_key(number, ec.SECP256R1())
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = packed(point)
        """In base64url, as browsers take it."""

    def authorization(self, endpoint: str, contact: str, clock: Clock) -> str:
        """The header that tells a push service who sends, and whom to ask when that goes wrong."""
        parts = urlsplit(endpoint)
        expires_at = clock.now() + _TOKEN_LASTS
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(expires_at.timestamp()), "sub": contact}
        return f"vapid t={jwt.encode(claims, self._private, 'ES256')}, k={self.public}"


def encrypted(content: bytes, subscription: Subscription) -> bytes:
    """The body for one browser, in the coding `aes128gcm`; raises `ValueError` for keys that are none."""
    return bytes(
        http_ece.encrypt(
            content,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=unpacked(subscription.keys.p256dh),
            auth_secret=unpacked(subscription.keys.auth),
            version="aes128gcm",
        )
    )


class PushServices:
    """The way out. Endpoints are strangers' addresses, so only public ones are connected to, and none redirects us."""

    def __init__(self, *, keys: PushKeys, contact: str, clock: Clock, private_addresses: bool = False) -> None:
        self._keys = keys
        self._contact = contact
        self._clock = clock
        self._backend = GuardedBackend(private_addresses=private_addresses)
        self._context: ssl.SSLContext | None = None

    async def deliver(self, subscription: Subscription, content: bytes, *, topic: str, lasts: timedelta) -> None:
        """Hand a message over; raises `NotPushed`, whose reason names neither a person nor an endpoint."""
        try:
            body = encrypted(content, subscription)
        except (ValueError, UnsupportedAlgorithm, http_ece.ECEException):
            raise NotPushed("Keys that are none", gone=True) from None
        headers = {
            "Authorization": self._keys.authorization(subscription.endpoint, self._contact, self._clock),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(body)),
            "Host": urlsplit(subscription.endpoint).netloc,
            "TTL": str(max(0, int(lasts.total_seconds()))),
            "Topic": topic,
            "Urgency": "high",
        }
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                status, after = await self._post(subscription.endpoint, headers, body)
        except Unreachable as error:
            raise NotPushed("Unreachable", gone=error.permanent) from None
        except (TimeoutError, httpcore2.TimeoutException):
            raise NotPushed("No answer in time", timeout=True) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            raise NotPushed(type(error).__name__) from None
        if status in _GONE:
            raise NotPushed(f"Answer {status}", gone=True)
        if status in _LATER:
            raise NotPushed(f"Answer {status}", after=after)
        if not httpx2.codes.is_success(status):
            raise NotPushed(f"Answer {status}", permanent=True)

    async def _post(self, endpoint: str, headers: dict[str, str], body: bytes) -> tuple[int, timedelta | None]:
        if self._context is None:
            self._context = await asyncio.to_thread(httpx2.create_ssl_context)
        async with (
            httpcore2.AsyncConnectionPool(ssl_context=self._context, network_backend=self._backend) as connections,
            connections.stream("POST", endpoint, headers=list(headers.items()), content=body) as answer,
        ):
            return answer.status, _after(answer.headers)  # what it says besides is not read


def _after(headers: Iterable[tuple[bytes, bytes]]) -> timedelta | None:
    text = next((value for name, value in headers if name.lower() == b"retry-after"), b"").decode("latin-1")
    return timedelta(seconds=min(int(text), 86400)) if text.isdecimal() and len(text) <= 9 else None  # noqa: PLR2004
