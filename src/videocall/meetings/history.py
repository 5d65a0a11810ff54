"""The meetings of one account: going on, to come, over; in pages, at a cost that does not grow with their number."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from videocall.live.messages import EndReason, Role
from videocall.meetings.model import Kind, Meeting, Person, Status
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.rules import shelf
from videocall.problems import InvalidBody, MeetingNotFound
from videocall.scheduling.model import Recurrence
from videocall.settings import Settings

View = Literal["live", "upcoming", "history"]

MOST_LOOKED_AT = 1000
"""A search looks at so many meetings for one page; `next_cursor` goes on from there, even after an empty page."""
_AT_ONCE = 100
_YEARS = range(2000, 9999)
_NO_TIME = datetime(1, 1, 2, tzinfo=UTC)
Place = tuple[Annotated[datetime, Meta(tz=True)], Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]]
"""Where a page ended: the time of the last record that was looked at, and its id among those of the same time."""


class MeetingItem(Struct):
    """One meeting of mine, or one date of a series that is over: then `occurrence` names it.

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


class MeetingPage(Struct):
    """Some of my meetings. With a `next_cursor` there may be more, even when these are few or none."""

    items: list[MeetingItem]
    next_cursor: str | None


class History:
    """Reads the meetings of an account."""

    def __init__(self, repository: MeetingRepository, settings: Settings) -> None:
        self._repository = repository
        self._settings = settings

    async def page(self, user_id: str, view: View, q: str, cursor: str | None, limit: int) -> MeetingPage:
        """One page of a view, the latest first; `q` is looked for in titles, hosts' names and codes.

        Raises `InvalidBody` for a cursor that is not ours.
        """
        wanted = " ".join(q.split()).casefold()
        place = _read_cursor(cursor) if cursor else None
        if view == "history":
            return await self._over(user_id, wanted, place, limit)
        return await self._open(user_id, view, wanted, place, limit)

    async def _over(self, user_id: str, wanted: str, place: Place | None, limit: int) -> MeetingPage:
        items: list[MeetingItem] = []
        looked_at = 0
        while looked_at < MOST_LOOKED_AT:
            batch = max(limit, _AT_ONCE) if wanted else limit + 1
            people = await self._repository.people_of(user_id, place, batch)
            meetings = await self._repository.meetings([person.meeting for person in people])
            for person in people:
                if len(items) == limit:
                    return MeetingPage(items=items, next_cursor=_cursor(place))
                place = _place(person)
                meeting = meetings.get(person.meeting)
                if meeting is not None and _matches(meeting, wanted):
                    items.append(self._item(meeting, person))
            looked_at += len(people)
            if len(people) < batch:
                return MeetingPage(items=items, next_cursor=None)
        return MeetingPage(items=items, next_cursor=_cursor(place))

    async def _open(self, user_id: str, view: View, wanted: str, place: Place | None, limit: int) -> MeetingPage:
        people = await self._repository.open_people_of(user_id)
        meetings = await self._repository.meetings([person.meeting for person in people])
        found: list[tuple[Place, MeetingItem]] = []
        for person in people:
            meeting = meetings.get(person.meeting)
            if meeting is None:
                continue
            if meeting.ended_at is not None and not meeting.reopens:
                # Who ended it stopped between two writes: what a crash left is put right where it is seen.
                await self._repository.shelve(meeting.code, meeting.ended_at)
            elif shelf(meeting) == view and _matches(meeting, wanted):
                found.append(((person.created_at, person.id), self._item(meeting, person)))
        found.sort(key=lambda entry: entry[0], reverse=True)
        rest = [entry for entry in found if place is None or entry[0] < place]
        more = len(rest) > limit
        return MeetingPage(
            items=[item for _, item in rest[:limit]], next_cursor=_cursor(rest[limit - 1][0]) if more else None
        )

    async def everything(self, user_id: str) -> list[MeetingItem]:
        """Every meeting of an account, for its export."""
        items: list[MeetingItem] = []
        for view in ("live", "upcoming", "history"):
            cursor: str | None = None
            while True:
                page = await self.page(user_id, view, "", cursor, 500)
                items += page.items
                cursor = page.next_cursor
                if cursor is None:
                    break
        return items

    async def hide(self, user_id: str, code: str) -> None:
        """Take a meeting that is over out of one's history; others' stays. Raises `MeetingNotFound`."""
        if not await self._repository.hide(user_id, code):
            raise MeetingNotFound

    def _item(self, meeting: Meeting, person: Person) -> MeetingItem:
        return MeetingItem(
            code=meeting.code,
            occurrence=meeting.occurrence,
            title=meeting.title,
            kind=meeting.kind,
            status=meeting.status,
            role=person.role,
            host_name=meeting.host_name,
            link=f"{self._settings.public_url}/m/{meeting.code}",
            created_at=meeting.created_at,
            starts_at=meeting.starts_at,
            ends_at=meeting.closes_at,
            duration_minutes=meeting.schedule.duration_minutes if meeting.schedule else None,
            time_zone=meeting.schedule.time_zone if meeting.schedule else None,
            recurrence=meeting.schedule.recurrence if meeting.schedule else None,
            started_at=meeting.started_at,
            ended_at=meeting.ended_at,
            end_reason=meeting.end_reason,
        )


def _matches(meeting: Meeting, wanted: str) -> bool:
    return not wanted or any(wanted in text.casefold() for text in (meeting.title, meeting.host_name, meeting.code))


def _place(person: Person) -> Place:
    return person.ended_at or person.created_at, person.id


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
