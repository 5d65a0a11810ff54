"""What is kept of people with an account (policy sections 3.1, 3.5), and what the API takes and says about them."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from videocall.mail.model import Email
from videocall.words import DEFAULT

LinkPurpose = Literal["verify", "reset", "change-old", "change-new", "deletion", "keep"]
DeletionStatus = Literal["unverified", "waiting", "approved", "rejected", "done"]
Theme = Literal["system", "light", "dark"]

TypedName = Annotated[str, Meta(max_length=200)]
TypedEmail = Annotated[str, Meta(max_length=254)]
TypedPassword = Annotated[str, Meta(max_length=4096)]
TypedCode = Annotated[str, Meta(max_length=40)]
TypedToken = Annotated[str, Meta(max_length=200)]
"""Generous on purpose: `rules` say for each field, in words for people, what it may not be."""


class Notifications(Struct, forbid_unknown_fields=True):
    """What somebody wants to be mailed about; letters about the account itself always come."""

    reminders: bool = True
    invitations: bool = True
    news: bool = False


Device = Annotated[str, Meta(max_length=256)]


class Devices(Struct, forbid_unknown_fields=True):
    """Labels of the devices that a person prefers; empty for whatever the browser takes."""

    microphone: Device = ""
    camera: Device = ""
    speaker: Device = ""


# --- kept in the store ------------------------------------------------------------------------------------------------


class User(Struct, kw_only=True):
    """One account. `generation` counts what ends every older token: a new password, signing out everywhere.

    `picture` is a file name, empty for none. `feed` counts the secret addresses of the account's calendar. `legal_seen`
    is the last acknowledged version of each legal document. The second
    factor is on when `totp_sealed` is not empty; `totp_pending` is one that was not confirmed yet, `totp_step` the last
    time step that was used (RFC 6238, section 5.2), and the keys of `recovery` are keyed digests of unused recovery
    codes. `new_email` is an address that waits to be confirmed.
    """

    id: str = msgspec.field(name="_id")
    email: str
    first_name: str
    last_name: str
    password_hash: str
    created_at: datetime
    email_verified_at: datetime | None = None
    disabled_at: datetime | None = None
    generation: int = 0
    picture: str = ""
    time_zone: str = "UTC"
    language: str = DEFAULT
    theme: Theme = "system"
    notifications: Notifications = msgspec.field(default_factory=Notifications)
    devices: Devices = msgspec.field(default_factory=Devices)
    restricted: bool = False
    feed: int = 0
    legal_seen: dict[str, str] = msgspec.field(default_factory=dict)
    totp_sealed: str = ""
    totp_pending: str = ""
    totp_step: int = 0
    recovery: dict[str, bool] = msgspec.field(default_factory=dict)
    new_email: str = ""
    new_email_agreed: bool = False
    new_email_confirmed: bool = False

    @property
    def own_address(self) -> str:
        """Their address once they have shown that it is theirs, empty before."""
        return self.email if self.email_verified_at else ""

    @property
    def name(self) -> str:
        """What others call the person, at most 60 characters."""
        return f"{self.first_name} {self.last_name}"[:60].strip()


class Session(Struct, kw_only=True):
    """One signed-in device. `device` is coarse ("Firefox on Linux"); no network address is kept."""

    id: str = msgspec.field(name="_id")
    user: str
    generation: int
    device: str
    created_at: datetime
    expires_at: datetime


class Link(Struct, kw_only=True):
    """What a mailed link allows, once. Its `_id` is a keyed digest of the secret in the link."""

    id: str = msgspec.field(name="_id")
    purpose: LinkPurpose
    about: str
    """The account, or the deletion request."""
    email: str
    expires_at: datetime


class DeletionRequest(Struct, kw_only=True):
    """A wish to have an account deleted; kept for audit even when it was carried out (policy section 10).

    `language` is the account's, for the letter that comes after it has gone.
    """

    id: str = msgspec.field(name="_id")
    email: str
    first_name: str
    last_name: str
    reason: str
    hard: bool
    user: str
    language: str = DEFAULT
    status: DeletionStatus
    created_at: datetime
    verified_at: datetime | None = None
    reviewed_at: datetime | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    notes: str = ""


# --- taken by the API -------------------------------------------------------------------------------------------------


class Registration(Struct, forbid_unknown_fields=True):
    """Body of POST /api/auth/register."""

    first_name: TypedName
    last_name: TypedName
    email: TypedEmail
    password: TypedPassword


class SignIn(Struct, forbid_unknown_fields=True):
    """Body of POST /api/auth/login; `code` is from the app, or a recovery code."""

    email: TypedEmail
    password: TypedPassword
    code: TypedCode | None = None


class TokenBody(Struct, forbid_unknown_fields=True):
    """What a mailed link carries after its #."""

    token: TypedToken


class EmailBody(Struct, forbid_unknown_fields=True):
    """Body of POST /api/auth/forgot-password."""

    email: TypedEmail


class PasswordReset(Struct, forbid_unknown_fields=True):
    """Body of POST /api/auth/reset-password."""

    token: TypedToken
    password: TypedPassword


class PasswordChange(Struct, forbid_unknown_fields=True):
    """Body of PUT /api/me/password."""

    current_password: TypedPassword
    password: TypedPassword


class EmailChange(Struct, forbid_unknown_fields=True):
    """Body of POST /api/me/email."""

    email: TypedEmail
    password: TypedPassword


class PasswordBody(Struct, forbid_unknown_fields=True):
    """Shows that it is the person, for what a borrowed device may not do."""

    password: TypedPassword


class CodeBody(Struct, forbid_unknown_fields=True):
    """A code from the app that was just set up."""

    code: TypedCode


class ProfileChange(Struct, forbid_unknown_fields=True):
    """Body of PATCH /api/me: what is left out stays. `restricted` asks us to process no more than must be (GDPR 18)."""

    first_name: TypedName | UnsetType = UNSET
    last_name: TypedName | UnsetType = UNSET
    time_zone: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")] | UnsetType = UNSET
    theme: Theme | UnsetType = UNSET
    notifications: Notifications | UnsetType = UNSET
    devices: Devices | UnsetType = UNSET
    restricted: bool | UnsetType = UNSET


class DeletionWish(Struct, forbid_unknown_fields=True):
    """Body of POST /api/account-deletions. `hard` also erases the picture and the name in other people's records."""

    email: TypedEmail
    first_name: TypedName
    last_name: TypedName
    reason: Annotated[str, Meta(max_length=2000)] = ""
    hard: bool = False


# --- said by the API --------------------------------------------------------------------------------------------------


class DeletionView(Struct):
    """Where a wish to be deleted stands; until `due_at` it can be taken back."""

    status: DeletionStatus
    hard: bool
    created_at: datetime
    due_at: datetime | None


class Me(Struct):
    """An account as its owner sees it. `picture` is an address that anybody can open who knows it (policy 3.4)."""

    id: str
    email: Email
    email_verified: bool
    new_email: str | None
    first_name: str
    last_name: str
    name: str
    picture: str | None
    time_zone: str
    language: str
    theme: Theme
    notifications: Notifications
    devices: Devices
    restricted: bool
    legal_seen: dict[str, str]
    second_factor: bool
    recovery_codes_left: int
    created_at: datetime


class SignedIn(Struct):
    """A token that says who one is until `expires_at`, 24 hours from now at most."""

    token: str
    expires_at: datetime
    user: Me


class PasswordResetDone(Struct):
    """`signed_in` is null where a second factor has to be asked for: sign in with the new password."""

    signed_in: SignedIn | None


class SessionView(Struct):
    """One signed-in device."""

    id: str
    device: str
    created_at: datetime
    expires_at: datetime
    current: bool


class SecondFactorSetup(Struct):
    """What goes into the app: `uri` as a QR code (`qr`, SVG as a data address), or `secret` by hand."""

    secret: str
    uri: str
    qr: str


class RecoveryCodes(Struct):
    """Each signs in once without the app; shown this one time."""

    recovery_codes: list[str]


class EmailChanged(Struct):
    """What a confirmation did: `waiting` means that the other address has to agree yet."""

    email: str
    waiting: bool
