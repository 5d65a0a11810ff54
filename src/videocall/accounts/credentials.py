"""Every query about passkeys, challenges, and identities at another provider."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from videocall.accounts.passkey_model import Challenge, Identity, Passkey
from videocall.store.base import DuplicateKey, Index, Store, as_document

PASSKEYS, CHALLENGES, IDENTITIES = "passkeys", "challenges", "identities"
MOST_PASSKEYS = 20
_Kept = TypeVar("_Kept", Passkey, Challenge, Identity)


class CredentialRepository:
    """What else than a password lets people in."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make collections and indexes."""
        await self._store.ensure(PASSKEYS, [Index(keys=("user",))])
        await self._store.ensure(CHALLENGES, [Index(keys=("expires_at",))])
        await self._store.ensure(IDENTITIES, [Index(keys=("user",))])

    async def _first(self, collection: str, kind: type[_Kept], where: dict[str, Any]) -> _Kept | None:
        found = await self._store.find(collection, where, limit=1)
        return msgspec.convert(found[0], kind) if found else None

    async def add_challenge(self, challenge: Challenge, now: datetime) -> None:
        """Keep what was asked; what lapsed goes."""
        await self._store.delete(CHALLENGES, {"expires_at": {"$lt": now}})
        await self._store.insert(CHALLENGES, as_document(challenge))

    async def challenge(self, challenge_id: str) -> Challenge | None:
        """What was asked under an id."""
        return await self._first(CHALLENGES, Challenge, {"_id": challenge_id})

    async def use_challenge(self, challenge_id: str) -> bool:
        """Use a challenge up; True for the one caller that did it."""
        return await self._store.delete(CHALLENGES, {"_id": challenge_id}) > 0

    async def add_passkey(self, passkey: Passkey) -> bool:
        """Keep a new passkey; False when there is one of that id."""
        try:
            await self._store.insert(PASSKEYS, as_document(passkey))
        except DuplicateKey:
            return False
        return True

    async def passkey(self, passkey_id: str) -> Passkey | None:
        """The passkey with an id."""
        return await self._first(PASSKEYS, Passkey, {"_id": passkey_id})

    async def passkeys(self, user_id: str) -> list[Passkey]:
        """Those of an account, the oldest first."""
        found = await self._store.find(PASSKEYS, {"user": user_id}, sort=[("created_at", 1)], limit=MOST_PASSKEYS)
        return [msgspec.convert(document, Passkey) for document in found]

    async def rename_passkey(self, user_id: str, passkey_id: str, name: str) -> bool:
        """Give a passkey of an account another name; False when there is none."""
        where = {"_id": passkey_id, "user": user_id}
        return await self._store.update(PASSKEYS, where, {"$set": {"name": name}}) is not None

    async def count_use(self, passkey: Passkey, sign_count: int, now: datetime) -> bool:
        """Note a use; False when another use came between, which a copy of the key would."""
        where = {"_id": passkey.id, "sign_count": passkey.sign_count}
        fields = {"sign_count": sign_count, "used_at": now}
        return await self._store.update(PASSKEYS, where, {"$set": fields}) is not None

    async def remove_passkey(self, user_id: str, passkey_id: str) -> bool:
        """Take a passkey away; whether there was one."""
        return await self._store.delete(PASSKEYS, {"_id": passkey_id, "user": user_id}) > 0

    async def identity(self, identity_id: str) -> Identity | None:
        """Whose account somebody at the provider has."""
        return await self._first(IDENTITIES, Identity, {"_id": identity_id})

    async def add_identity(self, identity: Identity) -> bool:
        """Link an account; False when that somebody is linked already."""
        try:
            await self._store.insert(IDENTITIES, as_document(identity))
        except DuplicateKey:
            return False
        return True

    async def forget(self, user_id: str) -> None:
        """Remove everything of an account that goes."""
        for collection in (PASSKEYS, IDENTITIES):
            await self._store.delete(collection, {"user": user_id})
        await self._store.delete(CHALLENGES, {"about": user_id})
