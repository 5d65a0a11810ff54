"""Create meetings, tell about them, hand them on, end them."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from videocall.clock import Clock
from videocall.keys import Keys
from videocall.live.bus import Bus
from videocall.live.room import end
from videocall.live.state import EndReason
from videocall.meetings import rules
from videocall.meetings.codes import new_code, read_code
from videocall.meetings.members import Member, Members
from videocall.meetings.model import (
    Created,
    Engine,
    Meeting,
    MeetingView,
    NewMeeting,
    ParticipantView,
    Person,
    Share,
    VisitView,
)
from videocall.meetings.places import Places
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.sharing import share
from videocall.meetings.tokens import MeetingToken, MeetingTokens
from videocall.pool.service import Pool
from videocall.problems import InvalidBody, MeetingNotFound, NameRequired, ProcessingRestricted
from videocall.rates import Rates
from videocall.scheduling.guest_list import GuestList
from videocall.scheduling.model import InviteeView, Schedule, ScheduleView
from videocall.scheduling.series import Series
from videocall.settings import Settings
from videocall.store.base import DuplicateKey
from videocall.texts import lines, one_line
from videocall.words import DEFAULT, Words

_STUCK = timedelta(seconds=30)
"""A series that did not go on for so long does not do it by itself any more."""

MailHostLink = Callable[[Meeting, str, str], Awaitable[None]]
"""Sends the host link of a meeting to its guest creator's address, in a language."""


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
        series: Series,
        guest_list: GuestList,
        places: Places,
        pool: Pool,
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
        self._series = series
        self._guest_list = guest_list
        self._places = places
        self._pool = pool
        self._mail_host_link = mail_host_link

    async def create(
        self,
        wish: NewMeeting,
        address: str,
        member: Member | None = None,
        schedule: Schedule | None = None,
        *,
        language: str = DEFAULT,
    ) -> Created:
        """Make a meeting for a member or else for a guest, who becomes its host; with a schedule, a scheduled one.

        What is written for the host, and the title of a meeting without one, is in `language`.
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
            title=one_line(wish.title) or Words(language).say("meeting_of", name=name),
            description=lines(wish.description),
            kind="scheduled" if schedule else "instant",
            status="scheduled",
            engine=wish.engine,
            server=await self._server(code, wish.engine),
            carrier=rules.carrier_at_first(wish.engine),
            lobby=wish.lobby,
            password_sealed=self._sealed(wish.password),
            host_id=self.person_id(code, member),
            host_name=name,
            host_email=guest.email.lower() if guest and guest.email else None,
            host_key_digest=self._keys.fingerprint("host links", host_key) if host_key else "",
            host_user=member.id if member else "",
            created_at=now,
            schedule=schedule,
        )
        if schedule is not None:
            meeting = await self._series.begin(meeting, now)
        host = Person(
            id=meeting.host_id,
            meeting=code,
            name=name,
            role="host",
            created_at=now,
            admitted=True,
            user=meeting.host_user,
            starts_at=meeting.starts_at,
        )
        try:
            await self._repository.add(meeting, host)
        except DuplicateKey:
            # One chance in 2^50 for each meeting there ever was.
            return await self.create(wish, address, member, schedule, language=language)
        if member is not None:
            return Created(meeting=await self._view(meeting, host, language))
        host_link = f"{self.link(meeting.code)}#host={host_key}"
        if meeting.host_email:
            await self._mail_host_link(meeting, host_link, language)
        token = await self.token(host)
        return Created(meeting=await self._view(meeting, host, language), token=token, host_link=host_link)

    async def _server(self, code: str, engine: Engine) -> str | None:
        """The server of the pool that a new meeting is on, or would go to; there may be none at the moment."""
        server = None if engine == "direct" else await self._pool.choose(code)
        return server.domain if server else None

    async def engine_fields(self, meeting: Meeting, engine: Engine) -> dict[str, object]:
        """What changes of a meeting with another engine; while it goes on, its media stays where it is."""
        if meeting.status == "live" or engine == meeting.engine:
            return {"engine": engine}
        server = meeting.server or await self._server(meeting.code, engine)
        carrier = rules.carrier_at_first(engine)
        return {"engine": engine, "carrier": carrier, "server": server, "epoch": meeting.epoch + 1}

    def _sealed(self, password: str | None) -> str | None:
        return self._keys.seal_password(password) if password else None

    def password_fields(self, password: str | None) -> dict[str, object]:
        """What changes of a meeting whose host sets another password, or none: who sets it may read it."""
        return {"password_sealed": self._sealed(password), "password_of_another": False}

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

    async def view(self, typed_code: str, person: Person | None, language: str = DEFAULT) -> MeetingView:
        """What is told about a meeting to the public, or to `person` of that meeting, with a mail in their language."""
        return await self._view(await self.find(typed_code), person, language)

    async def _view(self, meeting: Meeting, person: Person | None, language: str) -> MeetingView:
        schedule = meeting.schedule
        view = MeetingView(
            code=meeting.code,
            title=meeting.title,
            kind=meeting.kind,
            status=meeting.status,
            engine=meeting.engine,
            carrier=meeting.carrier,
            server=await self._places.server(meeting.server) if meeting.server else None,
            lobby=meeting.lobby,
            needs_password=meeting.password_sealed is not None,
            host_name=meeting.host_name,
            link=self.link(meeting.code),
            description=meeting.description,
            starts_at=meeting.starts_at,
            opens_at=rules.opens_at(meeting),
            ends_at=meeting.closes_at,
            duration_minutes=schedule.duration_minutes if schedule else None,
            time_zone=schedule.time_zone if schedule else None,
            recurrence=schedule.recurrence if schedule else None,
            occurrence=meeting.occurrence,
            end_reason=meeting.end_reason,
        )
        if person is not None and person.role == "host":
            readable = meeting.password_sealed is not None and not meeting.password_of_another
            view.password = self._keys.open_password(meeting.password_sealed or "") if readable else None
            view.participants = await self.attendance(meeting.code, meeting.occurrence)
            view.share = self._share(meeting, language)
            view.moves = meeting.moves
            if schedule is not None:
                view.schedule = await self._schedule_view(meeting.code, schedule)
        return view

    async def _schedule_view(self, code: str, schedule: Schedule) -> ScheduleView:
        return ScheduleView(
            starts_at=schedule.starts_at,
            duration_minutes=schedule.duration_minutes,
            time_zone=schedule.time_zone,
            recurrence=schedule.recurrence,
            early_entry_minutes=schedule.early_entry_minutes,
            before_host=schedule.before_host,
            reminders=schedule.reminders,
            invitees=[
                InviteeView(email=invited.email, answer=invited.answer, answered_at=invited.answered_at)
                for invited in await self._guest_list.of(code)
            ],
        )

    async def attendance(self, code: str, occurrence: datetime | None = None) -> list[ParticipantView]:
        """Who was there, from when to when: one entry for each person, with their visits in order.

        Of a series, at one date.
        """
        visits: dict[str, list[VisitView]] = {}
        for visit in await self._repository.visits(code, occurrence):
            entry = VisitView(joined_at=visit.joined_at, left_at=visit.left_at)
            visits.setdefault(visit.person, []).append(entry)
        return [
            ParticipantView(id=person.id, name=person.name, role=person.role, visits=visits[person.id])
            for person in await self._repository.people(code)
            if person.id in visits
        ]

    async def share(self, typed_code: str, language: str = DEFAULT) -> Share:
        """Ways to hand on a meeting; nothing in it is secret to somebody who knows the code."""
        return self._share(await self.find(typed_code), language)

    def _share(self, meeting: Meeting, language: str) -> Share:
        return share(meeting, self.link(meeting.code), self._settings.public_url, language)

    def link(self, code: str) -> str:
        """The address that people are sent."""
        return f"{self._settings.public_url}/m/{code}"

    async def end(self, code: str, why: EndReason) -> bool:
        """End a meeting for everybody; False when it was over already. People in it are marked as left now.

        Of a series only the date that goes on ends, and the next one takes its place, unless it is `cancelled`.
        """
        now = self._clock.now()
        meeting = await self._repository.meeting(code)
        if meeting is None or meeting.ended_at is not None:
            return False
        reopens = meeting.occurrence is not None and why != "cancelled"
        ended = await self._repository.end(meeting, why, now, reopens=reopens)
        if ended is None:
            return False
        await self._clear(ended, why, now)
        return True

    async def clear_ended(self) -> None:
        """Send everybody out of rooms known here whose meeting is over.

        Who ended it may have died half way, or could not reach the others; or somebody came in at that very moment.
        """
        for meeting in await self._repository.ended(self._bus.rooms()):
            if not meeting.reopens:
                await self._clear(meeting, meeting.end_reason or "abandoned", meeting.ended_at or self._clock.now())

    async def reopen_stuck(self, most: int) -> None:
        """Go on with series whose date ended, where whoever ended it died before the next one took its place."""
        now = self._clock.now()
        for meeting in await self._repository.reopening(now - _STUCK, most):
            await self._clear(meeting, meeting.end_reason or "abandoned", meeting.ended_at or now)

    async def _clear(self, meeting: Meeting, why: EndReason, ended_at: datetime) -> None:
        code = meeting.code
        if not meeting.reopens:
            await self._repository.shelve(code, ended_at)
        await self._bus.change(code, end(why))
        await self._repository.close_visits(code, None if why == "abandoned" else ended_at)
        await self._bus.forget(code)
        if meeting.reopens:
            await self._reopen(meeting, ended_at)

    async def _reopen(self, meeting: Meeting, ended_at: datetime) -> None:
        """Keep the date that is over, and let the next one take its place. Every step can be done twice."""
        key = await self._series.record(meeting)
        if key is not None:
            await self._repository.add_records(await self._records(meeting, key, ended_at))
        following = await self._series.begin(meeting, ended_at)
        if following.starts_at is None:
            await self._repository.put_away(meeting.code, ended_at)
            await self._repository.change_meeting(meeting, reopens=False)
            return
        await self._repository.set_start(meeting.code, following.starts_at)
        if meeting.lobby:
            await self._repository.ask_again(meeting.code)
        await self._repository.change_meeting(
            meeting,
            reopens=False,
            locked=False,
            warned=False,
            status="scheduled",
            ended_at=None,
            end_reason=None,
            started_at=None,
            seen_at=None,
            empty_since=None,
            occurrence=following.occurrence,
            starts_at=following.starts_at,
            closes_at=following.closes_at,
            carrier=rules.carrier_at_first(meeting.engine),
            epoch=meeting.epoch + 1,  # whoever was there knows the room on the server, and its password
            moves=[],
        )

    async def _records(self, meeting: Meeting, key: str, ended_at: datetime) -> list[Person]:
        """What members who were at this date find in their history; its host in any case."""
        there = {visit.person for visit in await self._repository.visits(meeting.code, meeting.occurrence)}
        return [
            replace(person, id=f"{person.id}{key[-17:]}", meeting=key, ended_at=ended_at, starts_at=meeting.starts_at)
            for person in await self._repository.people(meeting.code)
            if person.user and (person.id in there or person.id == meeting.host_id)
        ]
