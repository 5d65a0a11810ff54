"""Meeting tokens: signed, they say which participant of which meeting the bearer is (RFC 7519, HS256).

The token carries no rights: those are in the participant record, so they can change while it lasts.
"""

from datetime import timedelta

import jwt
from msgspec import Struct

from videocall.clock import Clock
from videocall.keys import Keys
from videocall.problems import InvalidToken

LIFETIME = timedelta(days=7)
_AUDIENCE = "meeting"


class MeetingToken(Struct, frozen=True):
    """Who the bearer is; `generation` is that of their account's tokens, 0 for guests: see `members.Member`."""

    meeting: str
    person: str
    generation: int = 0


class MeetingTokens:
    """Signs and reads meeting tokens."""

    def __init__(self, keys: Keys, clock: Clock) -> None:
        self._key = keys.derive("meeting tokens")
        self._clock = clock

    def sign(self, token: MeetingToken) -> str:
        """A token that lasts for `LIFETIME`."""
        now = self._clock.now()
        claims = {
            "aud": _AUDIENCE,
            "sub": token.person,
            "meeting": token.meeting,
            "gen": token.generation,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
        }
        return jwt.encode(claims, self._key, "HS256")

    def read(self, text: str) -> MeetingToken:
        """Who the bearer is; raises `InvalidToken` for anything but a token of ours that still lasts."""
        try:
            claims = jwt.decode(
                text,
                self._key,
                algorithms=["HS256"],
                audience=_AUDIENCE,
                options={"require": ["exp", "sub", "aud", "meeting"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            raise InvalidToken from None
        # Checked against the clock that is handed in; the library would read the machine's.
        if claims["exp"] <= self._clock.now().timestamp():
            raise InvalidToken("This token has expired.")
        return MeetingToken(meeting=str(claims["meeting"]), person=claims["sub"], generation=int(claims.get("gen", 0)))
