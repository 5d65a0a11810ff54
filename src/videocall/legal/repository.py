"""Every query about versions and drafts of legal documents."""

import msgspec

from videocall.legal.model import Kind, LegalDraft, LegalVersion
from videocall.store.base import DuplicateKey, Index, Store, as_document

VERSIONS, DRAFTS = "legal_versions", "legal_drafts"
MOST_VERSIONS = 1000


class LegalRepository:
    """Legal documents in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make collections and indexes."""
        indexes = [Index(keys=("kind", "serial")), Index(keys=("published_at",), where={"mailing": True})]
        await self._store.ensure(VERSIONS, indexes)
        await self._store.ensure(DRAFTS, [])

    async def add(self, version: LegalVersion) -> bool:
        """Publish a version; False when another process has published one with this serial."""
        try:
            await self._store.insert(VERSIONS, as_document(version))
        except DuplicateKey:
            return False
        return True

    async def versions(self, kind: Kind) -> list[LegalVersion]:
        """Every version of a document, newest first."""
        found = await self._store.find(VERSIONS, {"kind": kind}, sort=[("serial", -1)], limit=MOST_VERSIONS)
        return [msgspec.convert(document, LegalVersion) for document in found]

    async def mailing(self) -> list[LegalVersion]:
        """Versions of which people are still to be told."""
        found = await self._store.find(VERSIONS, {"mailing": True}, sort=[("published_at", 1)])
        return [msgspec.convert(document, LegalVersion) for document in found]

    async def mailed(self, version: LegalVersion, after: str, *, done: bool) -> LegalVersion | None:
        """Note how far the mailing has come; None when another process has gone on from the same place."""
        where = {"_id": version.id, "mailing": True, "mailed_after": version.mailed_after}
        change = {"$set": {"mailed_after": after, "mailing": not done}}
        changed = await self._store.update(VERSIONS, where, change)
        return None if changed is None else msgspec.convert(changed, LegalVersion)

    async def draft(self, kind: Kind) -> LegalDraft | None:
        """The draft of a document."""
        found = await self._store.find(DRAFTS, {"_id": kind}, limit=1)
        return msgspec.convert(found[0], LegalDraft) if found else None

    async def save_draft(self, draft: LegalDraft, *, over: int) -> bool:
        """Keep a draft in place of the revision `over`, 0 for none; False when somebody else saved meanwhile."""
        if not over:
            try:
                await self._store.insert(DRAFTS, as_document(draft))
            except DuplicateKey:
                return False
            return True
        fields = {name: value for name, value in as_document(draft).items() if name != "_id"}
        where = {"_id": draft.id, "revision": over}
        return await self._store.update(DRAFTS, where, {"$set": fields}) is not None

    async def discard_draft(self, kind: Kind, revision: int) -> bool:
        """Forget a draft that is still at this revision; whether there was one."""
        return await self._store.delete(DRAFTS, {"_id": kind, "revision": revision}) > 0
