"""Every query about administrators, their sessions, and the audit log."""

from datetime import datetime
from typing import Any

import msgspec

from videocall.admin.model import Admin, AdminSession, AuditEntry, Factor
from videocall.lists import Table, Wish, both, equal, read_page, words
from videocall.store.base import Document, DuplicateKey, Index, Store, as_document

ADMINS, ADMIN_SESSIONS, AUDIT = "admins", "admin_sessions", "audit"
ADMINS_TABLE = Table(ADMINS, {"name": str, "created_at": datetime})
AUDIT_TABLE = Table(AUDIT, {"at": datetime})


class AdminRepository:
    """Administrators in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make collections and indexes."""
        await self._store.ensure(ADMINS, [Index(keys=("name",), unique=True), *ADMINS_TABLE.indexes()])
        await self._store.ensure(ADMIN_SESSIONS, [Index(keys=("expires_at",)), Index(keys=("admin",))])
        by = (), ("action",), ("admin_name",)
        await self._store.ensure(AUDIT, [index for fields in by for index in AUDIT_TABLE.indexes(*fields)])

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

    async def listed(self, wish: Wish, factor: Factor | None = None) -> tuple[list[Admin], str | None]:
        """One page of administrators, with the second factor or without, and the cursor of the next."""

        def rare(document: Document) -> bool:
            return factor in {None, "on" if document.get("totp_sealed") else "off"}

        found, cursor = await read_page(self._store, ADMINS_TABLE, wish, keep=both(words(wish.q, "name"), rare))
        return [msgspec.convert(document, Admin) for document in found], cursor

    async def signed_in(self, now: datetime) -> dict[str, int]:
        """By id of an administrator: in how many browsers they are signed in now."""
        return await self._store.group_count(ADMIN_SESSIONS, {"expires_at": {"$gt": now}}, "admin")

    async def change_if(self, admin_id: str, now_is: dict[str, Any], /, **fields: Any) -> Admin | None:
        """Set fields of an administrator who is as `now_is` says, compared and swapped in one; None when not so."""
        changed = await self._store.update(ADMINS, {**now_is, "_id": admin_id}, {"$set": fields})
        return None if changed is None else msgspec.convert(changed, Admin)

    async def use_step(self, admin_id: str, step: int) -> bool:
        """Note the time step of a code from the app; False when that step, or a later one, was used before."""
        where = {"_id": admin_id, "totp_step": {"$lt": step}}
        return await self._store.update(ADMINS, where, {"$set": {"totp_step": step}}) is not None

    async def use_recovery(self, admin_id: str, digest: str) -> bool:
        """Take a recovery code out of an administrator; False when there is none (any more)."""
        field = f"recovery.{digest}"
        return await self._store.update(ADMINS, {"_id": admin_id, field: True}, {"$unset": {field: True}}) is not None

    async def add_session(self, session: AdminSession) -> None:
        """Keep a new session; those that lapsed go."""
        await self._store.delete(ADMIN_SESSIONS, {"expires_at": {"$lt": session.created_at}})
        await self._store.insert(ADMIN_SESSIONS, as_document(session))

    async def session(self, session_id: str) -> AdminSession | None:
        """The session with an id."""
        found = await self._store.find(ADMIN_SESSIONS, {"_id": session_id}, limit=1)
        return msgspec.convert(found[0], AdminSession) if found else None

    async def sessions(self, admin_id: str) -> list[AdminSession]:
        """The sessions of an administrator, the latest first."""
        found = await self._store.find(ADMIN_SESSIONS, {"admin": admin_id}, sort=[("created_at", -1)], limit=100)
        return [msgspec.convert(document, AdminSession) for document in found]

    async def end_session(self, admin_id: str, session_id: str) -> bool:
        """End a session of an administrator; whether there was one."""
        return await self._store.delete(ADMIN_SESSIONS, {"_id": session_id, "admin": admin_id}) > 0

    async def note(self, entry: AuditEntry) -> None:
        """Write into the audit log; only age ever takes it out."""
        await self._store.insert(AUDIT, as_document(entry))

    async def delete_audit(self, before: datetime) -> int:
        """Forget entries older than that, where the settings say how long they are kept; how many."""
        return await self._store.delete(AUDIT, {"at": {"$lt": before}})

    async def audit(
        self, wish: Wish, *, action: str | None = None, admin_name: str | None = None
    ) -> tuple[list[AuditEntry], str | None]:
        """One page of the log, and the cursor of the next."""
        keep = words(wish.q, "action", "about", "admin_name", "notes", "address")
        where = equal(action=action, admin_name=admin_name)
        found, cursor = await read_page(self._store, AUDIT_TABLE, wish, where, keep)
        return [msgspec.convert(document, AuditEntry) for document in found], cursor
