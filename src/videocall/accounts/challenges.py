"""Challenges: asked of a browser, kept here, answered once and soon."""

import secrets
from datetime import timedelta

from videocall.accounts.credentials import CredentialRepository
from videocall.accounts.passkey_model import Challenge, ChallengePurpose
from videocall.clock import Clock
from videocall.keys import Keys
from videocall.problems import LinkExpired

LIFETIME = timedelta(minutes=5)
_SEAL = "challenges"


class Challenges:
    """Makes challenges and takes the answers."""

    def __init__(self, clock: Clock, keys: Keys, repository: CredentialRepository) -> None:
        self._clock = clock
        self._keys = keys
        self._repository = repository

    async def ask(self, purpose: ChallengePurpose, content: str, about: str = "") -> str:
        """Keep what belongs to a question; the secret by which it is found again."""
        token = secrets.token_urlsafe(24)
        now = self._clock.now()
        challenge = Challenge(
            id=self._digest(token),
            purpose=purpose,
            about=about,
            sealed=self._keys.seal(_SEAL, content),
            expires_at=now + LIFETIME,
        )
        await self._repository.add_challenge(challenge, now)
        return token

    async def peek(self, token: str, purpose: ChallengePurpose, about: str | None = None) -> tuple[Challenge, str]:
        """The challenge and what belongs to it; it can still be answered. Raises `LinkExpired`."""
        challenge = await self._repository.challenge(self._digest(token))
        if challenge is None or challenge.purpose != purpose or challenge.expires_at <= self._clock.now():
            raise LinkExpired("This took too long, or was answered already. Please begin anew.")
        if about is not None and challenge.about != about:
            raise LinkExpired("This was asked of somebody else. Please begin anew.")
        return challenge, self._keys.unseal(_SEAL, challenge.sealed)

    async def take(self, token: str, purpose: ChallengePurpose, about: str | None = None) -> tuple[Challenge, str]:
        """The same, used up: whatever comes of the answer, it counts once. Raises `LinkExpired`."""
        challenge, content = await self.peek(token, purpose, about)
        if not await self._repository.use_challenge(challenge.id):
            raise LinkExpired("This was answered already. Please begin anew.")
        return challenge, content

    def _digest(self, token: str) -> str:
        return self._keys.fingerprint("challenges", token)
