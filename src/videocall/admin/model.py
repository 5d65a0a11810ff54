"""What is kept of administrators and of what they did, and what their API takes and says (policy section 9)."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from videocall.accounts.model import DeletionStatus, TypedCode, TypedPassword

Action = str
"""What was done, in the past tense and joined by underscores: `signed_in`, `user_disabled`, `server_drained`."""
State = dict[str, str | int | float | bool | None]
"""What a record was like before something was done, or after: names of fields of ours, and nothing personal."""
Factor = Literal["on", "off"]
"""Whether an administrator has a second factor."""
TypedName = Annotated[str, Meta(max_length=100)]
Notes = Annotated[str, Meta(max_length=2000)]


# --- kept in the store ------------------------------------------------------------------------------------------------


class Admin(Struct, kw_only=True):
    """One administrator: a credential of its own, no account. `name` is in lower case and unique.

    The second factor is on when `totp_sealed` is not empty; `totp_pending` is one that was not confirmed yet,
    `totp_step` the last time step that was used, and the keys of `recovery` are digests of unused recovery codes.
    """

    id: str = msgspec.field(name="_id")
    name: str
    password_hash: str
    created_at: datetime
    totp_sealed: str = ""
    totp_pending: str = ""
    totp_step: int = 0
    recovery: dict[str, bool] = msgspec.field(default_factory=dict)


class AdminSession(Struct, kw_only=True):
    """One signed-in browser of an administrator; ending it makes its cookie worthless. `device` is coarse."""

    id: str = msgspec.field(name="_id")
    admin: str
    created_at: datetime
    expires_at: datetime
    device: str = ""
    address: str = ""


class AuditEntry(Struct, kw_only=True):
    """One thing that an administrator did, which nothing ever changes; only age takes it out.

    `about` is the id of what it was done to, never a name or an address; `address` is the administrator's own.
    """

    id: str = msgspec.field(name="_id")
    at: datetime
    admin: str
    admin_name: str
    action: Action
    about: str
    notes: str = ""
    address: str = ""
    before: State = msgspec.field(default_factory=dict)
    after: State = msgspec.field(default_factory=dict)


# --- taken and said by the API ----------------------------------------------------------------------------------------


class AdminSignIn(Struct, forbid_unknown_fields=True):
    """Body of POST /api/admin/login; `code` is from the app, or a recovery code."""

    name: TypedName
    password: TypedPassword
    code: TypedCode | None = None


class AdminView(Struct):
    """Who is signed in to the console, and until when."""

    name: str
    expires_at: datetime
    second_factor: bool
    recovery_codes_left: int


class AdminSessionView(Struct):
    """One signed-in browser of mine."""

    id: str
    device: str
    address: str
    created_at: datetime
    expires_at: datetime
    current: bool


class AdministratorLine(Struct):
    """One administrator of this site; `sessions` is in how many browsers they are signed in now."""

    id: str
    name: str
    created_at: datetime
    second_factor: bool
    sessions: int


class AdministratorPage(Struct):
    """Some of the administrators."""

    items: list[AdministratorLine]
    next_cursor: str | None


class AuditLine(Struct):
    """One entry of the audit log: who did what, when, from where, and what it changed."""

    id: str
    at: datetime
    admin_name: str
    action: Action
    about: str
    notes: str
    address: str
    before: State
    after: State


class AuditPage(Struct):
    """Some of the audit log."""

    items: list[AuditLine]
    next_cursor: str | None


class Approval(Struct, forbid_unknown_fields=True):
    """Body of an approval. `hard` also erases picture and name where the person did not ask for it; null leaves it.

    `at_once` leaves no two weeks to change one's mind: the account is gone when the answer comes.
    """

    notes: Notes = ""
    hard: bool | None = None
    at_once: bool = False


class Rejection(Struct, forbid_unknown_fields=True):
    """Body of a rejection; the notes are mailed to the person."""

    notes: Notes = ""


class DeletionRequestView(Struct):
    """A request as an administrator sees it; while nobody decided, `answer_by` is when the law wants an answer."""

    id: str
    user: str
    email: str
    first_name: str
    last_name: str
    reason: str
    hard: bool
    status: DeletionStatus
    created_at: datetime
    verified_at: datetime | None
    reviewed_at: datetime | None
    due_at: datetime | None
    done_at: datetime | None
    notes: str
    answer_by: datetime | None
    late: bool
