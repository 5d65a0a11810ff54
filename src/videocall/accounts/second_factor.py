"""The second factor: time-based codes from an app (TOTP, RFC 6238) and recovery codes for when the app is gone."""

import base64
import io
import secrets
from typing import Any, Protocol

import pyotp
import segno

from videocall.accounts.model import RecoveryCodes, SecondFactorSetup, User
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


class Holder(Protocol):
    """Whoever has a second factor: a person with an account, or an administrator."""

    @property
    def id(self) -> str:
        """Unique among all of them."""

    @property
    def totp_sealed(self) -> str:
        """The secret that is asked for."""

    @property
    def totp_pending(self) -> str:
        """One that was not confirmed yet."""


class Holders(Protocol):
    """Where holders are kept."""

    async def change_if(self, holder: str, now_is: dict[str, Any], /, **fields: Any) -> Holder | None:
        """Set fields of one that is as `now_is` says; None when it is not."""

    async def use_step(self, holder: str, step: int, /) -> bool:
        """Note a time step; False when it, or a later one, was used before."""

    async def use_recovery(self, holder: str, digest: str, /) -> bool:
        """Take a recovery code out; False when there is none (any more)."""


class SecondFactor:
    """Sets the second factor up, switches it off, and asks for it."""

    def __init__(self, *, clock: Clock, keys: Keys, repository: Holders, rates: Rates) -> None:
        self._clock = clock
        self._keys = keys
        self._repository = repository
        self._rates = rates

    async def begin(self, user: User) -> SecondFactorSetup:
        """A fresh secret for the app; nothing is asked for until `confirm`.

        Raises `EmailNotVerified`: otherwise somebody who registers with another's address could lock the owner out.
        """
        if user.email_verified_at is None and not user.totp_sealed:
            raise EmailNotVerified
        return await self.begin_as(user, user.email, "VideoCall.cc")

    async def begin_as(self, holder: Holder, name: str, issuer: str) -> SecondFactorSetup:
        """The same for whoever needs to confirm no address; `name` and `issuer` are what the app shows."""
        if holder.totp_sealed:
            raise SecondFactorState("The second factor is on already.")
        secret = pyotp.random_base32()
        await self._repository.change_if(holder.id, {}, totp_pending=self._keys.seal(_SEAL, secret))
        uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
        picture = io.BytesIO()
        segno.make(uri, error="m").save(picture, kind="svg", scale=6, border=4)
        qr = f"data:image/svg+xml;base64,{base64.b64encode(picture.getvalue()).decode()}"
        return SecondFactorSetup(secret=secret, uri=uri, qr=qr)

    async def confirm(self, user: Holder, code: str) -> RecoveryCodes:
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

    async def switch_off(self, user: Holder) -> None:
        """Ask for no code any more."""
        await self._repository.change_if(user.id, {}, totp_sealed="", totp_pending="", recovery={})

    async def check(self, user: Holder, code: str | None) -> None:
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

    async def _guessed(self, user: Holder, code: str) -> None:
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

    def _digest(self, user: Holder, code: str) -> str:
        # A field's name begins with a letter.
        return "d" + self._keys.fingerprint("recovery codes", f"{user.id} {''.join(code.split())}")
