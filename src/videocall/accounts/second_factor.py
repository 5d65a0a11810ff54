"""The second factor: time-based codes from an app (TOTP, RFC 6238) and recovery codes for when the app is gone."""

import base64
import io
import secrets

import pyotp
import segno

from videocall.accounts.model import RecoveryCodes, SecondFactorSetup, User
from videocall.accounts.repository import AccountRepository
from videocall.clock import Clock
from videocall.keys import Keys, same
from videocall.problems import CodeRequired, EmailNotVerified, Problem, SecondFactorState, WrongCode
from videocall.rates import Rates

_SEAL = "second factors"
_RECOVERY_CODES = 10
_STEP_SECONDS = 30
_DIGITS = 6
CODE_RATE = "10/15 minutes"
"""Wrong codes for one account. Counted only after the right password, so a stranger cannot use it against anybody."""


class SecondFactor:
    """Sets the second factor up, switches it off, and asks for it."""

    def __init__(self, *, clock: Clock, keys: Keys, repository: AccountRepository, rates: Rates) -> None:
        self._clock = clock
        self._keys = keys
        self._repository = repository
        self._rates = rates

    async def begin(self, user: User) -> SecondFactorSetup:
        """A fresh secret for the app; nothing is asked for until `confirm`.

        Raises `EmailNotVerified`: otherwise somebody who registers with another's address could lock the owner out.
        """
        if user.totp_sealed:
            raise SecondFactorState("The second factor is on already.")
        if user.email_verified_at is None:
            raise EmailNotVerified
        secret = pyotp.random_base32()
        await self._repository.change(user.id, totp_pending=self._keys.seal(_SEAL, secret))
        uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="VideoCall.cc")
        picture = io.BytesIO()
        segno.make(uri, error="m").save(picture, kind="svg", scale=6, border=4)
        qr = f"data:image/svg+xml;base64,{base64.b64encode(picture.getvalue()).decode()}"
        return SecondFactorSetup(secret=secret, uri=uri, qr=qr)

    async def confirm(self, user: User, code: str) -> RecoveryCodes:
        """Switch it on, once the app has shown that it knows the secret; raises `WrongCode`, `SecondFactorState`."""
        if not user.totp_pending:
            raise SecondFactorState("Begin setting the second factor up first.")
        await self._rates.check_guesses(CODE_RATE, "code", user.id)
        step = self._step(user.totp_pending, code)
        if step is None:
            await self._guessed(user, code)
        codes = ["-".join(secrets.token_hex(4) for _ in range(2)) for _ in range(_RECOVERY_CODES)]
        digests = {self._digest(user, recovery): True for recovery in codes}
        changed = await self._repository.change_if(
            user.id,
            {"totp_pending": user.totp_pending},
            totp_sealed=user.totp_pending,
            totp_pending="",
            totp_step=step,
            recovery=digests,
        )
        if changed is None:
            raise SecondFactorState
        return RecoveryCodes(recovery_codes=codes)

    async def switch_off(self, user: User) -> None:
        """Ask for no code any more."""
        await self._repository.change(user.id, totp_sealed="", totp_pending="", recovery={})

    async def check(self, user: User, code: str | None) -> None:
        """Ask for a code, if the account has a second factor; raises `CodeRequired`, `WrongCode`, `TooManyGuesses`."""
        if not user.totp_sealed:
            return
        if not code:
            raise CodeRequired
        typed = code.strip().lower()
        if await self._repository.use_recovery(user.id, self._digest(user, typed)):
            return
        await self._rates.check_guesses(CODE_RATE, "code", user.id)
        step = self._step(user.totp_sealed, typed)
        if step is None or not await self._repository.use_step(user.id, step):
            await self._guessed(user, typed)

    async def _guessed(self, user: User, code: str) -> None:
        await self._rates.guess(CODE_RATE, self._digest(user, code), "code", user.id)
        problem: Problem = WrongCode(errors={"code": "This code is not right, or no longer."})
        raise problem

    def _step(self, sealed: str, code: str) -> int | None:
        """The time step that a code is of: this one, the one before or the next (RFC 6238, section 5.2)."""
        typed = "".join(code.split())
        if len(typed) != _DIGITS or not typed.isascii() or not typed.isdigit():
            return None
        totp = pyotp.TOTP(self._keys.unseal(_SEAL, sealed))
        now = int(self._clock.now().timestamp()) // _STEP_SECONDS
        steps = [step for step in (now - 1, now, now + 1) if same(totp.generate_otp(step), typed)]
        return steps[-1] if steps else None

    def _digest(self, user: User, code: str) -> str:
        # A field's name begins with a letter.
        return "d" + self._keys.fingerprint("recovery codes", f"{user.id} {''.join(code.split())}")
