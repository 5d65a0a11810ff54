"""The meetings of one account: going on, to come, over; in pages, at a cost that does not grow with their number."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from videocall.clock import Clock
from videocall.live.state import EndReason, Role
from videocall.meetings.model import Kind, Meeting, Person, Status
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.rules import shelf
from videocall.pool.model import Move
from videocall.problems import InvalidBody, MeetingNotFound
from videocall.scheduling.guest_list import GuestList
from videocall.scheduling.model import Occurrence, Recurrence
from videocall.scheduling.repository import ScheduleRepository, occurrence_key
from videocall.settings import Settings

View = Literal["live", "upcoming", "history"]

MOST_LOOKED_AT = 1000
"""A search looks at so many meetings for one page; `next_cursor` goes on from there, even after an empty page."""
_AT_ONCE = 100
_EARLIEST = timedelta(days=1)
"""Who enters a meeting sooner than this before its start finds it among what is to come."""
_YEARS = range(2000, 9998)
_NO_TIME = datetime(1, 1, 2, tzinfo=UTC)
Place = tuple[Annotated[datetime, Meta(tz=True)], Annotated[str, Meta(pattern=r"^[A-Za-z0-9_@-]{1,64}$")]]
"""Where a page ended: the time of the last record that was looked at, and its id among those of the same time."""


class MeetingItem(Struct):
    """One meeting of mine, or one date of a series that is over: then `occurrence` names it.

    `server` is the one of the pool that the media went through last; `moves`, for hosts, tells how it came there.
    Of a scheduled meeting to come, `starts_at` and `ends_at` are those of its next date.
    """

    code: str
    occurrence: datetime | None
    title: str
    kind: Kind
    status: Status
    role: Role
    host_name: str
    link: str
    created_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    duration_minutes: int | None
    time_zone: str | None
    recurrence: Recurrence | None
    started_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None
    server: str | None
    moves: list[Move]


class MeetingPage(Struct):
    """Some of my meetings. With a `next_cursor` there may be more, even when these are few or none."""

    items: list[MeetingItem]
    next_cursor: str | None


class Wanted(Struct, kw_only=True):
    """What somebody looks for: `q` in titles, hosts' names and codes; whether one hosts it; and when.

    The time is that of the end in the history, and of the start of what is to come; what is live has none.
    """

    q: str = ""
    hosted: bool | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def narrow(self) -> bool:
        """Whether much may have to be passed over."""
        return bool(self.q.strip()) or self.hosted is not None


class Reader(Struct, frozen=True):
    """Whose meetings are read; `address` is where they were invited, empty unless it is known to be theirs."""

    id: str
    address: str


class History:
    """Reads the meetings of an account."""

    def __init__(
        self,
        *,
        clock: Clock,
        repository: MeetingRepository,
        dates: ScheduleRepository,
        guest_list: GuestList,
        settings: Settings,
    ) -> None:
        self._clock = clock
        self._repository = repository
        self._dates = dates
        self._guest_list = guest_list
        self._settings = settings

    async def page(self, reader: Reader, view: View, wanted: Wanted, cursor: str | None, limit: int) -> MeetingPage:
        """One page of a view: what is to come soonest first, everything else latest first.

        Raises `InvalidBody` for a cursor that is not ours.
        """
        _check_years(since=wanted.since, until=wanted.until)
        place = _read_cursor(cursor) if cursor else None
        if view == "live":
            return await self._live(reader, wanted, place, limit)
        begin, end = (wanted.until, wanted.since) if view == "history" else (wanted.since, wanted.until)
        if place is None and begin is not None:
            place = begin, ""
        read = self._repository.people_of if view == "history" else self._repository.upcoming_people_of
        invited = await self._invited(reader) if view == "upcoming" else []
        items: list[MeetingItem] = []
        looked_at = 0
        while looked_at < MOST_LOOKED_AT:
            batch = max(limit, _AT_ONCE) if wanted.narrow else limit + 1
            people = _merged(await read(reader.id, place, batch), invited, place, batch)
            found = await self._found(people)
            for person in people:
                if len(items) == limit:
                    return MeetingPage(items=items, next_cursor=_cursor(place))
                place = _place(person, view)
                if end is not None and (place[0] < end if view == "history" else place[0] >= end):
                    return MeetingPage(items=items, next_cursor=None)
                item = found.get(person.id)
                if item is not None and _belongs(item, view) and _matches(item, wanted):
                    items.append(item)
            looked_at += len(people)
            if len(people) < batch:
                return MeetingPage(items=items, next_cursor=None)
        return MeetingPage(items=items, next_cursor=_cursor(place))

    async def _invited(self, reader: Reader) -> list[Person]:
        """Records, kept nowhere, of meetings that one was asked to by mail, did not decline, and never came to."""
        invitations = await self._guest_list.invitations(reader.address) if reader.address else []
        asked = {one.meeting: one for one in invitations if one.answer != "declined"}
        known = await self._repository.known_to(reader.id, list(asked))
        meetings = await self._repository.meetings(sorted(asked.keys() - known))
        return [
            Person(
                id=asked[meeting.code].id,
                meeting=meeting.code,
                name="",
                role="guest",
                created_at=meeting.created_at,
                user=reader.id,
                starts_at=meeting.starts_at,
            )
            for meeting in meetings.values()
            if meeting.ended_at is None
        ]

    async def _found(self, people: Sequence[Person]) -> dict[str, MeetingItem]:
        """What these records are of, by the record: meetings, and dates of series that are over."""
        keys = [person.meeting for person in people if "@" in person.meeting]
        dates = await self._dates.occurrences(keys)
        codes = {person.meeting.partition("@")[0] for person in people}
        meetings = await self._repository.meetings(sorted(codes))
        items: dict[str, MeetingItem] = {}
        for person in people:
            meeting = meetings.get(person.meeting.partition("@")[0])
            if meeting is None:
                continue
            if meeting.ended_at is not None and person.ended_at is None and not meeting.reopens:
                # Who ended it stopped between two writes: what a crash left is put right where it is seen.
                await self._repository.shelve(meeting.code, meeting.ended_at)
                continue
            items[person.id] = self._item(meeting, person, dates.get(person.meeting))
        return items

    async def _live(self, reader: Reader, wanted: Wanted, place: Place | None, limit: int) -> MeetingPage:
        people = await self._repository.open_people_of(reader.id, self._clock.now() + _EARLIEST)
        people += await self._invited(reader)
        items = await self._found(people)
        found = [
            ((person.created_at, person.id), items[person.id])
            for person in people
            if person.id in items and _belongs(items[person.id], "live") and _matches(items[person.id], wanted)
        ]
        found.sort(key=lambda entry: entry[0], reverse=True)
        rest = [entry for entry in found if place is None or entry[0] < place]
        more = len(rest) > limit
        return MeetingPage(
            items=[item for _, item in rest[:limit]], next_cursor=_cursor(rest[limit - 1][0]) if more else None
        )

    async def everything(self, reader: Reader) -> list[MeetingItem]:
        """Every meeting of an account, for its export."""
        items: list[MeetingItem] = []
        for view in ("live", "upcoming", "history"):
            cursor: str | None = None
            while True:
                page = await self.page(reader, view, Wanted(), cursor, 500)
                items += page.items
                cursor = page.next_cursor
                if cursor is None:
                    break
        return items

    async def hide(self, user_id: str, code: str, occurrence: datetime | None = None) -> None:
        """Take a meeting, or a date of a series, that is over out of one's history; others' stays.

        Raises `MeetingNotFound`.
        """
        _check_years(occurrence=occurrence)
        key = occurrence_key(code, occurrence.astimezone(UTC)) if occurrence else code
        if not await self._repository.hide(user_id, key):
            raise MeetingNotFound

    def _item(self, meeting: Meeting, person: Person, date: Occurrence | None) -> MeetingItem:
        schedule = meeting.schedule
        of: Meeting | Occurrence = date or meeting
        return MeetingItem(
            code=meeting.code,
            occurrence=date.original if date else None if meeting.ended_at else meeting.occurrence,
            title=(date.title if date else "") or meeting.title,
            kind=meeting.kind,
            status="ended" if date else meeting.status,
            role=person.role,
            host_name=meeting.host_name,
            link=f"{self._settings.public_url}/m/{meeting.code}",
            created_at=meeting.created_at,
            starts_at=of.starts_at,
            ends_at=date.ends_at if date else meeting.closes_at,
            duration_minutes=schedule.duration_minutes if schedule else None,
            time_zone=schedule.time_zone if schedule else None,
            recurrence=schedule.recurrence if schedule else None,
            started_at=of.started_at,
            ended_at=of.ended_at,
            end_reason=of.end_reason,
            server=date.server if date else meeting.server if meeting.carrier == "jitsi" else None,
            moves=of.moves if person.leads else [],
        )


def _belongs(item: MeetingItem, view: View) -> bool:
    return view == "history" or shelf(item) == view


def _matches(item: MeetingItem, wanted: Wanted) -> bool:
    if wanted.hosted is not None and wanted.hosted != (item.role == "host"):
        return False
    text = " ".join(wanted.q.split()).casefold()
    return not text or any(text in one.casefold() for one in (item.title, item.host_name, item.code))


def _merged(people: list[Person], invited: list[Person], after: Place | None, most: int) -> list[Person]:
    """The next records in order, of meetings that one takes part in and of those that one is only invited to."""
    if not invited:
        return people
    later = [one for one in invited if after is None or _place(one, "upcoming") > after]
    return sorted([*people, *later], key=lambda one: _place(one, "upcoming"))[:most]


def _place(person: Person, view: View) -> Place:
    at = person.ended_at if view == "history" else person.starts_at
    return at or person.created_at, person.id


def _check_years(**moments: datetime | None) -> None:
    wrong = {name: "There is nothing at that time." for name, at in moments.items() if at and at.year not in _YEARS}
    if wrong:
        raise InvalidBody(errors=wrong)


def _cursor(place: Place | None) -> str | None:
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode() if place else None


def _read_cursor(cursor: str) -> Place:
    try:
        place: Place = msgspec.json.decode(base64.urlsafe_b64decode(cursor.encode()), type=Place)
    except (msgspec.DecodeError, binascii.Error, ValueError):
        place = (_NO_TIME, "")
    if place[0].year not in _YEARS:
        raise InvalidBody(errors={"cursor": "This is no cursor of ours."})
    return place
