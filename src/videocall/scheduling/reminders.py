"""Reminds people of meetings, by mail, so many minutes before as the host chose: each once, whatever breaks.

A meeting carries when its next reminders are due. The letters are queued first, under ids that say what they are, and
then that time moves on; who dies in between leaves it to the next, whose letters are there already.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial

from videocall.background import going_on, repeat
from videocall.clock import Clock
from videocall.leases import Lease
from videocall.mail.service import Mailer
from videocall.meetings.members import Members
from videocall.meetings.model import Meeting
from videocall.meetings.repository import MeetingRepository
from videocall.scheduling.guest_list import GuestList
from videocall.scheduling.series import Series, Slot
from videocall.settings import Settings
from videocall.words import DEFAULT, Words

_MOST_AT_ONCE = 100
_AHEAD = 400
"""Dates looked at: more than a week holds of any series."""

OnRemind = Callable[[str, str, str, int, datetime], Awaitable[None]]
"""Hears of a reminder for an account: its id, the meeting's code and title, how many minutes before which start."""


class Reminders:
    """Knows when reminders are due, and writes them."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        repository: MeetingRepository,
        series: Series,
        guest_list: GuestList,
        members: Members,
        mailer: Mailer,
        lease: Lease,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._repository = repository
        self._series = series
        self._guest_list = guest_list
        self._members = members
        self._mailer = mailer
        self._lease = lease
        self.on_remind: list[OnRemind] = []

    async def plan(self, meeting: Meeting) -> None:
        """Note when the next reminders of a meeting are due, after it was made or moved."""
        due = await self._next(meeting, self._clock.now())
        if due != meeting.remind_at:
            await self._repository.set_reminder(meeting.code, meeting.remind_at, due)

    async def _next(self, meeting: Meeting, after: datetime) -> datetime | None:
        schedule = meeting.schedule
        if schedule is None or not schedule.reminders:
            return None
        slots = await self._ahead(meeting, after)
        times = (slot.starts_at - timedelta(minutes=minutes) for slot in slots for minutes in schedule.reminders)
        return min((time for time in times if time > after), default=None)

    async def _ahead(self, meeting: Meeting, after: datetime) -> list[Slot]:
        farthest = timedelta(minutes=max(meeting.schedule.reminders, default=0) if meeting.schedule else 0)
        slots = await self._series.upcoming(meeting, after, _AHEAD)
        first = next((slot.starts_at for slot in slots if slot.starts_at - farthest > after), None)
        return [slot for slot in slots if slot.starts_at > after and (first is None or slot.starts_at <= first)]

    async def send_due(self) -> int:
        """Queue the letters that are due; how many meetings there were."""
        now = self._clock.now()
        due = await self._repository.reminding(now, _MOST_AT_ONCE)
        for meeting in due:
            if meeting.remind_at is not None:
                await self._remind(meeting, meeting.remind_at, now)
        return len(due)

    async def _remind(self, meeting: Meeting, since: datetime, now: datetime) -> None:
        schedule = meeting.schedule
        for slot in await self._ahead(meeting, now):
            minutes = [
                before
                for before in (schedule.reminders if schedule else [])
                if since <= slot.starts_at - timedelta(minutes=before) <= now
            ]
            if minutes:  # of several that a standstill has made late, the last one says it all
                await self._write(meeting, slot, min(minutes))
        await self._repository.set_reminder(meeting.code, since, await self._next(meeting, now))

    async def _write(self, meeting: Meeting, slot: Slot, minutes: int) -> None:
        now, schedule = self._clock.now(), meeting.schedule
        if schedule is None:
            return
        host = await self._members.contact(meeting.host_user) if meeting.host_user else None
        receivers = {host.email: True} if host and host.verified and host.wants_reminders else {}
        reminded = {host.id} if host and host.wants_reminders else set()
        for invited in await self._guest_list.of(meeting.code):
            if invited.answer != "declined":
                receivers.setdefault(invited.email, False)
        for email, hosts in receivers.items():
            contact = await self._members.contact_at(email)
            if contact is not None and not contact.wants_reminders:
                continue
            own = contact if contact and contact.verified else None
            if own is not None:
                reminded.add(own.id)
            zone = own.time_zone if own else schedule.time_zone
            words = Words(own.language if own else host.language if host else DEFAULT)
            length = round((slot.ends_at - slot.starts_at).total_seconds() / 60)
            await self._mailer.put(
                "reminder",
                email,
                language=words.language,
                once=f"reminder {meeting.code} {slot.original} {slot.starts_at} {minutes}",
                title=slot.title or meeting.title,
                hosts=hosts,
                host_name=words.name(meeting.host_name),
                soon=words.soon(slot.starts_at, now),
                when=words.span(slot.starts_at, length, zone),
                link=f"{self._settings.public_url}/m/{meeting.code}",
            )
        for user in reminded:
            for hear in self.on_remind:
                await hear(user, meeting.code, slot.title or meeting.title, minutes, slot.starts_at)

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep the loop going inside this context; of all processes the one that holds the lease works."""
        return going_on(self._lease.hold(partial(repeat, self._settings.sweep_seconds, self.send_due)))
