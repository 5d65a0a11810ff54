"""Every query about meetings, the people in them, and their visits."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from videocall.lists import Table, Wish, both, equal, read_page, words
from videocall.live.state import EndReason
from videocall.meetings.codes import read_code
from videocall.meetings.model import Meeting, Person, Visit
from videocall.meetings.rules import UNSTARTED_AFTER, Limits
from videocall.store.base import Document, DuplicateKey, Filter, Index, Sort, Store, as_document
from videocall.texts import without

MEETINGS, PEOPLE, VISITS = "meetings", "people", "visits"
MEETINGS_TABLE = Table(MEETINGS, {"created_at": datetime})
_MOST_CODES = 5000
_MOST_SEEN = 500
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_Kept = TypeVar("_Kept", Meeting, Person, Visit)


def parts_of(codes: Sequence[str]) -> Iterator[list[str]]:
    """Codes in parts of which a store can be asked at once."""
    for start in range(0, len(codes), _MOST_CODES):
        yield list(codes[start : start + _MOST_CODES])


def _revive(document: Document | None, kind: type[_Kept]) -> _Kept | None:
    return None if document is None else msgspec.convert(document, kind)


class MeetingRepository:
    """Meetings in the store. A visit is open while its `left_at` is null."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make collections and indexes."""
        open_only: dict[str, bool | None] = {"ended_at": None}
        await self._store.ensure(
            MEETINGS,
            [
                # `closes_at` first: scheduled meetings wait for months, and no sweep walks past them.
                Index(keys=("closes_at", "seen_at"), where=open_only),
                Index(keys=("closes_at", "empty_since"), where=open_only),
                Index(keys=("closes_at", "created_at"), where=open_only),
                Index(keys=("status", "starts_at"), where=open_only),
                Index(keys=("remind_at",), where=open_only),
                Index(keys=("ended_at",), where={"reopens": True}),
                Index(keys=("carrier", "status", "server"), where=open_only),
                Index(keys=("ended_at",)),
                *MEETINGS_TABLE.indexes(),
                *MEETINGS_TABLE.indexes("status"),
            ],
        )
        await self._store.ensure(
            PEOPLE,
            [
                Index(keys=("meeting",)),
                Index(keys=("user", "hidden", "ended_at", "_id")),
                Index(keys=("user", "hidden", "ended_at", "starts_at", "_id")),
            ],
        )
        await self._store.ensure(
            VISITS,
            [
                Index(keys=("meeting", "occurrence")),
                Index(keys=("person",), where={"left_at": None}),
                Index(keys=("seen_at",), where={"left_at": None}),
            ],
        )

    async def add(self, meeting: Meeting, host: Person) -> None:
        """Keep a new meeting and its host; raises `DuplicateKey` when the code is taken."""
        await self._store.insert(MEETINGS, as_document(meeting))
        await self._store.insert(PEOPLE, as_document(host))

    async def meeting(self, code: str) -> Meeting | None:
        """The meeting with a code."""
        found = await self._store.find(MEETINGS, {"_id": code}, limit=1)
        return _revive(found[0], Meeting) if found else None

    async def listed(
        self, wish: Wish, *, status: str | None, engine: str | None, kind: str | None
    ) -> tuple[list[Meeting], str | None]:
        """One page of meetings for an administrator, and the cursor of the next. A whole code is found at once."""
        where = equal(status=status)
        code = read_code(wish.q)
        keep = words(wish.q, "_id", "title", "host_name", "host_email", "server")
        if code is not None:
            where, keep = where | {"_id": code}, None
        wanted = equal(engine=engine, kind=kind)
        rare = (lambda one: all(one.get(name) == value for name, value in wanted.items())) if wanted else None
        found, cursor = await read_page(self._store, MEETINGS_TABLE, wish, where, both(keep, rare))
        return [msgspec.convert(document, Meeting) for document in found], cursor

    async def person(self, code: str, person_id: str) -> Person | None:
        """Somebody of a meeting."""
        found = await self._store.find(PEOPLE, {"_id": person_id, "meeting": code}, limit=1)
        return _revive(found[0], Person) if found else None

    async def people(self, code: str) -> list[Person]:
        """Everybody who ever was let into a meeting or waited for it, in order of arrival."""
        found = await self._store.find(PEOPLE, {"meeting": code}, sort=[("created_at", 1)])
        return [msgspec.convert(document, Person) for document in found]

    async def leaders(self, code: str, most: int = 20) -> list[Person]:
        """Hosts and co-hosts of a meeting."""
        where = {"meeting": code, "role": {"$in": ["host", "cohost"]}}
        return [msgspec.convert(document, Person) for document in await self._store.find(PEOPLE, where, limit=most)]

    async def add_person(self, person: Person) -> Person:
        """Keep a new participant record; the one that is there already when a member comes in twice at once."""
        try:
            await self._store.insert(PEOPLE, as_document(person))
        except DuplicateKey:
            return await self.person(person.meeting, person.id) or person
        return person

    async def change_person(self, person_id: str, **fields: object) -> None:
        """Set fields of a participant record."""
        await self._store.update(PEOPLE, {"_id": person_id}, {"$set": fields})

    async def change_open(self, code: str, **fields: object) -> Meeting | None:
        """Set fields of a meeting that is not over; None when it is."""
        changed = await self._store.update(MEETINGS, {"_id": code, "ended_at": None}, {"$set": fields})
        return _revive(changed, Meeting)

    async def meetings(self, codes: Sequence[str]) -> dict[str, Meeting]:
        """Meetings by their codes; those that there are."""
        found: list[Document] = []
        for some in parts_of(codes):
            found += await self._store.find(MEETINGS, {"_id": {"$in": some}})
        return {document["_id"]: msgspec.convert(document, Meeting) for document in found}

    async def people_of(self, user_id: str, before: tuple[datetime, str] | None, most: int) -> list[Person]:
        """Records of an account in meetings that are over, the latest first, from after a place (time and id) on."""
        mine: dict[str, Any] = {"user": user_id, "hidden": False}
        at, person_id = before or (_NEVER, "")
        same_time = {**mine, "ended_at": at, "_id": {"$lt": person_id}}
        found = await self._store.find(PEOPLE, same_time, sort=[("_id", -1)], limit=most) if before else []
        if len(found) < most:
            earlier = {**mine, "ended_at": {"$lt": at}}
            order: Sort = [("ended_at", -1), ("_id", -1)]
            found += await self._store.find(PEOPLE, earlier, sort=order, limit=most - len(found))
        return [msgspec.convert(document, Person) for document in found]

    async def upcoming_people_of(self, user_id: str, after: tuple[datetime, str] | None, most: int) -> list[Person]:
        """Records of an account in scheduled meetings that are not over, the soonest first, from after a place on."""
        mine: dict[str, Any] = {"user": user_id, "hidden": False, "ended_at": None}
        at, person_id = after or (_EVER, "")
        same_time = {**mine, "starts_at": at, "_id": {"$gt": person_id}}
        found = await self._store.find(PEOPLE, same_time, sort=[("_id", 1)], limit=most) if after else []
        if len(found) < most:
            later = {**mine, "starts_at": {"$gt": at}}
            order: Sort = [("starts_at", 1), ("_id", 1)]
            found += await self._store.find(PEOPLE, later, sort=order, limit=most - len(found))
        return [msgspec.convert(document, Person) for document in found]

    async def open_people_of(self, user_id: str, before: datetime, most: int = 500) -> list[Person]:
        """Records of an account in instant meetings that are not over, and in scheduled ones that begin before that."""
        mine: dict[str, Any] = {"user": user_id, "hidden": False, "ended_at": None}
        found = [
            *await self._store.find(PEOPLE, {**mine, "starts_at": None}, limit=most),
            *await self._store.find(PEOPLE, {**mine, "starts_at": {"$lt": before}}, limit=most),
        ]
        return [msgspec.convert(document, Person) for document in found]

    async def known_to(self, user_id: str, codes: Sequence[str]) -> set[str]:
        """In which of these meetings an account has a record, hidden or not."""
        where = {"meeting": {"$in": list(codes)}, "user": user_id}
        return {document["meeting"] for document in await self._store.find(PEOPLE, where)} if codes else set()

    async def shelve(self, code: str, ended_at: datetime) -> None:
        """Note with the people of a meeting that it is over."""
        await self._store.update_many(PEOPLE, {"meeting": code, "ended_at": None}, {"$set": {"ended_at": ended_at}})

    async def hide(self, user_id: str, code: str) -> bool:
        """Take a meeting that is over out of an account's history; whether it was there."""
        where = {"meeting": code, "user": user_id, "hidden": False, "ended_at": {"$ne": None}}
        return await self._store.update(PEOPLE, where, {"$set": {"hidden": True}}) is not None

    async def visits(self, code: str, occurrence: datetime | None = None) -> list[Visit]:
        """Every visit to a meeting, or to one date of a series, in order of arrival."""
        where: dict[str, Any] = {"meeting": code} if occurrence is None else {"meeting": code, "occurrence": occurrence}
        found = await self._store.find(VISITS, where, sort=[("joined_at", 1)])
        return [msgspec.convert(document, Visit) for document in found]

    async def open_visits(self, code: str) -> list[Visit]:
        """Visits to a meeting that have not ended."""
        found = await self._store.find(VISITS, {"meeting": code, "left_at": None}, sort=[("joined_at", 1)])
        return [msgspec.convert(document, Visit) for document in found]

    async def arrive(self, visit: Visit) -> None:
        """Record that somebody is in the meeting, which is thereby live.

        An open visit of the same session goes on; one of another session (a page that went without a word) ends at its
        last heartbeat.
        """
        gone = await self._store.find(VISITS, {"person": visit.person, "left_at": None})
        stays = False
        for document in gone:
            before = msgspec.convert(document["seen_at"], datetime)
            if document["session"] == visit.session:
                # Later in any case, so that `lapse` sees that somebody came back.
                seen_at = max(visit.seen_at, before + timedelta(milliseconds=1))
                where = {"_id": document["_id"], "left_at": None}
                stays = await self._store.update(VISITS, where, {"$set": {"seen_at": seen_at}}) is not None
            else:
                await self._close(document["_id"], before)
        writes: list[Awaitable[object]] = [self._is_live(visit.meeting, visit.joined_at)]
        if not stays:
            writes.append(self._store.insert(VISITS, as_document(visit)))
        await asyncio.gather(*writes)

    async def _is_live(self, code: str, at: datetime) -> None:
        goes_on = {"_id": code, "ended_at": None}
        seen = await self._store.update(MEETINGS, goes_on, {"$set": {"empty_since": None}, "$max": {"seen_at": at}})
        if seen is not None and seen["started_at"] is None:
            first = {"$set": {"started_at": at, "status": "live"}}
            await self._store.update(MEETINGS, {**goes_on, "started_at": None}, first)

    async def visits_of(self, person_id: str) -> list[Visit]:
        """Visits of somebody that have not ended."""
        found = await self._store.find(VISITS, {"person": person_id, "left_at": None})
        return [msgspec.convert(document, Visit) for document in found]

    async def depart(self, person_id: str, at: datetime) -> bool:
        """End the open visits of somebody; whether there were any."""
        visits = await self.visits_of(person_id)
        for visit in visits:
            await self._close(visit.id, at)
        return bool(visits)

    async def lapse(self, visits: Sequence[Visit]) -> bool:
        """End visits at their last heartbeat, but not those that somebody came back to since; whether any ended."""
        ended = [
            await self._store.update(
                VISITS,
                {"_id": visit.id, "left_at": None, "seen_at": visit.seen_at},
                {"$set": {"left_at": visit.seen_at}},
            )
            for visit in visits
        ]
        return any(document is not None for document in ended)

    async def forget_visit(self, visit_id: str) -> None:
        """Take back a visit of somebody who got no seat after all."""
        await self._store.delete(VISITS, {"_id": visit_id})

    async def silent_visits(self, since: datetime, most: int = 500) -> list[Visit]:
        """Open visits whose last heartbeat is older than that."""
        found = await self._store.find(VISITS, {"left_at": None, "seen_at": {"$lt": since}}, limit=most)
        return [msgspec.convert(document, Visit) for document in found]

    async def _close(self, visit_id: str, at: datetime) -> None:
        await self._store.update(VISITS, {"_id": visit_id, "left_at": None}, {"$set": {"left_at": at}})

    async def set_empty(self, code: str, since: datetime | None) -> None:
        """Since when nobody is in the meeting any more; None when somebody is."""
        await self._store.update(MEETINGS, {"_id": code, "ended_at": None}, {"$set": {"empty_since": since}})

    async def seen(self, beats: Mapping[str, Mapping[str, datetime]]) -> None:
        """Record the last heartbeat of each person, by meeting; the latest in a meeting is the meeting's.

        To a tenth of a second: so a few statements write thousands of people.
        """
        codes: defaultdict[datetime, list[str]] = defaultdict(list)
        people: defaultdict[datetime, list[str]] = defaultdict(list)
        for code, times in beats.items():
            codes[_tenth(max(times.values()))].append(code)
            for person, at in times.items():
                people[_tenth(at)].append(person)
        await asyncio.gather(
            *(
                self._store.update_many(MEETINGS, {"_id": {"$in": some}, "ended_at": None}, {"$max": {"seen_at": at}})
                for at, some in _parts(codes)
            ),
            *(
                self._store.update_many(VISITS, {"person": {"$in": some}, "left_at": None}, {"$max": {"seen_at": at}})
                for at, some in _parts(people)
            ),
        )

    async def end(self, meeting: Meeting, why: EndReason, at: datetime, *, reopens: bool) -> Meeting | None:
        """End a meeting, or one date of a series that `reopens`; the meeting for the one caller that did it.

        Open visits are then closed by `close_visits`.
        """
        status = "cancelled" if why == "cancelled" else "ended"
        ended = await self._store.update(
            MEETINGS,
            {"_id": meeting.code, "ended_at": None, "occurrence": meeting.occurrence},
            {"$set": {"ended_at": at, "end_reason": why, "status": status, "reopens": reopens, "breakouts": None}},
        )
        return _revive(ended, Meeting)

    async def change_meeting(self, meeting: Meeting, **fields: Any) -> Meeting | None:
        """Set fields of a meeting that is still as it was seen; None when it moved on meanwhile."""
        where = {
            "_id": meeting.code,
            "ended_at": meeting.ended_at,
            "occurrence": meeting.occurrence,
            "closes_at": meeting.closes_at,
            "status": meeting.status,
        }
        return _revive(await self._store.update(MEETINGS, where, {"$set": fields}), Meeting)

    async def set_start(self, code: str, starts_at: datetime | None) -> None:
        """Tell the people of a meeting when it is, so that their dashboard finds it in order."""
        await self._store.update_many(PEOPLE, {"meeting": code, "ended_at": None}, {"$set": {"starts_at": starts_at}})

    async def ask_again(self, code: str) -> None:
        """Whoever was let out of the lobby knocks anew at the next date."""
        guests = {"meeting": code, "role": "guest", "admitted": True}
        await self._store.update_many(PEOPLE, guests, {"$set": {"admitted": False}})

    async def add_records(self, people: Sequence[Person]) -> None:
        """Keep records of who was at a date that is over; doing it twice is the same as once."""
        for person in people:
            with contextlib.suppress(DuplicateKey):
                await self._store.insert(PEOPLE, as_document(person))

    async def put_away(self, code: str, ended_at: datetime) -> None:
        """A series is over: its people find its dates in their history, and not the whole beside them."""
        over = {"ended_at": ended_at, "hidden": True}
        await self._store.update_many(PEOPLE, {"meeting": code, "ended_at": None}, {"$set": over})

    async def ended(self, codes: Sequence[str]) -> list[Meeting]:
        """Which of these meetings are over."""
        found: list[Document] = []
        for some in parts_of(codes):
            found += await self._store.find(MEETINGS, {"_id": {"$in": some}, "ended_at": {"$ne": None}})
        return [msgspec.convert(document, Meeting) for document in found]

    async def close_visits(self, code: str, at: datetime | None) -> None:
        """End what visits are open: at a time, or each at its last heartbeat when the meeting was abandoned."""
        for visit in await self.open_visits(code):
            await self._close(visit.id, at or visit.seen_at)

    async def overdue(self, now: datetime, limits: Limits, most: int) -> list[Meeting]:
        """Meetings that may be due to end (`rules.due_end` decides), at most that many of each way to be overdue."""
        late: list[dict[str, Any]] = [
            {"ended_at": None, "closes_at": None, "seen_at": {"$lt": now - limits.abandoned_after}},
            {"ended_at": None, "closes_at": None, "empty_since": {"$lt": now - limits.empty_after}},
            {"ended_at": None, "closes_at": None, "created_at": {"$lt": now - UNSTARTED_AFTER}, "started_at": None},
            {"ended_at": None, "closes_at": {"$lte": now}},
        ]
        found = [document for where in late for document in await self._store.find(MEETINGS, where, limit=most)]
        return list({document["_id"]: msgspec.convert(document, Meeting) for document in found}.values())

    async def _meetings_where(self, where: Filter, most: int) -> list[Meeting]:
        return [msgspec.convert(document, Meeting) for document in await self._store.find(MEETINGS, where, limit=most)]

    async def closing(self, before: datetime, most: int) -> list[Meeting]:
        """Meetings that go on, will be closed before a moment, and do not know it yet."""
        where = {"ended_at": None, "closes_at": {"$lte": before}, "status": "live", "warned": False}
        return await self._meetings_where(where, most)

    async def left_early(self, now: datetime, empty_before: datetime, most: int) -> list[Meeting]:
        """Scheduled meetings that people looked into before the start, and left."""
        where = {"ended_at": None, "status": "live", "starts_at": {"$gt": now}, "empty_since": {"$lt": empty_before}}
        return await self._meetings_where(where, most)

    async def unstart(self, meeting: Meeting) -> None:
        """Let a meeting that is empty before its start wait for it again."""
        where = {"_id": meeting.code, "ended_at": None, "empty_since": meeting.empty_since}
        fresh = {"status": "scheduled", "started_at": None, "seen_at": None, "empty_since": None}
        await self._store.update(MEETINGS, where, {"$set": fresh})

    async def reopening(self, before: datetime, most: int) -> list[Meeting]:
        """Series whose date ended before a moment, and whose next one was not put in its place."""
        where = {"reopens": True, "ended_at": {"$lt": before}}
        return await self._meetings_where(where, most)

    async def reminding(self, now: datetime, most: int) -> list[Meeting]:
        """Meetings of which people are to be reminded now."""
        where = {"ended_at": None, "remind_at": {"$lte": now}}
        return await self._meetings_where(where, most)

    async def set_reminder(self, code: str, before: datetime | None, at: datetime | None) -> None:
        """Note when the next reminders are due, unless somebody else has done so meanwhile."""
        await self._store.update(MEETINGS, {"_id": code, "remind_at": before}, {"$set": {"remind_at": at}})

    async def count_live(self) -> int:
        """How many meetings are going on."""
        return await self._store.count(MEETINGS, {"ended_at": None, "status": "live"})

    async def erase_names(self, user_id: str, email: str, name: str, replacement: str) -> None:
        """Take somebody's name and address out of every record; every meeting and visit stays.

        Records are their own meetings', other people's, and those that they made as a guest who gave this address.
        """
        hosted = await self.hosted(user_id)
        as_guest = await self._store.find(MEETINGS, {"host_email": email})  # without an index: erasures are rare
        own = await self.meetings([*hosted, *(document["_id"] for document in as_guest)])
        for meeting in own.values():
            theirs = meeting.host_user == user_id or meeting.host_email == email  # or handed over since
            names = {name, email} | ({meeting.host_name} if theirs else set())
            if theirs:
                await self.change_person(meeting.host_id, name=replacement)
            await self._clear_names(meeting, names, replacement, of_host=theirs)
        await self._store.update_many(PEOPLE, {"user": user_id}, {"$set": {"name": replacement}})

    async def visits_ever(self, person: Person) -> list[Visit]:
        """Every visit of somebody, over or not."""
        where = {"meeting": person.meeting, "person": person.id}
        found = await self._store.find(VISITS, where, sort=[("joined_at", 1)])
        return [msgspec.convert(document, Visit) for document in found]

    async def erase_guest(self, meeting: Meeting, guest: Person, replacement: str) -> None:
        """Take a guest's name out of their record, and out of their meeting if they made it; their address too."""
        await self.change_person(guest.id, name=replacement)
        if meeting.host_id == guest.id:
            names = {guest.name, meeting.host_name, meeting.host_email or ""}
            await self._clear_names(meeting, names, replacement, of_host=True)

    async def _clear_names(self, meeting: Meeting, names: set[str], replacement: str, *, of_host: bool) -> None:
        cleared: dict[str, str | None] = {
            "title": without(meeting.title, names, replacement),
            "description": without(meeting.description, names, replacement),
        }
        if of_host:
            cleared |= {"host_name": replacement, "host_email": None}
        await self._store.update(MEETINGS, {"_id": meeting.code}, {"$set": cleared})

    async def cut_loose(self, user_id: str) -> None:
        """Let the records of an account that goes belong to nobody."""
        for code in await self.hosted(user_id):
            await self._store.update(MEETINGS, {"_id": code, "host_user": user_id}, {"$set": {"host_user": ""}})
        await self._store.update_many(PEOPLE, {"user": user_id}, {"$set": {"user": ""}})

    async def ended_before(self, before: datetime, most: int) -> list[str]:
        """Codes of meetings that were over before that; not of series with dates to come."""
        over = {"ended_at": {"$lt": before}, "reopens": {"$ne": True}}
        return [document["_id"] for document in await self._store.find(MEETINGS, over, limit=most)]

    async def erase_meetings(self, codes: Sequence[str]) -> None:
        """Remove meetings with everybody's record of them; the meetings last, so that it can be begun again."""
        for code in codes:
            # The records of single dates are kept under keys that begin with the code.
            for where in ({"meeting": code}, {"meeting": {"$gt": f"{code}@", "$lt": f"{code}A"}}):
                await self._store.delete(PEOPLE, where)
                await self._store.delete(VISITS, where)
        await self._store.delete(MEETINGS, {"_id": {"$in": list(codes)}})

    async def hosted(self, user_id: str) -> list[str]:
        """Codes of every meeting that an account hosts, or has led."""
        found = await self._store.find(PEOPLE, {"user": user_id, "role": {"$ne": "guest"}})
        return sorted({document["meeting"].partition("@")[0] for document in found})


def _tenth(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 100_000 * 100_000)


def _parts(by_time: Mapping[datetime, list[str]]) -> Iterator[tuple[datetime, list[str]]]:
    """Small enough that no statement keeps other writes waiting."""
    for at, names in by_time.items():
        for start in range(0, len(names), _MOST_SEEN):
            yield at, names[start : start + _MOST_SEEN]
