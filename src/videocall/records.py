"""Everything that is kept, collection by collection: the one list that export and import go by."""

from collections.abc import Mapping

from msgspec import Struct

from videocall.accounts.credentials import CHALLENGES, IDENTITIES, PASSKEYS
from videocall.accounts.model import DeletionRequest, Link, Session, User
from videocall.accounts.passkey_model import Challenge, Identity, Passkey
from videocall.accounts.repository import DELETIONS, LINKS, SESSIONS, USERS
from videocall.admin.model import Admin, AdminSession, AuditEntry
from videocall.admin.repository import ADMIN_SESSIONS, ADMINS, AUDIT
from videocall.mail.model import QueuedMail
from videocall.mail.repository import MAILS
from videocall.meetings.model import Meeting, Person, Visit
from videocall.meetings.repository import MEETINGS, PEOPLE, VISITS
from videocall.scheduling.model import Invitee, Occurrence
from videocall.scheduling.repository import INVITEES, OCCURRENCES

RECORDS: Mapping[str, type[Struct]] = {
    USERS: User,
    SESSIONS: Session,
    LINKS: Link,
    DELETIONS: DeletionRequest,
    PASSKEYS: Passkey,
    CHALLENGES: Challenge,
    IDENTITIES: Identity,
    MEETINGS: Meeting,
    PEOPLE: Person,
    VISITS: Visit,
    OCCURRENCES: Occurrence,
    INVITEES: Invitee,
    MAILS: QueuedMail,
    ADMINS: Admin,
    ADMIN_SESSIONS: AdminSession,
    AUDIT: AuditEntry,
}
"""The struct tells which texts of a document are times. A test fails when a collection is missing here."""

FOLDERS = ("public/uploads",)
"""Folders inside the data folder whose files belong to people."""
