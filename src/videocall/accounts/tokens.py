"""User tokens: signed, they say who is signed in and in which session (RFC 7519, HS256; policy section 8: 24 hours).

Their type in the header (RFC 8725, section 3.11), their audience and their key all differ from those of meeting tokens.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from videocall.clock import Clock
from videocall.keys import Keys
from videocall.signed_tokens import TokenSigner, kind_of

LIFETIME = timedelta(hours=24)


_KIND = "user+jwt"


class UserToken(Struct, frozen=True):
    """Who the bearer is; `session` is looked up, so that it can be ended."""

    user: str
    session: str


class UserTokens:
    """Signs and reads user tokens."""

    def __init__(self, keys: Keys, clock: Clock) -> None:
        self._signer = TokenSigner(keys.derive("user tokens"), clock, audience="user", kind=_KIND)

    def sign(self, token: UserToken, expires_at: datetime) -> str:
        """A token that lasts until then."""
        return self._signer.sign({"sub": token.user, "sid": token.session}, expires_at)

    @staticmethod
    def is_one(text: str) -> bool:
        """Whether a token claims to be a user's; nothing is verified yet."""
        return kind_of(text) == _KIND

    def read(self, text: str) -> UserToken:
        """Who the bearer is; raises `InvalidToken` for anything but a token of ours that still lasts."""
        claims = self._signer.read(text, "sid")
        return UserToken(user=claims["sub"], session=str(claims["sid"]))
