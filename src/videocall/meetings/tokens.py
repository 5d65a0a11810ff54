"""Meeting tokens: signed, they say which participant of which meeting the bearer is (RFC 7519, HS256).

The token carries no rights: those are in the participant record, so they can change while it lasts.
"""

from datetime import timedelta

from msgspec import Struct

from videocall.clock import Clock
from videocall.keys import Keys
from videocall.signed_tokens import TokenSigner

LIFETIME = timedelta(days=7)


class MeetingToken(Struct, frozen=True):
    """Who the bearer is; `generation` is that of their account's tokens, 0 for guests: see `members.Member`."""

    meeting: str
    person: str
    generation: int = 0


class MeetingTokens:
    """Signs and reads meeting tokens."""

    def __init__(self, keys: Keys, clock: Clock) -> None:
        self._signer = TokenSigner(keys.derive("meeting tokens"), clock, audience="meeting", kind="meeting+jwt")
        self._clock = clock

    def sign(self, token: MeetingToken) -> str:
        """A token that lasts for `LIFETIME`."""
        claims = {"sub": token.person, "meeting": token.meeting, "gen": token.generation}
        return self._signer.sign(claims, self._clock.now() + LIFETIME)

    def read(self, text: str) -> MeetingToken:
        """Who the bearer is; raises `InvalidToken` for anything but a token of ours that still lasts."""
        claims = self._signer.read(text, "meeting")
        return MeetingToken(meeting=str(claims["meeting"]), person=claims["sub"], generation=int(claims.get("gen", 0)))
