"""What is kept of passkeys and of sign-in at another provider, and what the API takes and says about them."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from videocall.accounts.model import TypedCode, TypedPassword, TypedToken

ChallengePurpose = Literal["passkey-new", "passkey-sign-in", "oidc", "oidc-done"]
PasskeyName = Annotated[str, Meta(max_length=60)]


# --- kept in the store ------------------------------------------------------------------------------------------------


class Passkey(Struct, kw_only=True):
    """A credential of WebAuthn; its `_id` is the one that the authenticator gave it, in base64url.

    `public_key` is COSE in base64url; `sign_count` is that of its last use, 0 for those that do not count.
    """

    id: str = msgspec.field(name="_id")
    user: str
    name: str
    public_key: str
    sign_count: int
    transports: list[str]
    created_at: datetime
    used_at: datetime | None = None


class Challenge(Struct, kw_only=True):
    """Something that was asked of a browser, to be answered once and soon. `sealed` is what belongs to it."""

    id: str = msgspec.field(name="_id")
    purpose: ChallengePurpose
    about: str
    """The account; empty for who signs in."""
    sealed: str
    expires_at: datetime


class Identity(Struct, kw_only=True):
    """Somebody at the provider of single sign-on; `_id` is a keyed digest of issuer and subject."""

    id: str = msgspec.field(name="_id")
    user: str
    created_at: datetime


# --- taken by the API -------------------------------------------------------------------------------------------------


class PasskeyWish(Struct, forbid_unknown_fields=True):
    """Body of POST /api/me/passkeys/options."""

    password: TypedPassword


class NewPasskey(Struct, forbid_unknown_fields=True):
    """Body of POST /api/me/passkeys: the answer of `navigator.credentials.create`, in the form of its `toJSON`."""

    challenge: TypedToken
    name: PasskeyName
    credential: dict[str, Any]


class PasskeyNaming(Struct, forbid_unknown_fields=True):
    """Body of PATCH /api/me/passkeys/{id}."""

    name: PasskeyName


class PasskeySignIn(Struct, forbid_unknown_fields=True):
    """Body of POST /api/auth/passkey: the answer of `navigator.credentials.get`, in the form of its `toJSON`."""

    challenge: TypedToken
    credential: dict[str, Any]


class OidcFinish(Struct, forbid_unknown_fields=True):
    """Body of POST /api/auth/oidc/finish; `code` is from the app, where the account has a second factor."""

    token: TypedToken
    code: TypedCode | None = None


# --- said by the API --------------------------------------------------------------------------------------------------


class PasskeyOptions(Struct):
    """`options` goes to `navigator.credentials`, `challenge` comes back with the answer, within five minutes."""

    challenge: str
    options: dict[str, Any]


class PasskeyView(Struct):
    """One passkey of mine."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None


class WaysIn(Struct):
    """Besides the password. `single_sign_on` is the name for its button, null where there is none."""

    single_sign_on: str | None
