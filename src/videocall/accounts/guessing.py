"""Checks passwords of people and administrators so that guessing leads nowhere."""

from videocall.accounts.passwords import Passwords
from videocall.keys import Keys
from videocall.rates import Rates
from videocall.settings import Settings


class GuessedPasswords:
    """Wrong passwords are counted by network address and name together: who guesses locks themselves out, nobody else.

    `kind` keeps what is counted for people and for administrators apart.
    """

    def __init__(self, kind: str, *, settings: Settings, keys: Keys, passwords: Passwords, rates: Rates) -> None:
        self._kind = kind
        self._rate = settings.sign_in_rate
        self._keys = keys
        self._passwords = passwords
        self._rates = rates

    async def check(self, password: str, hashed: str | None, name: str, address: str) -> bool:
        """Whether it is right, for the same work when there is nobody of that name (None); raises `TooManyGuesses`."""
        key = (self._kind, address, self._keys.fingerprint("sign-in", name))
        await self._rates.check_guesses(self._rate, *key)
        right = await self._passwords.check(password, hashed)
        if not right:
            digest = self._keys.fingerprint("password guesses", password.encode("utf-8", "replace").decode())
            await self._rates.guess(self._rate, digest, *key)
        return right
