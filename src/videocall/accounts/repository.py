"""Every query about accounts, their sessions, mailed links and deletion requests."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from videocall.accounts.model import DeletionRequest, DeletionStatus, Link, LinkPurpose, Session, User
from videocall.lists import Keep, Table, Wish, both, equal, read_page, starting_with, words
from videocall.store.base import DuplicateKey, Index, Store, as_document

USERS, SESSIONS, LINKS, DELETIONS = "users", "sessions", "links", "deletion_requests"
USERS_TABLE = Table(USERS, {"created_at": datetime, "email": str, "last_name": str})
DELETIONS_TABLE = Table(DELETIONS, {"created_at": datetime})
_STATES: dict[str, Keep] = {
    "active": lambda user: user.get("disabled_at") is None and user.get("email_verified_at") is not None,
    "disabled": lambda user: user.get("disabled_at") is not None,
    "unverified": lambda user: user.get("disabled_at") is None and user.get("email_verified_at") is None,
}
_Kept = TypeVar("_Kept", User, Session, Link, DeletionRequest)


class AccountRepository:
    """Accounts in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make collections and indexes."""
        await self._store.ensure(USERS, [Index(keys=("email",), unique=True), *USERS_TABLE.indexes()])
        await self._store.ensure(SESSIONS, [Index(keys=("user",)), Index(keys=("expires_at",))])
        await self._store.ensure(LINKS, [Index(keys=("about",)), Index(keys=("expires_at",))])
        await self._store.ensure(
            DELETIONS, [Index(keys=("user",)), *DELETIONS_TABLE.indexes(), *DELETIONS_TABLE.indexes("status")]
        )

    async def _first(self, collection: str, kind: type[_Kept], where: dict[str, Any]) -> _Kept | None:
        found = await self._store.find(collection, where, limit=1)
        return msgspec.convert(found[0], kind) if found else None

    # --- accounts ---

    async def add(self, user: User) -> bool:
        """Keep a new account; False when its address is taken."""
        try:
            await self._store.insert(USERS, as_document(user))
        except DuplicateKey:
            return False
        return True

    async def user(self, user_id: str) -> User | None:
        """The account with an id."""
        return await self._first(USERS, User, {"_id": user_id})

    async def by_email(self, email: str) -> User | None:
        """The account with an address, which is in lower case."""
        return await self._first(USERS, User, {"email": email})

    async def any(self) -> bool:
        """Whether there is an account at all."""
        return bool(await self._store.find(USERS, {}, limit=1))

    async def verified_after(self, user_id: str, most: int) -> list[User]:
        """Accounts whose address was confirmed, in the order of their ids, from after one on."""
        where = {"_id": {"$gt": user_id}, "email_verified_at": {"$ne": None}}
        found = await self._store.find(USERS, where, sort=[("_id", 1)], limit=most)
        return [msgspec.convert(document, User) for document in found]

    async def listed(self, wish: Wish, state: str | None) -> tuple[list[User], str | None]:
        """One page of accounts for an administrator, and the cursor of the next.

        What has an @ in it is the beginning of an address, which an index finds.
        """
        where: dict[str, Any] = {}
        keep = words(wish.q, "email", "first_name", "last_name", "_id")
        if "@" in wish.q and wish.q.isprintable():
            where, keep = {"email": starting_with(wish.q.strip().lower())}, None
            wish = msgspec.structs.replace(wish, sort="email")
        found, cursor = await read_page(self._store, USERS_TABLE, wish, where, both(keep, _STATES.get(state or "")))
        return [msgspec.convert(document, User) for document in found], cursor

    async def change(self, user_id: str, **fields: Any) -> User | None:
        """Set fields of an account; None when it is gone."""
        return await self.change_if(user_id, {}, **fields)

    async def change_if(self, user_id: str, now_is: dict[str, Any], /, **fields: Any) -> User | None:
        """Set fields of an account that is as `now_is` says, compared and swapped in one; None when it is not."""
        changed = await self._store.update(USERS, {**now_is, "_id": user_id}, {"$set": fields})
        return None if changed is None else msgspec.convert(changed, User)

    async def move(self, user_id: str, to: str, **fields: Any) -> bool:
        """Give an account its new address; False when another has it. What `fields` say is set with it."""
        try:
            where = {"_id": user_id, "new_email": to}
            return await self._store.update(USERS, where, {"$set": {"email": to, **fields}}) is not None
        except DuplicateKey:
            return False

    async def renew_feed(self, user_id: str) -> User | None:
        """Count up the addresses of an account's calendar, by which the one before ends."""
        changed = await self._store.update(USERS, {"_id": user_id}, {"$inc": {"feed": 1}})
        return None if changed is None else msgspec.convert(changed, User)

    async def end_tokens(self, user_id: str, **fields: Any) -> User | None:
        """Count the generation up, by which every older token ends, and set fields with it."""
        change: dict[str, Any] = {"$inc": {"generation": 1}} | ({"$set": fields} if fields else {})
        changed = await self._store.update(USERS, {"_id": user_id}, change)
        await self._store.delete(SESSIONS, {"user": user_id})
        return None if changed is None else msgspec.convert(changed, User)

    async def use_step(self, user_id: str, step: int) -> bool:
        """Note the time step of a code from the app; False when that step, or a later one, was used before."""
        where = {"_id": user_id, "totp_step": {"$lt": step}}
        return await self._store.update(USERS, where, {"$set": {"totp_step": step}}) is not None

    async def use_recovery(self, user_id: str, digest: str) -> bool:
        """Take a recovery code out of an account; False when there is none (any more)."""
        field = f"recovery.{digest}"
        return await self._store.update(USERS, {"_id": user_id, field: True}, {"$unset": {field: True}}) is not None

    async def delete(self, user_id: str) -> None:
        """Remove an account, its sessions and its links."""
        await self._store.delete(SESSIONS, {"user": user_id})
        await self._store.delete(LINKS, {"about": user_id})
        await self._store.delete(USERS, {"_id": user_id})

    # --- sessions ---

    async def add_session(self, session: Session) -> None:
        """Keep a new session."""
        await self._store.insert(SESSIONS, as_document(session))

    async def session(self, session_id: str) -> Session | None:
        """The session with an id."""
        return await self._first(SESSIONS, Session, {"_id": session_id})

    async def sessions(self, user_id: str) -> list[Session]:
        """Every session of an account, the latest first."""
        found = await self._store.find(SESSIONS, {"user": user_id}, sort=[("created_at", -1)], limit=200)
        return [msgspec.convert(document, Session) for document in found]

    async def end_session(self, user_id: str, session_id: str) -> bool:
        """End one session of an account; whether there was one."""
        return await self._store.delete(SESSIONS, {"_id": session_id, "user": user_id}) > 0

    # --- mailed links ---

    async def add_link(self, link: Link) -> None:
        """Keep what a mailed link allows."""
        await self._store.insert(LINKS, as_document(link))

    async def link(self, link_id: str) -> Link | None:
        """What a link allows."""
        return await self._first(LINKS, Link, {"_id": link_id})

    async def use_link(self, link_id: str) -> bool:
        """Use a link up; True for the one caller that did it."""
        return await self._store.delete(LINKS, {"_id": link_id}) > 0

    async def end_links(self, about: str, *purposes: LinkPurpose) -> None:
        """Let links about an account or a request lapse."""
        await self._store.delete(LINKS, {"about": about, "purpose": {"$in": list(purposes)}})

    # --- deletion requests ---

    async def add_deletion(self, request: DeletionRequest) -> None:
        """Keep a new request."""
        await self._store.insert(DELETIONS, as_document(request))

    async def deletion(self, request_id: str) -> DeletionRequest | None:
        """The request with an id."""
        return await self._first(DELETIONS, DeletionRequest, {"_id": request_id})

    async def deletion_of(self, user_id: str) -> DeletionRequest | None:
        """The latest request about an account that was confirmed."""
        where = {"user": user_id, "status": {"$ne": "unverified"}}
        found = await self._store.find(DELETIONS, where, sort=[("created_at", -1)], limit=1)
        return msgspec.convert(found[0], DeletionRequest) if found else None

    async def deletions(self, status: DeletionStatus, most: int) -> list[DeletionRequest]:
        """Requests in a state, the oldest first."""
        found = await self._store.find(DELETIONS, {"status": status}, sort=[("created_at", 1)], limit=most)
        return [msgspec.convert(document, DeletionRequest) for document in found]

    async def listed_deletions(
        self, wish: Wish, status: DeletionStatus | None
    ) -> tuple[list[DeletionRequest], str | None]:
        """One page of requests for an administrator, and the cursor of the next."""
        keep = words(wish.q, "email", "first_name", "last_name", "reason", "notes", "_id")
        found, cursor = await read_page(self._store, DELETIONS_TABLE, wish, equal(status=status), keep)
        return [msgspec.convert(document, DeletionRequest) for document in found], cursor

    async def change_deletion(self, request: DeletionRequest, **fields: Any) -> DeletionRequest | None:
        """Set fields of a request that is still in the state it was seen in; None when it is not."""
        where = {"_id": request.id, "status": request.status}
        changed = await self._store.update(DELETIONS, where, {"$set": fields})
        return None if changed is None else msgspec.convert(changed, DeletionRequest)

    async def delete_old_requests(self, before: datetime) -> int:
        """Forget requests that were carried out or refused before that; how many."""
        done = await self._store.delete(DELETIONS, {"status": "done", "done_at": {"$lt": before}})
        # A request that was taken back may be from a time when that was not noted.
        when = [{"reviewed_at": {"$lt": before}}, {"reviewed_at": None, "created_at": {"$lt": before}}]
        return done + await self._store.delete(DELETIONS, {"status": "rejected", "$or": when})

    # --- what expires ---

    async def tidy(self, now: datetime, unverified_before: datetime) -> None:
        """Remove sessions and links that lapsed, and deletion requests that nobody confirmed."""
        await self._store.delete(SESSIONS, {"expires_at": {"$lt": now}})
        await self._store.delete(LINKS, {"expires_at": {"$lt": now}})
        await self._store.delete(DELETIONS, {"status": "unverified", "created_at": {"$lt": unverified_before}})
