"""Every query about dates of series, and about who is invited."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from videocall.scheduling.model import Invitee, Occurrence
from videocall.store.base import Document, DuplicateKey, Index, Store, as_document
from videocall.texts import without

OCCURRENCES, INVITEES = "occurrences", "invitees"
MOST_KEPT = 1000
"""So many changed or cancelled dates of one series are looked at."""
LONGEST_AGO = timedelta(days=2)
"""No date goes on for longer."""


def occurrence_key(code: str, original: datetime) -> str:
    """What names one date of a series wherever a meeting's code would."""
    return f"{code}@{original:%Y%m%dT%H%M%SZ}"


class ScheduleRepository:
    """Dates and invitations in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make collections and indexes."""
        await self._store.ensure(
            OCCURRENCES, [Index(keys=("meeting", "original")), Index(keys=("meeting", "status", "starts_at"))]
        )
        await self._store.ensure(INVITEES, [Index(keys=("meeting",)), Index(keys=("email_key",))])

    # --- dates of series ---

    async def kept(self, code: str, since: datetime) -> list[Occurrence]:
        """What is kept of dates that may go on at a time or are after it: changed, cancelled, over."""
        by_rule = {"meeting": code, "original": {"$gt": since - LONGEST_AGO}}
        moved = {"meeting": code, "status": "scheduled", "starts_at": {"$gt": since - LONGEST_AGO}}
        found = [
            *await self._store.find(OCCURRENCES, by_rule, limit=MOST_KEPT),
            *await self._store.find(OCCURRENCES, moved, limit=MOST_KEPT),
        ]
        return list({document["_id"]: msgspec.convert(document, Occurrence) for document in found}.values())

    async def occurrence(self, code: str, original: datetime) -> Occurrence | None:
        """What is kept of one date."""
        found = await self._store.find(OCCURRENCES, {"_id": occurrence_key(code, original)}, limit=1)
        return msgspec.convert(found[0], Occurrence) if found else None

    async def occurrences(self, keys: Sequence[str]) -> dict[str, Occurrence]:
        """Dates by their keys; those of which something is kept."""
        found = await self._store.find(OCCURRENCES, {"_id": {"$in": list(keys)}}) if keys else []
        return {document["_id"]: msgspec.convert(document, Occurrence) for document in found}

    async def over(self, code: str, before: datetime, most: int) -> list[Occurrence]:
        """Dates that are over or were cancelled, the latest first."""
        found: list[Document] = []
        for status in ("ended", "cancelled"):
            where = {"meeting": code, "status": status, "starts_at": {"$lt": before}}
            found += await self._store.find(OCCURRENCES, where, sort=[("starts_at", -1)], limit=most)
        dates = sorted((msgspec.convert(one, Occurrence) for one in found), key=lambda one: one.starts_at, reverse=True)
        return dates[:most]

    async def count_kept(self, code: str) -> int:
        """How many dates differ from the rule and are still to come."""
        return await self._store.count(OCCURRENCES, {"meeting": code, "status": {"$in": ["scheduled", "cancelled"]}})

    async def put(self, occurrence: Occurrence) -> None:
        """Keep what there is to know of a date, in place of what was kept before."""
        await self._store.load(OCCURRENCES, [as_document(occurrence)])

    async def forget_changes(self, code: str) -> None:
        """Forget changes of dates to come: the series has another rule now."""
        await self._store.delete(OCCURRENCES, {"meeting": code, "status": "scheduled"})

    async def erase_names(self, code: str, names: set[str], replacement: str) -> None:
        """Take names out of what single dates of a series are called."""
        for document in await self._store.find(OCCURRENCES, {"meeting": code}):
            one = msgspec.convert(document, Occurrence)
            cleared = {
                "title": without(one.title, names, replacement),
                "description": without(one.description, names, replacement) if one.description else one.description,
            }
            await self._store.update(OCCURRENCES, {"_id": one.id}, {"$set": cleared})

    # --- who is invited ---

    async def invitees(self, code: str) -> list[Invitee]:
        """Everybody who is invited, in the order of invitation."""
        found = await self._store.find(INVITEES, {"meeting": code}, sort=[("created_at", 1), ("_id", 1)])
        return [msgspec.convert(document, Invitee) for document in found]

    async def invitee(self, invitee_id: str) -> Invitee | None:
        """One invitation."""
        found = await self._store.find(INVITEES, {"_id": invitee_id}, limit=1)
        return msgspec.convert(found[0], Invitee) if found else None

    async def invitations_of(self, email_key: str, most: int = 500) -> list[Invitee]:
        """Every invitation to one address."""
        found = await self._store.find(INVITEES, {"email_key": email_key}, limit=most)
        return [msgspec.convert(document, Invitee) for document in found]

    async def invite(self, invitee: Invitee) -> bool:
        """Keep an invitation; False when it is there already."""
        try:
            await self._store.insert(INVITEES, as_document(invitee))
        except DuplicateKey:
            return False
        return True

    async def answer(self, invitee_id: str, answer: str, at: datetime) -> Invitee | None:
        """Keep what somebody answered."""
        change = {"$set": {"answer": answer, "answered_at": at}}
        changed = await self._store.update(INVITEES, {"_id": invitee_id}, change)
        return None if changed is None else msgspec.convert(changed, Invitee)

    async def uninvite(self, invitee_id: str) -> None:
        """Take an invitation back."""
        await self._store.delete(INVITEES, {"_id": invitee_id})

    async def forget_address(self, email_key: str) -> None:
        """Erase every invitation to one address."""
        await self._store.delete(INVITEES, {"email_key": email_key})

    async def forget_meetings(self, codes: Sequence[str]) -> None:
        """Erase the dates and invitations of meetings."""
        for collection in (OCCURRENCES, INVITEES):
            await self._store.delete(collection, {"meeting": {"$in": list(codes)}})

    async def forget_invitees(self, code: str) -> None:
        """Erase every invitation to one meeting."""
        await self._store.delete(INVITEES, {"meeting": code})
