"""What user tokens and meeting tokens have in common: JWTs signed with a key of their own (RFC 7519, HS256)."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt
import msgspec
from msgspec import Struct

from videocall.clock import Clock
from videocall.problems import InvalidToken

_ALGORITHM = "HS256"


class TokenSigner:
    """Signs claims for one audience and reads them back. `kind` is the type in the header (RFC 8725, section 3.11)."""

    def __init__(self, key: bytes, clock: Clock, *, audience: str, kind: str = "JWT") -> None:
        self._key = key
        self._clock = clock
        self._audience = audience
        self._kind = kind

    def sign(self, claims: Mapping[str, Any], expires_at: datetime) -> str:
        """A token that lasts until then."""
        whole = {
            "aud": self._audience,
            "iat": int(self._clock.now().timestamp()),
            "exp": int(expires_at.timestamp()),
            **claims,
        }
        return jwt.encode(whole, self._key, _ALGORITHM, headers={"typ": self._kind})

    def read(self, text: str, *required: str) -> dict[str, Any]:
        """The claims; raises `InvalidToken` for anything but a token of this kind that still lasts."""
        try:
            claims: dict[str, Any] = jwt.decode(
                text,
                self._key,
                algorithms=[_ALGORITHM],
                audience=self._audience,
                options={"require": ["exp", "sub", "aud", *required], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            raise InvalidToken from None
        # Checked against the clock that is handed in; the library would read the machine's.
        if kind_of(text) != self._kind or claims["exp"] <= self._clock.now().timestamp():
            raise InvalidToken("This token has expired.")
        return claims


class _Header(Struct):
    typ: str | None = None


_header = msgspec.json.Decoder(_Header)


def kind_of(text: str) -> str | None:
    """The kind that a token claims to be of; nothing is verified yet. None for what is no token."""
    # Not by the library, which would take the whole token apart: this is asked several times for each request.
    head = text.partition(".")[0]
    try:
        return _header.decode(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))).typ
    except (ValueError, RecursionError):
        return None
