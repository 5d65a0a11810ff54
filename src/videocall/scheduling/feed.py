"""Calendars: the file of one meeting, and the private feed of an account under a secret address."""

from datetime import timedelta
from email.utils import parseaddr

from videocall.clock import Clock
from videocall.keys import Keys, same
from videocall.meetings.members import Members
from videocall.meetings.model import Meeting
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.service import Meetings
from videocall.problems import NotFound, NotScheduled
from videocall.rates import Rates
from videocall.scheduling.guest_list import GuestList
from videocall.scheduling.ics import Entry, Method, calendar
from videocall.scheduling.repository import ScheduleRepository
from videocall.scheduling.views import FeedView
from videocall.settings import Settings
from videocall.words import Words

_ID_LENGTH = 16
_MOST = 500
_KEPT_FOR = timedelta(days=60)
"""A feed shows changes of dates as old as this."""


class Feed:
    """Writes calendars."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        keys: Keys,
        meetings: Meetings,
        repository: MeetingRepository,
        dates: ScheduleRepository,
        guest_list: GuestList,
        members: Members,
        rates: Rates,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keys = keys
        self._meetings = meetings
        self._repository = repository
        self._dates = dates
        self._guest_list = guest_list
        self._members = members
        self._rates = rates

    async def meeting(self, typed_code: str, language: str) -> bytes:
        """The calendar file of a scheduled meeting; raises `NotScheduled`."""
        meeting = await self._meetings.find(typed_code)
        if meeting.schedule is None:
            raise NotScheduled
        method: Method = "CANCEL" if meeting.status == "cancelled" else "PUBLISH"
        entries = [await self._entry(meeting, Words(language))]
        return calendar(entries, method=method, site=self._settings.public_url, now=self._clock.now())

    async def _entry(self, meeting: Meeting, words: Words) -> Entry:
        if meeting.schedule is None:
            raise NotScheduled
        since = self._clock.now() - _KEPT_FOR
        return Entry(
            meeting=meeting,
            schedule=meeting.schedule,
            link=self._meetings.link(meeting.code),
            organizer=parseaddr(self._settings.mail_from)[1],
            host_name=words.name(meeting.host_name),
            kept=await self._dates.kept(meeting.code, since) if meeting.schedule.recurrence else [],
            cancelled=meeting.status == "cancelled",
        )

    async def address(self, user_id: str) -> FeedView:
        """The secret address of an account's calendar, if it has one."""
        contact = await self._members.contact(user_id)
        return FeedView(url=self._url(user_id, contact.feed) if contact and contact.feed else None)

    async def renew(self, user_id: str) -> FeedView:
        """Another address; the one before stops working."""
        return FeedView(url=self._url(user_id, await self._members.renew_feed(user_id)))

    def _url(self, user_id: str, number: int) -> str:
        return f"{self._settings.public_url}/api/feeds/{self._secret(user_id, number)}.ics"

    def _secret(self, user_id: str, number: int) -> str:
        return f"{user_id}{self._keys.fingerprint('calendar feeds', f'{user_id} {number}')[:40]}"

    async def calendar(self, secret: str, address: str) -> bytes:
        """What an account has scheduled or is invited to; raises `NotFound` for an address that is none (any more)."""
        await self._rates.hit(self._settings.join_rate, "feed", address)
        user_id = secret[:_ID_LENGTH]
        contact = await self._members.contact(user_id)
        if contact is None or not contact.feed or not same(secret, self._secret(user_id, contact.feed)):
            raise NotFound
        people = await self._repository.upcoming_people_of(user_id, None, _MOST)
        codes = {person.meeting for person in people}
        if contact.verified:
            invitations = await self._guest_list.invitations(contact.email)
            codes |= {invited.meeting for invited in invitations if invited.answer != "declined"}
        meetings = await self._repository.meetings(sorted(codes))
        planned = [meeting for meeting in meetings.values() if meeting.schedule and meeting.status != "cancelled"]
        words = Words(contact.language)
        entries = [await self._entry(meeting, words) for meeting in sorted(planned, key=lambda one: one.code)]
        site, now = self._settings.public_url, self._clock.now()
        return calendar(entries, method="PUBLISH", site=site, now=now, name="VideoCall.cc")
