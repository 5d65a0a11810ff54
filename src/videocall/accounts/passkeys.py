"""Passkeys (WebAuthn level 2): made with the password, and then enough by themselves.

Whoever uses one shows something they have, and their finger, face or PIN to it: user verification is required, so it
counts as both factors.
"""

import json
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from videocall.accounts.challenges import Challenges
from videocall.accounts.credentials import MOST_PASSKEYS, CredentialRepository
from videocall.accounts.letters import Letters
from videocall.accounts.model import SignedIn, User
from videocall.accounts.passkey_model import NewPasskey, Passkey, PasskeyOptions, PasskeySignIn, PasskeyView
from videocall.accounts.repository import AccountRepository
from videocall.accounts.service import Accounts
from videocall.clock import Clock
from videocall.problems import AccountDisabled, EmailNotVerified, InvalidBody, NotFound, PasskeyRefused
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.texts import one_line

_REQUIRED = UserVerificationRequirement.REQUIRED
_UNKNOWN = "This passkey is not known here (any more)."


class Passkeys:
    """Makes, lists and removes passkeys, and signs people in by them."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        accounts: Accounts,
        users: AccountRepository,
        repository: CredentialRepository,
        challenges: Challenges,
        letters: Letters,
        rates: Rates,
    ) -> None:
        site = urlsplit(settings.public_url)
        self._rp_id = site.hostname or "localhost"
        self._origin = f"{site.scheme}://{site.netloc}"
        self._settings = settings
        self._clock = clock
        self._accounts = accounts
        self._users = users
        self._repository = repository
        self._challenges = challenges
        self._letters = letters
        self._rates = rates

    # --- in the profile ---

    async def begin(self, user: User) -> PasskeyOptions:
        """What the browser needs to make one, for somebody who has just shown their password.

        Raises `EmailNotVerified`: otherwise somebody who registers with another's address could stay in by it.
        """
        if user.email_verified_at is None:
            raise EmailNotVerified
        kept = await self._repository.passkeys(user.id)
        if len(kept) >= MOST_PASSKEYS:
            raise PasskeyRefused(f"There are {MOST_PASSKEYS} passkeys already: remove one first.")
        options = webauthn.generate_registration_options(
            rp_id=self._rp_id,
            rp_name="VideoCall.cc",
            user_id=user.id.encode(),
            user_name=user.email,
            user_display_name=user.name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in kept],
        )
        token = await self._challenges.ask("passkey-new", bytes_to_base64url(options.challenge), user.id)
        return PasskeyOptions(challenge=token, options=json.loads(webauthn.options_to_json(options)))

    async def add(self, user: User, wish: NewPasskey) -> PasskeyView:
        """Keep what the browser made; raises `LinkExpired`, `PasskeyRefused`."""
        name = one_line(wish.name) or "Passkey"
        _, challenge = await self._challenges.take(wish.challenge, "passkey-new", user.id)
        try:
            made = webauthn.verify_registration_response(
                credential=wish.credential,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except _UNREADABLE as error:
            raise PasskeyRefused from error
        passkey = Passkey(
            id=bytes_to_base64url(made.credential_id),
            user=user.id,
            name=name,
            public_key=bytes_to_base64url(made.credential_public_key),
            sign_count=made.sign_count,
            transports=[],
            created_at=self._clock.now(),
        )
        if not await self._repository.add_passkey(passkey):
            raise PasskeyRefused("This passkey is in use already.")
        await self._letters.passkey(user, name, added=True)
        return _view(passkey)

    async def list(self, user: User) -> list[PasskeyView]:
        """Those of an account, the oldest first."""
        return [_view(passkey) for passkey in await self._repository.passkeys(user.id)]

    async def rename(self, user: User, passkey_id: str, typed: str) -> None:
        """Give one another name; raises `InvalidBody`, `NotFound`."""
        name = one_line(typed)
        if not name:
            raise InvalidBody(errors={"name": "Please enter a name."})
        if not await self._repository.rename_passkey(user.id, passkey_id, name):
            raise NotFound

    async def remove(self, user: User, passkey_id: str) -> None:
        """Take one away; raises `NotFound`."""
        passkey = await self._repository.passkey(passkey_id)
        if passkey is None or not await self._repository.remove_passkey(user.id, passkey_id):
            raise NotFound
        await self._letters.passkey(user, passkey.name, added=False)

    # --- coming in ---

    async def begin_sign_in(self, address: str) -> PasskeyOptions:
        """What the browser needs to offer the passkeys that it knows for this site."""
        await self._rates.hit(self._settings.sign_in_address_rate, "passkey", address)
        options = webauthn.generate_authentication_options(rp_id=self._rp_id, user_verification=_REQUIRED)
        token = await self._challenges.ask("passkey-sign-in", bytes_to_base64url(options.challenge))
        return PasskeyOptions(challenge=token, options=json.loads(webauthn.options_to_json(options)))

    async def sign_in(self, wish: PasskeySignIn, address: str, agent: str) -> SignedIn:
        """Sign in whose passkey it is; raises `LinkExpired`, `PasskeyRefused`, `AccountDisabled`."""
        await self._rates.hit(self._settings.sign_in_address_rate, "passkey", address)
        _, challenge = await self._challenges.take(wish.challenge, "passkey-sign-in")
        passkey = await self._repository.passkey(str(wish.credential.get("id", "")))
        user = await self._users.user(passkey.user) if passkey else None
        if passkey is None or user is None:
            raise PasskeyRefused(_UNKNOWN)
        try:
            used = webauthn.verify_authentication_response(
                credential=wish.credential,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except _UNREADABLE as error:
            raise PasskeyRefused from error
        if not _is_handle_of(wish.credential, user):
            raise PasskeyRefused(_UNKNOWN)
        if user.disabled_at is not None:
            raise AccountDisabled
        if not await self._repository.count_use(passkey, used.new_sign_count, self._clock.now()):
            raise PasskeyRefused
        return await self._accounts.open_session(user, agent)


# The library reads what a stranger sends; what it cannot read it says by errors of many kinds.
_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


def _is_handle_of(credential: dict[str, Any], user: User) -> bool:
    response = credential.get("response")
    handle = response.get("userHandle") if isinstance(response, dict) else None
    return handle is None or handle == bytes_to_base64url(user.id.encode())


def _view(passkey: Passkey) -> PasskeyView:
    return PasskeyView(id=passkey.id, name=passkey.name, created_at=passkey.created_at, used_at=passkey.used_at)
