"""Every query about push messages."""

from datetime import datetime
from typing import Literal

import msgspec

from videocall.push.model import QueuedPush, Subscriber
from videocall.push.rules import LEASE
from videocall.store.base import DuplicateKey, Index, Store, as_document

Whose = Literal["user", "person"]
SUBSCRIBERS, PUSHES = "push_subscribers", "pushes"


class PushRepository:
    """Browsers and their queue in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make the collections and their indexes."""
        await self._store.ensure(
            SUBSCRIBERS, [Index(keys=("user", "created_at")), Index(keys=("person", "created_at"))]
        )
        waiting: dict[str, bool | None] = {"done_at": None}
        await self._store.ensure(PUSHES, [Index(keys=("due_at",), where=waiting), Index(keys=("done_at",))])

    # --- browsers ---

    async def keep(self, subscriber: Subscriber) -> None:
        """Keep a browser, in place of whom it belonged to before."""
        await self._store.load(SUBSCRIBERS, [as_document(subscriber)])

    async def subscriber(self, subscriber_id: str) -> Subscriber | None:
        """One browser."""
        found = await self._store.find(SUBSCRIBERS, {"_id": subscriber_id}, limit=1)
        return msgspec.convert(found[0], Subscriber) if found else None

    async def of(self, whose: Whose, id_: str) -> list[Subscriber]:
        """The browsers of an account or of a guest, the oldest first."""
        found = await self._store.find(SUBSCRIBERS, {whose: id_}, sort=[("created_at", 1), ("_id", 1)]) if id_ else []
        return [msgspec.convert(document, Subscriber) for document in found]

    async def forget(self, subscriber_id: str) -> None:
        """Erase a browser; what is queued for it goes out to nobody."""
        await self._store.delete(SUBSCRIBERS, {"_id": subscriber_id})

    async def count_timeout(self, subscriber_id: str) -> int:
        """One more attempt at a browser was given no answer in time; how many in a row."""
        changed = await self._store.update(SUBSCRIBERS, {"_id": subscriber_id}, {"$inc": {"timeouts": 1}})
        return changed["timeouts"] if changed else 0

    async def answered(self, subscriber_id: str) -> None:
        """The push service of a browser answers (again)."""
        await self._store.update(SUBSCRIBERS, {"_id": subscriber_id}, {"$set": {"timeouts": 0}})

    async def forget_user(self, user_id: str) -> None:
        """Erase every browser of an account."""
        await self._store.delete(SUBSCRIBERS, {"user": user_id})

    async def forget_person(self, person_id: str) -> None:
        """Erase every browser of a guest."""
        await self._store.delete(SUBSCRIBERS, {"person": person_id})

    async def forget_guests(self, before: datetime) -> None:
        """Erase the browsers of guests that subscribed before that."""
        await self._store.delete(SUBSCRIBERS, {"user": "", "created_at": {"$lt": before}})

    async def count(self) -> int:
        """How many browsers there are."""
        return await self._store.count(SUBSCRIBERS, {})

    # --- the queue ---

    async def add(self, push: QueuedPush) -> bool:
        """Put a message into the queue; False when it is, or was, there already."""
        try:
            await self._store.insert(PUSHES, as_document(push))
        except DuplicateKey:
            return False
        return True

    async def due(self, now: datetime, most: int) -> list[QueuedPush]:
        """Messages to be tried now, what waits longest first."""
        where = {"done_at": None, "due_at": {"$lte": now}}
        found = await self._store.find(PUSHES, where, sort=[("due_at", 1)], limit=most)
        return [msgspec.convert(document, QueuedPush) for document in found]

    async def claim(self, push: QueuedPush, now: datetime) -> QueuedPush | None:
        """Take a message for one attempt; None when another process was faster. A claim lapses after `LEASE`."""
        claimed = await self._store.update(
            PUSHES,
            {"_id": push.id, "done_at": None, "due_at": push.due_at},
            {"$set": {"due_at": now + LEASE}, "$inc": {"attempts": 1}},
        )
        return None if claimed is None else msgspec.convert(claimed, QueuedPush)

    async def finish(self, push: QueuedPush, at: datetime) -> None:
        """Note that a claimed message went out, or never will."""
        change = {"$set": {"done_at": at, "sealed": ""}}
        await self._store.update(PUSHES, {"_id": push.id, "done_at": None, "due_at": push.due_at}, change)

    async def put_off(self, push: QueuedPush, until: datetime) -> None:
        """Let a claimed message wait for its next attempt."""
        where = {"_id": push.id, "done_at": None, "due_at": push.due_at}
        await self._store.update(PUSHES, where, {"$set": {"due_at": until}})

    async def waiting(self) -> int:
        """How many messages wait."""
        return await self._store.count(PUSHES, {"done_at": None})

    async def delete_done(self, before: datetime) -> None:
        """Forget messages that were dealt with before that."""
        await self._store.delete(PUSHES, {"done_at": {"$lt": before}})
