"""Invites people by mail, tells them of changes, and keeps what they answer."""

from collections.abc import Sequence
from datetime import datetime

from videocall.clock import Clock
from videocall.meetings.members import Members
from videocall.meetings.model import Meeting
from videocall.meetings.repository import MeetingRepository
from videocall.problems import EmailNotVerified, InvalidBody, LinkExpired
from videocall.rates import Rates
from videocall.scheduling.guest_list import GuestList
from videocall.scheduling.model import Rsvp
from videocall.scheduling.series import Slot
from videocall.scheduling.views import RsvpView
from videocall.settings import Settings


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
        rates: Rates,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._guest_list = guest_list
        self._members = members
        self._repository = repository
        self._rates = rates

    async def count(self, user_id: str, letters: int) -> None:
        """Count letters that somebody is about to have sent; raises `TooManyRequests`."""
        for _ in range(letters):
            await self._rates.hit(self._settings.invite_rate, "invite", user_id)

    async def check(self, meeting: Meeting, emails: Sequence[str]) -> None:
        """Raise unless the host of a meeting may invite these people."""
        if emails and not meeting.host_user:
            raise InvalidBody(errors={"invitees": "Inviting people by mail takes an account."})
        contact = await self._members.contact(meeting.host_user) if emails else None
        if emails and (contact is None or not contact.verified):
            raise EmailNotVerified
        known = {invited.email for invited in await self._guest_list.of(meeting.code)}
        await self.count(meeting.host_user, len({email.lower() for email in emails} - known))

    async def change(self, meeting: Meeting, emails: Sequence[str], *, tell_others: bool = False) -> None:
        """Let these people be invited and no others: who is new gets an invitation, who no longer is a cancellation."""
        await self._guest_list.change(meeting.code, emails)
        if tell_others:
            await self.tell(meeting)

    async def tell(self, meeting: Meeting, slot: Slot | None = None) -> None:
        """Tell everybody who is invited of a change, of the whole meeting or of one date."""

    async def tell_cancelled(self, meeting: Meeting, slot: Slot | None = None) -> None:
        """Tell everybody who is invited that it does not take place, or one date of it."""

    async def plan_reminders(self, meeting: Meeting, after: datetime) -> None:
        """Note when the next reminders are due."""

    async def rsvp(self, rsvp: Rsvp, address: str) -> RsvpView:
        """Look at an invitation, or answer it; raises `LinkExpired` for a link that was never one, or no longer is."""
        await self._rates.hit(self._settings.join_rate, "rsvp", address)
        invited = await self._guest_list.read(rsvp.token)
        meeting = await self._repository.meeting(invited.meeting) if invited else None
        if invited is None or meeting is None or meeting.schedule is None:
            raise LinkExpired
        if rsvp.answer is not None and meeting.ended_at is None:
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
