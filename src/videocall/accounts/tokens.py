"""User tokens: signed, they say who is signed in and in which session (RFC 7519, HS256; policy section 8: 24 hours).

Their type in the header (RFC 8725, section 3.11), their audience and their key all differ from those of meeting tokens.
"""

from datetime import datetime, timedelta

import jwt
from msgspec import Struct

from videocall.clock import Clock
from videocall.keys import Keys
from videocall.problems import InvalidToken

LIFETIME = timedelta(hours=24)
_TYPE = "user+jwt"
_AUDIENCE = "user"


class UserToken(Struct, frozen=True):
    """Who the bearer is; `session` is looked up, so that it can be ended."""

    user: str
    session: str


class UserTokens:
    """Signs and reads user tokens."""

    def __init__(self, keys: Keys, clock: Clock) -> None:
        self._key = keys.derive("user tokens")
        self._clock = clock

    def sign(self, token: UserToken, expires_at: datetime) -> str:
        """A token that lasts until then."""
        claims = {
            "aud": _AUDIENCE,
            "sub": token.user,
            "sid": token.session,
            "iat": int(self._clock.now().timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        return jwt.encode(claims, self._key, "HS256", headers={"typ": _TYPE})

    @staticmethod
    def is_one(text: str) -> bool:
        """Whether a token claims to be a user's; nothing is verified yet."""
        try:
            return jwt.get_unverified_header(text).get("typ") == _TYPE
        except jwt.InvalidTokenError:
            return False

    def read(self, text: str) -> UserToken:
        """Who the bearer is; raises `InvalidToken` for anything but a token of ours that still lasts."""
        try:
            claims = jwt.decode(
                text,
                self._key,
                algorithms=["HS256"],
                audience=_AUDIENCE,
                options={"require": ["exp", "sub", "aud", "sid"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            raise InvalidToken from None
        # Checked against the clock that is handed in; the library would read the machine's.
        if not self.is_one(text) or claims["exp"] <= self._clock.now().timestamp():
            raise InvalidToken("You are signed out. Please sign in again.")
        return UserToken(user=claims["sub"], session=str(claims["sid"]))
