"""Every query about administrators, their sessions, and the audit log."""

import msgspec

from videocall.admin.model import Admin, AdminSession, AuditEntry
from videocall.store.base import DuplicateKey, Index, Store, as_document

ADMINS, ADMIN_SESSIONS, AUDIT = "admins", "admin_sessions", "audit"


class AdminRepository:
    """Administrators in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make collections and indexes."""
        await self._store.ensure(ADMINS, [Index(keys=("name",), unique=True)])
        await self._store.ensure(ADMIN_SESSIONS, [Index(keys=("expires_at",)), Index(keys=("admin",))])
        await self._store.ensure(AUDIT, [Index(keys=("at",))])

    async def add(self, admin: Admin) -> bool:
        """Keep a new administrator; False when the name is taken."""
        try:
            await self._store.insert(ADMINS, as_document(admin))
        except DuplicateKey:
            return False
        return True

    async def by_name(self, name: str) -> Admin | None:
        """The administrator of a name, which is in lower case."""
        found = await self._store.find(ADMINS, {"name": name}, limit=1)
        return msgspec.convert(found[0], Admin) if found else None

    async def admin(self, admin_id: str) -> Admin | None:
        """The administrator with an id."""
        found = await self._store.find(ADMINS, {"_id": admin_id}, limit=1)
        return msgspec.convert(found[0], Admin) if found else None

    async def add_session(self, session: AdminSession) -> None:
        """Keep a new session; those that lapsed go."""
        await self._store.delete(ADMIN_SESSIONS, {"expires_at": {"$lt": session.created_at}})
        await self._store.insert(ADMIN_SESSIONS, as_document(session))

    async def session(self, session_id: str) -> AdminSession | None:
        """The session with an id."""
        found = await self._store.find(ADMIN_SESSIONS, {"_id": session_id}, limit=1)
        return msgspec.convert(found[0], AdminSession) if found else None

    async def end_session(self, session_id: str) -> None:
        """End a session."""
        await self._store.delete(ADMIN_SESSIONS, {"_id": session_id})

    async def note(self, entry: AuditEntry) -> None:
        """Write into the audit log; nothing ever takes it out."""
        await self._store.insert(AUDIT, as_document(entry))

    async def audit(self, most: int) -> list[AuditEntry]:
        """The latest entries first."""
        found = await self._store.find(AUDIT, {}, sort=[("at", -1)], limit=most)
        return [msgspec.convert(document, AuditEntry) for document in found]
