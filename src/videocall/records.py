"""Everything that is kept, collection by collection: the one list that export and import go by."""

from collections.abc import Mapping

from msgspec import Struct

from videocall.accounts.credentials import CHALLENGES, IDENTITIES, PASSKEYS
from videocall.accounts.model import DeletionRequest, Link, Session, User
from videocall.accounts.passkey_model import Challenge, Identity, Passkey
from videocall.accounts.repository import DELETIONS, LINKS, SESSIONS, USERS
from videocall.admin.model import Admin, AdminSession, AuditEntry
from videocall.admin.numbers import DAYS, Day
from videocall.admin.repository import ADMIN_SESSIONS, ADMINS, AUDIT
from videocall.legal.model import LegalDraft, LegalVersion
from videocall.legal.repository import DRAFTS, VERSIONS
from videocall.legal.rights import REQUESTS
from videocall.legal.rights_model import RightsRequest
from videocall.mail.model import QueuedMail
from videocall.mail.repository import MAILS
from videocall.meetings.model import Meeting, Person, Visit
from videocall.meetings.repository import MEETINGS, PEOPLE, VISITS
from videocall.mobile.model import Region
from videocall.mobile.repository import REGIONS
from videocall.pool.model import PoolEvent, PoolHour, PoolServer
from videocall.pool.repository import EVENTS, HOURS, SERVERS
from videocall.push.model import QueuedPush, Subscriber
from videocall.push.repository import PUSHES, SUBSCRIBERS
from videocall.scheduling.model import Invitee, Occurrence
from videocall.scheduling.repository import INVITEES, OCCURRENCES
from videocall.store.base import Filter

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
    SERVERS: PoolServer,
    HOURS: PoolHour,
    EVENTS: PoolEvent,
    MAILS: QueuedMail,
    VERSIONS: LegalVersion,
    DRAFTS: LegalDraft,
    SUBSCRIBERS: Subscriber,
    PUSHES: QueuedPush,
    REQUESTS: RightsRequest,
    REGIONS: Region,
    ADMINS: Admin,
    ADMIN_SESSIONS: AdminSession,
    AUDIT: AuditEntry,
    DAYS: Day,
}
"""The struct tells which texts of a document are times. A test fails when a collection is missing here."""

BY_ITSELF: Mapping[str, Filter] = {VERSIONS: {"published_by": ""}}
"""What a first start puts into an empty store, so that one which was only started once can be imported into."""

FOLDERS = ("public/uploads",)
"""Folders inside the data folder whose files belong to people."""
