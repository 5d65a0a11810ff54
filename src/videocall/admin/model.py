"""What is kept of administrators and of what they did, and what their API takes and says (policy section 9)."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from videocall.accounts.model import DeletionStatus, TypedPassword

Action = Literal["signed_in", "signed_out", "administrator_created", "deletion_approved", "deletion_rejected"]
TypedName = Annotated[str, Meta(max_length=100)]
Notes = Annotated[str, Meta(max_length=2000)]


# --- kept in the store ------------------------------------------------------------------------------------------------


class Admin(Struct, kw_only=True):
    """One administrator: a credential of its own, no account. `name` is in lower case and unique."""

    id: str = msgspec.field(name="_id")
    name: str
    password_hash: str
    created_at: datetime


class AdminSession(Struct, kw_only=True):
    """One signed-in browser of an administrator; ending it makes its cookie worthless."""

    id: str = msgspec.field(name="_id")
    admin: str
    created_at: datetime
    expires_at: datetime


class AuditEntry(Struct, kw_only=True):
    """One thing that an administrator did. `about` is the id of what it was done to, never a name or an address."""

    id: str = msgspec.field(name="_id")
    at: datetime
    admin: str
    admin_name: str
    action: Action
    about: str
    notes: str = ""


# --- taken and said by the API ----------------------------------------------------------------------------------------


class AdminSignIn(Struct, forbid_unknown_fields=True):
    """Body of POST /api/admin/login."""

    name: TypedName
    password: TypedPassword


class AdminView(Struct):
    """Who is signed in to the console, and until when."""

    name: str
    expires_at: datetime


class AuditLine(Struct):
    """One entry of the audit log."""

    id: str
    at: datetime
    admin_name: str
    action: Action
    about: str
    notes: str


class Approval(Struct, forbid_unknown_fields=True):
    """Body of an approval. `hard` also erases picture and name where the person did not ask for it; null leaves it."""

    notes: Notes = ""
    hard: bool | None = None


class Rejection(Struct, forbid_unknown_fields=True):
    """Body of a rejection; the notes are mailed to the person."""

    notes: Notes = ""


class DeletionRequestView(Struct):
    """A request as an administrator sees it."""

    id: str
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
