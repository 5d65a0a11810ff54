"""Every query about queued mail."""

from datetime import datetime

import msgspec

from videocall.lists import Table, Wish, equal, read_page, words
from videocall.mail.model import QueuedMail, State
from videocall.mail.rules import LEASE
from videocall.store.base import DuplicateKey, Index, Store, as_document

MAILS = "mails"
MAILS_TABLE = Table(MAILS, {"created_at": datetime})


class MailRepository:
    """The queue in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make the collection and its indexes."""
        waiting: dict[str, bool | None] = {"done_at": None}
        await self._store.ensure(
            MAILS,
            [
                Index(keys=("due_at",), where=waiting),
                Index(keys=("to_key",)),
                Index(keys=("state", "done_at")),
                *MAILS_TABLE.indexes(),
                *MAILS_TABLE.indexes("state"),
            ],
        )

    async def add(self, mail: QueuedMail) -> bool:
        """Put a mail at the end of the queue; False when it is, or was, there already."""
        try:
            await self._store.insert(MAILS, as_document(mail))
        except DuplicateKey:
            return False
        return True

    async def due(self, now: datetime, most: int) -> list[QueuedMail]:
        """Mail to be tried now, what waits longest first."""
        where = {"done_at": None, "due_at": {"$lte": now}}
        found = await self._store.find(MAILS, where, sort=[("due_at", 1)], limit=most)
        return [msgspec.convert(document, QueuedMail) for document in found]

    async def claim(self, mail: QueuedMail, now: datetime) -> QueuedMail | None:
        """Take a mail for one attempt; None when another process was faster. A claim not ended in `LEASE` lapses."""
        claimed = await self._store.update(
            MAILS,
            {"_id": mail.id, "done_at": None, "due_at": mail.due_at},
            {"$set": {"due_at": now + LEASE, "claimed": True}, "$inc": {"attempts": 1}},
        )
        return None if claimed is None else msgspec.convert(claimed, QueuedMail)

    async def finish(self, mail: QueuedMail, state: State, at: datetime, *, sealed: str, error: str = "") -> None:
        """Note that a claimed mail was sent, or never will be."""
        await self._store.update(
            MAILS,
            {"_id": mail.id, "done_at": None, "due_at": mail.due_at},
            {"$set": {"state": state, "done_at": at, "sealed": sealed, "claimed": False, "error": error}},
        )

    async def put_off(self, mail: QueuedMail, until: datetime, error: str) -> None:
        """Let a claimed mail wait for its next attempt."""
        await self._store.update(
            MAILS,
            {"_id": mail.id, "done_at": None, "due_at": mail.due_at},
            {"$set": {"due_at": until, "claimed": False, "error": error}},
        )

    async def listed(self, wish: Wish, state: State | None, to_key: str | None) -> tuple[list[QueuedMail], str | None]:
        """One page of the queue for an administrator, and the cursor of the next."""
        keep = None if to_key else words(wish.q, "_id", "letter", "error")
        found, cursor = await read_page(self._store, MAILS_TABLE, wish, equal(state=state, to_key=to_key), keep)
        return [msgspec.convert(document, QueuedMail) for document in found], cursor

    async def try_now(self, mail_id: str, now: datetime) -> bool:
        """Let a mail be due that waits, unless it is being tried; whether there was one."""
        where = {"_id": mail_id, "done_at": None, "claimed": {"$ne": True}, "due_at": {"$gt": now}}
        if await self._store.update(MAILS, where, {"$set": {"due_at": now}}) is not None:
            return True
        return bool(await self._store.count(MAILS, {"_id": mail_id, "done_at": None}))

    async def drop(self, mail_id: str) -> bool:
        """Forget a mail that was not sent; whether there was one."""
        return await self._store.delete(MAILS, {"_id": mail_id, "state": {"$in": ["waiting", "dead"]}}) > 0

    async def revive(self, mail_id: str, now: datetime) -> bool:
        """Let a dead mail wait again, with all its attempts before it; whether there was one."""
        back = {"state": "waiting", "done_at": None, "due_at": now, "attempts": 0}
        return await self._store.update(MAILS, {"_id": mail_id, "state": "dead"}, {"$set": back}) is not None

    async def counts(self) -> dict[str, int]:
        """How many mails there are in each state."""
        return await self._store.group_count(MAILS, {}, "state")

    async def ids_to(self, to_key: str) -> list[str]:
        """Every mail to one receiver."""
        return [document["_id"] for document in await self._store.find(MAILS, {"to_key": to_key})]

    async def delete_to(self, to_key: str) -> None:
        """Forget every mail to one receiver."""
        await self._store.delete(MAILS, {"to_key": to_key})

    async def delete_done(self, before: datetime) -> None:
        """Forget mail that was sent or given up before that."""
        for state in ("sent", "dead"):
            await self._store.delete(MAILS, {"state": state, "done_at": {"$lt": before}})
