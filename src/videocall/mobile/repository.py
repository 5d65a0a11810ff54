"""Every query about settings of countries and regions."""

from typing import Any

import msgspec

from videocall.mobile.model import Region
from videocall.store.base import DuplicateKey, Store, as_document

REGIONS = "mobile_regions"
MOST_REGIONS = 500


class MobileRepository:
    """Settings in the store; there are few of them, and all are read together."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make the collection."""
        await self._store.ensure(REGIONS, [])

    async def all(self) -> list[Region]:
        """Every setting there is."""
        found = await self._store.find(REGIONS, {}, sort=[("_id", 1)], limit=MOST_REGIONS)
        return [msgspec.convert(document, Region) for document in found]

    async def save(self, region: Region, *, over: int) -> bool:
        """Keep settings in place of the revision `over`, 0 for none; False when somebody else saved meanwhile."""
        if not over:
            try:
                await self._store.insert(REGIONS, as_document(region))
            except DuplicateKey:
                return False
            return True
        fields = {name: value for name, value in as_document(region).items() if name not in {"_id", "logo"}}
        where = {"_id": region.id, "revision": over}
        return await self._store.update(REGIONS, where, {"$set": fields}) is not None

    async def set_logo(self, key: str, before: str, logo: str, **fields: Any) -> Region | None:
        """Exchange a logo; None when somebody else did meanwhile. The revision stays: saving leaves the logo alone."""
        change = {"$set": {"logo": logo, **fields}}
        changed = await self._store.update(REGIONS, {"_id": key, "logo": before}, change)
        return None if changed is None else msgspec.convert(changed, Region)

    async def remove(self, key: str, revision: int) -> bool:
        """Remove settings that are still at this revision."""
        return await self._store.delete(REGIONS, {"_id": key, "revision": revision}) > 0
