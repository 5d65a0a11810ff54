"""Invites people by mail, tells them of changes, and keeps what they answer."""

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from msgspec import Struct

from videocall.clock import Clock
from videocall.mail.service import Mailer
from videocall.meetings.members import Contact, Members
from videocall.meetings.model import Meeting
from videocall.meetings.repository import MeetingRepository
from videocall.problems import EmailNotVerified, InvalidBody, LinkExpired
from videocall.rates import Rates
from videocall.scheduling.guest_list import GuestList, Invited
from videocall.scheduling.ics import Entry, Method, calendar
from videocall.scheduling.model import Occurrence, Rsvp, Schedule
from videocall.scheduling.repository import ScheduleRepository
from videocall.scheduling.series import Slot
from videocall.scheduling.views import RsvpView
from videocall.scheduling.words import rule_in_words
from videocall.settings import Settings
from videocall.words import DEFAULT, Words


class _News(Struct, frozen=True):
    """One thing to tell: about a meeting, or one date of it."""

    letter: str
    method: Method
    meeting: Meeting
    schedule: Schedule
    organizer: str
    language: str
    kept: Sequence[Occurrence] = ()
    slot: Slot | None = None
    updated: bool = False
    uninvited: bool = False


class Invitations:
    """Invitations from the host's wish to the receiver's answer."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        guest_list: GuestList,
        members: Members,
        repository: MeetingRepository,
        dates: ScheduleRepository,
        mailer: Mailer,
        rates: Rates,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._guest_list = guest_list
        self._members = members
        self._repository = repository
        self._dates = dates
        self._mailer = mailer
        self._rates = rates

    # --- whether ---

    async def count(self, user_id: str, letters: int) -> None:
        """Count letters that somebody is about to have sent; raises `TooManyRequests`."""
        for _ in range(letters):
            await self._rates.hit(self._settings.invite_rate, "invite", user_id)

    async def check(self, meeting: Meeting, emails: Sequence[str]) -> None:
        """Raise unless the host of a meeting may invite these people."""
        known = {invited.email for invited in await self._guest_list.of(meeting.code)}
        new = {email.lower() for email in emails} - known
        if not new:
            return
        if not meeting.host_user:
            raise InvalidBody(errors={"invitees": "Inviting people by mail takes an account."})
        contact = await self._members.contact(meeting.host_user)
        if contact is None or not contact.verified:
            raise EmailNotVerified
        await self.count(meeting.host_user, len(new))

    # --- letters ---

    async def change(self, meeting: Meeting, emails: Sequence[str], *, tell_others: bool = False) -> None:
        """Let these people be invited and no others: who is new gets an invitation, who no longer is a cancellation."""
        before = await self._guest_list.of(meeting.code)
        new, gone = await self._guest_list.change(meeting.code, emails)
        await self._tell(await self._news(meeting, "invitation", "REQUEST"), new)
        out = await self._news(meeting, "meeting-cancelled", "CANCEL", uninvited=True)
        await self._tell(out, gone)
        if tell_others:
            stay = {invited.id for invited in before} - {invited.id for invited in gone}
            update = await self._news(meeting, "invitation", "REQUEST", updated=True)
            await self._tell(update, [invited for invited in before if invited.id in stay])

    async def tell(self, meeting: Meeting, slot: Slot | None = None) -> None:
        """Tell everybody who is invited of a change, of the whole meeting or of one date."""
        invited = await self._guest_list.of(meeting.code)
        if invited:
            await self._tell(await self._news(meeting, "invitation", "REQUEST", slot=slot, updated=True), invited)

    async def tell_cancelled(self, meeting: Meeting, slot: Slot | None = None, *, anonymous: bool = False) -> None:
        """Tell everybody who is invited that it does not take place, or one date of it.

        `anonymous` leaves out the host's address.
        """
        invited = await self._guest_list.of(meeting.code)
        if invited:
            news = await self._news(meeting, "meeting-cancelled", "CANCEL", slot=slot, anonymous=anonymous)
            await self._tell(news, invited)

    async def _news(
        self,
        meeting: Meeting,
        letter: str,
        method: Method,
        *,
        slot: Slot | None = None,
        updated: bool = False,
        uninvited: bool = False,
        anonymous: bool = False,
    ) -> _News:
        schedule = meeting.schedule
        if schedule is None:
            raise LookupError("Only who is invited to a scheduled meeting is told of it.")
        host = await self._members.contact(meeting.host_user) if meeting.host_user else None
        now = self._clock.now()
        return _News(
            letter=letter,
            method=method,
            meeting=meeting,
            schedule=schedule,
            organizer=host.email
            if host and host.verified and not anonymous
            else parseaddr(self._settings.mail_from)[1],
            language=host.language if host else DEFAULT,
            kept=await self._dates.kept(meeting.code, now) if schedule.recurrence else [],
            slot=slot,
            updated=updated,
            uninvited=uninvited,
        )

    async def _tell(self, news: _News, people: Sequence[Invited]) -> None:
        for invited in people:
            contact = await self._members.contact_at(invited.email)
            if contact is None or contact.wants_invitations:
                await self._write(news, invited, contact)

    async def _write(self, news: _News, invited: Invited, contact: Contact | None) -> None:
        meeting, schedule, slot = news.meeting, news.schedule, news.slot
        own = contact if contact and contact.verified else None
        zone = own.time_zone if own else schedule.time_zone
        words = Words(own.language if own else news.language)
        # Of a series, its next date: the first may be long over.
        starts_at = slot.starts_at if slot else meeting.starts_at or schedule.starts_at
        minutes = round((slot.ends_at - slot.starts_at).total_seconds() / 60) if slot else schedule.duration_minutes
        whole = schedule.recurrence is not None and slot is None
        about: dict[str, Any] = {
            "title": (slot.title if slot else "") or meeting.title,
            "host_name": words.name(meeting.host_name),
            "when": words.span(starts_at, minutes, zone),
            "repeats": rule_in_words(words, schedule.recurrence) if whole and schedule.recurrence else "",
        }
        link = f"{self._settings.public_url}/m/{meeting.code}"
        if news.letter == "invitation":
            text = slot.description if slot and slot.description is not None else meeting.description
            elsewhere = zone != schedule.time_zone
            about |= {
                "updated": news.updated,
                "description": [line for line in text.splitlines() if line.strip()],
                "when_for_host": words.span(starts_at, minutes, schedule.time_zone) if elsewhere else "",
                "link": link,
                "rsvp_link": f"{self._settings.public_url}/rsvp#{self._guest_list.token(invited.id)}",
                "needs_password": meeting.password_sealed is not None,
            }
        else:
            about["uninvited"] = news.uninvited
        entry = Entry(
            meeting=meeting,
            schedule=schedule,
            link=link,
            organizer=news.organizer,
            host_name=words.name(meeting.host_name),
            kept=news.kept,
            attendee=invited.email,
            answer=invited.answer,
            only=slot.original if slot else None,
            cancelled=news.method == "CANCEL",
        )
        file = calendar([entry], method=news.method, site=self._settings.public_url, now=self._clock.now())
        once = f"{news.method} {invited.id} {schedule.sequence} {slot.original if slot else ''}"
        await self._mailer.put(
            news.letter,
            invited.email,
            language=words.language,
            once=once,
            calendar=(news.method, file),
            **about,
        )

    # --- answers ---

    async def rsvp(self, rsvp: Rsvp, address: str) -> RsvpView:
        """Look at an invitation, or answer it; raises `LinkExpired` for a link that was never one, or no longer is."""
        await self._rates.hit(self._settings.join_rate, "rsvp", address)
        invited = await self._guest_list.read(rsvp.token)
        meeting = await self._repository.meeting(invited.meeting) if invited else None
        if invited is None or meeting is None or meeting.schedule is None:
            raise LinkExpired
        if rsvp.answer is not None and (meeting.ended_at is None or meeting.reopens):
            invited = await self._guest_list.answer(invited, rsvp.answer)
        schedule = meeting.schedule
        return RsvpView(
            title=meeting.title,
            description=meeting.description,
            host_name=meeting.host_name,
            link=f"{self._settings.public_url}/m/{meeting.code}",
            email=invited.email,
            status=meeting.status,
            starts_at=meeting.starts_at,
            duration_minutes=schedule.duration_minutes,
            time_zone=schedule.time_zone,
            recurrence=schedule.recurrence,
            needs_password=meeting.password_sealed is not None,
            answer=invited.answer,
        )

    async def clear(self, code: str) -> None:
        """Erase every invitation to a meeting."""
        await self._guest_list.clear(code)

    async def forget(self, email: str) -> None:
        """Erase every invitation to an address."""
        await self._guest_list.forget(email)
