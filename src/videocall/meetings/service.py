"""Create meetings, tell about them, hand them on, end them."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from urllib.parse import quote, urlencode

from videocall.clock import Clock
from videocall.keys import Keys
from videocall.live.bus import Bus
from videocall.live.messages import EndReason
from videocall.live.room import end
from videocall.meetings.codes import new_code, read_code
from videocall.meetings.members import Member, Members
from videocall.meetings.model import (
    Created,
    EmailTemplate,
    Meeting,
    MeetingView,
    NewMeeting,
    ParticipantView,
    Person,
    Share,
    VisitView,
)
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.tokens import MeetingToken, MeetingTokens
from videocall.problems import InvalidBody, MeetingNotFound, NameRequired, ProcessingRestricted
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.store.base import DuplicateKey
from videocall.texts import lines, one_line

MailHostLink = Callable[[Meeting, str], Awaitable[None]]
"""Sends the host link of a meeting to its guest creator's address."""


class Meetings:
    """Meetings as seen from outside the room."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        keys: Keys,
        tokens: MeetingTokens,
        repository: MeetingRepository,
        bus: Bus,
        rates: Rates,
        members: Members,
        mail_host_link: MailHostLink,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keys = keys
        self._tokens = tokens
        self._repository = repository
        self._bus = bus
        self._rates = rates
        self._members = members
        self._mail_host_link = mail_host_link

    async def create(self, wish: NewMeeting, address: str, member: Member | None = None) -> Created:
        """Make a meeting for a member or else for a guest, who becomes its host.

        Raises `TooManyRequests`, `NameRequired`, `ProcessingRestricted`, and `InvalidBody` when there is neither.
        """
        await self._rates.hit(self._settings.create_rate, "create", address)
        if member is None and wish.guest is None:
            raise InvalidBody(errors={"guest": "Without an account, please say what the others should call you."})
        if member is not None and member.restricted:
            raise ProcessingRestricted
        guest = wish.guest if member is None else None
        name = member.name if member else one_line(guest.name) if guest else ""
        if not name:
            raise NameRequired("guest.name")
        now = self._clock.now()
        host_key = secrets.token_urlsafe(24) if guest else ""
        code = new_code()
        meeting = Meeting(
            code=code,
            title=one_line(wish.title) or f"{name}'s meeting",
            description=lines(wish.description),
            kind=wish.kind,
            status="scheduled",
            engine=wish.engine,
            server=None,
            lobby=wish.lobby,
            password_sealed=self._keys.seal_password(wish.password) if wish.password else None,
            host_id=self.person_id(code, member),
            host_name=name,
            host_email=guest.email.lower() if guest and guest.email else None,
            host_key_digest=self._keys.fingerprint("host links", host_key) if host_key else "",
            host_user=member.id if member else "",
            created_at=now,
        )
        host = Person(
            id=meeting.host_id,
            meeting=code,
            name=name,
            role="host",
            created_at=now,
            admitted=True,
            user=meeting.host_user,
        )
        try:
            await self._repository.add(meeting, host)
        except DuplicateKey:
            # One chance in 2^50 for each meeting there ever was.
            return await self.create(wish, address, member)
        if member is not None:
            return Created(meeting=await self._view(meeting, host))
        host_link = f"{self.link(meeting.code)}#host={host_key}"
        if meeting.host_email:
            await self._mail_host_link(meeting, host_link)
        token = await self.token(host)
        return Created(meeting=await self._view(meeting, host), token=token, host_link=host_link)

    def person_id(self, code: str, member: Member | None) -> str:
        """The id of a participant record: random for a guest; for a member always the same in one meeting.

        So somebody who comes in from two devices at once still gets one record, and no two meetings show that the same
        person was in both.
        """
        if member is None:
            return secrets.token_urlsafe(12)
        return self._keys.fingerprint("participants", f"{code} {member.id}")[:24]

    async def token(self, person: Person) -> str:
        """A meeting token. That of a member ends with the older tokens of their account."""
        generation = await self._members.generation(person.user) if person.user else 0
        return self._tokens.sign(MeetingToken(meeting=person.meeting, person=person.id, generation=generation))

    async def find(self, typed_code: str) -> Meeting:
        """The meeting whose code somebody typed; raises `MeetingNotFound`."""
        code = read_code(typed_code)
        meeting = await self._repository.meeting(code) if code else None
        if meeting is None:
            raise MeetingNotFound
        return meeting

    async def view(self, typed_code: str, person: Person | None) -> MeetingView:
        """What is told about a meeting to the public, or to `person` of that meeting."""
        return await self._view(await self.find(typed_code), person)

    async def _view(self, meeting: Meeting, person: Person | None) -> MeetingView:
        view = MeetingView(
            code=meeting.code,
            title=meeting.title,
            kind=meeting.kind,
            status=meeting.status,
            engine=meeting.engine,
            lobby=meeting.lobby,
            needs_password=meeting.password_sealed is not None,
            host_name=meeting.host_name,
            link=self.link(meeting.code),
            starts_at=None,
            end_reason=meeting.end_reason,
        )
        if person is not None and person.role == "host":
            view.password = self._keys.open_password(meeting.password_sealed) if meeting.password_sealed else None
            view.participants = await self.attendance(meeting.code)
            view.share = self._share(meeting)
        return view

    async def attendance(self, code: str) -> list[ParticipantView]:
        """Who was there, from when to when: one entry for each person, with their visits in order."""
        visits: dict[str, list[VisitView]] = {}
        for visit in await self._repository.visits(code):
            entry = VisitView(joined_at=visit.joined_at, left_at=visit.left_at)
            visits.setdefault(visit.person, []).append(entry)
        return [
            ParticipantView(id=person.id, name=person.name, role=person.role, visits=visits[person.id])
            for person in await self._repository.people(code)
            if person.id in visits
        ]

    async def share(self, typed_code: str) -> Share:
        """Ways to hand on a meeting; nothing in it is secret to somebody who knows the code."""
        return self._share(await self.find(typed_code))

    def _share(self, meeting: Meeting) -> Share:
        link = self.link(meeting.code)
        subject = f"Join me: {meeting.title}"
        notice = "\n\nYou will be asked for the password, which I will send you separately."
        text = (
            f"Hello,\n\nplease join my video meeting “{meeting.title}”:\n\n{link}\n\n"
            "It opens in your browser; there is nothing to install and no account is needed."
            f"{notice if meeting.password_sealed else ''}\n"
        )
        # RFC 6068 wants %20 for spaces and CRLF for line ends.
        mailto = "mailto:?" + urlencode({"subject": subject, "body": text.replace("\n", "\r\n")}, quote_via=quote)
        return Share(
            link=link,
            qr=f"{self._settings.public_url}/api/meetings/{meeting.code}/qr.svg",
            email=EmailTemplate(subject=subject, text=text, mailto=mailto),
        )

    def link(self, code: str) -> str:
        """The address that people are sent."""
        return f"{self._settings.public_url}/m/{code}"

    async def end(self, code: str, why: EndReason) -> bool:
        """End a meeting for everybody; False when it was over already. People in it are marked as left now."""
        now = self._clock.now()
        if not await self._repository.end(code, why, now):
            return False
        await self._clear(code, why, now)
        return True

    async def clear_ended(self) -> None:
        """Send everybody out of rooms known here whose meeting is over.

        Who ended it may have died half way, or could not reach the others; or somebody came in at that very moment.
        """
        for meeting in await self._repository.ended(self._bus.rooms()):
            await self._clear(meeting.code, meeting.end_reason or "abandoned", meeting.ended_at or self._clock.now())

    async def _clear(self, code: str, why: EndReason, ended_at: datetime) -> None:
        await self._repository.shelve(code, ended_at)
        await self._bus.change(code, end(why))
        await self._repository.close_visits(code, None if why == "abandoned" else ended_at)
        await self._bus.forget(code)
