"""Who comes into a meeting, by HTTP or by the live socket, and how they go."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal
from weakref import WeakValueDictionary

from msgspec import Struct, field
from msgspec.structs import replace

from videocall.clock import Clock
from videocall.keys import Keys, same
from videocall.live.bus import Admitted, Bus
from videocall.live.room import RoomState, enter, go_away, leave, lose, lose_session, wait
from videocall.live.server_messages import Dismissed
from videocall.live.state import LobbyWord, Media, Participant, Waiting
from videocall.meetings import rules
from videocall.meetings.members import Member, Members
from videocall.meetings.model import Meeting, Person, Visit
from videocall.meetings.moves import Moves
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.service import Meetings
from videocall.meetings.tokens import MeetingTokens
from videocall.problems import (
    InvalidToken,
    MeetingEnded,
    MeetingFull,
    NameRequired,
    ParticipantNotFound,
    WrongPassword,
)
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.texts import one_line

OnWait = Callable[[Meeting, Person], Awaitable[None]]
"""Hears of somebody who has come into the lobby; never raises."""


class Knock(Struct, kw_only=True):
    """Somebody at the door. `connected` is False for a join by HTTP, which has no socket (yet).

    `called` is True for who comes because we asked them to (let out of the lobby, or the room was made anew): no rate
    counts that.
    """

    code: str
    address: str
    session: str
    connected: bool
    name: str | None = None
    token: str | None = None
    host_key: str | None = None
    password: str | None = None
    media: Media = field(default_factory=Media)
    hand: bool = False
    called: bool = False


class Entry(Struct):
    """What became of a knock; `room` is None for somebody in the lobby, whom a host may have told a `word`."""

    meeting: Meeting
    person: Person
    token: str
    room: RoomState | None
    word: LobbyWord | None = None


class AdmissionService:
    """Lets people in and out, and keeps the attendance record in step with the room."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        keys: Keys,
        tokens: MeetingTokens,
        members: Members,
        meetings: Meetings,
        moves: Moves,
        repository: MeetingRepository,
        bus: Bus,
        rates: Rates,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keys = keys
        self._tokens = tokens
        self._members = members
        self._meetings = meetings
        self._moves = moves
        self._repository = repository
        self._bus = bus
        self._rates = rates
        self.on_wait: list[OnWait] = []
        self._away: dict[tuple[str, str, datetime], datetime] = {}
        self._looked_at = clock.now()
        self._coming_or_going: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def join(self, knock: Knock) -> Entry:
        """Let somebody in, put them into the lobby, or raise the `Problem` that keeps them out."""
        if not knock.called:
            await self._rates.hit(self._settings.join_rate, "join", knock.address)
        meeting = await self._meetings.find(knock.code)
        if not knock.called:
            await self._rates.hit(self._settings.meeting_join_rate, "join", meeting.code)
        member, known = await self._identify(meeting.code, knock.token)
        rules.check_open(meeting, known)
        is_host = knock.host_key is not None and same(
            self._keys.fingerprint("host links", knock.host_key), meeting.host_key_digest
        )
        room = await self._bus.read(meeting.code)
        may_host = is_host or (known is not None and known.leads)
        host_here = True
        if meeting.schedule is not None and not may_host:
            host_here = _has_host(room, known)
            rules.check_time(meeting, self._clock.now(), host_here=host_here)
        if not is_host:
            rules.check_lock(meeting, known, waits=known is not None and known.id in room.waiting)
        if not is_host and rules.needs_password(meeting, known):
            await self._check_password(meeting, knock)
        person = await self._person(meeting, member, known, knock, is_host=is_host)
        token = await self._meetings.token(person)
        if rules.admission(meeting, person, host_here=host_here) == "waiting":
            word = await self._wait(meeting, person, room, connected=knock.connected)
            return Entry(meeting=meeting, person=person, token=token, room=None, word=word)
        room = await self._moves.prepare(meeting, room)
        if person.id not in room.participants and len(room.participants) >= room.meeting.limit:
            await self._moves.make_room(meeting.code, person.name)
        try:
            room = await self._enter(meeting, person, knock)
        except MeetingFull:
            # The last seat went to somebody else between the look and the leap.
            await self._moves.make_room(meeting.code, person.name)
            room = await self._enter(meeting, person, knock)
        if person.leads and room.waiting and rules.waits_for_host(meeting) and not meeting.lobby:
            with contextlib.suppress(MeetingFull):
                await self.admit(meeting.code, None)
        return Entry(meeting=meeting, person=person, token=token, room=room)

    async def _wait(self, meeting: Meeting, person: Person, room: RoomState, *, connected: bool) -> LobbyWord | None:
        now = self._clock.now()
        is_new = person.id not in room.waiting
        waiting = Waiting(id=person.id, name=person.name, since=now, away_since=None if connected else now)
        if is_new and room.ended is None:
            for hear in self.on_wait:
                await hear(meeting, person)
        # Last, since nothing may be awaited between this and the socket's listening: it would miss the end.
        room = await self._bus.change(meeting.code, wait(waiting))
        known = room.waiting.get(person.id)
        return known.word if known else None

    async def bearer(self, code: str, token: str) -> Person | None:
        """Who a token stands for in a meeting, None for a member who never was in it; raises `InvalidToken`."""
        return (await self._identify(code, token))[1]

    async def _identify(self, code: str, token: str | None) -> tuple[Member | None, Person | None]:
        if token is None:
            return None, None
        member = await self._members.of_token(token)
        if member is not None:
            return member, await self._repository.person(code, self._meetings.person_id(code, member))
        claims = self._tokens.read(token)
        person = await self._repository.person(claims.meeting, claims.person) if claims.meeting == code else None
        if person is None:
            raise InvalidToken("This token is of another meeting.")
        if person.user and claims.generation != await self._members.generation(person.user):
            raise InvalidToken("You are signed out. Please sign in again.")
        return None, person

    async def _check_password(self, meeting: Meeting, knock: Knock) -> None:
        key = (knock.address, meeting.code)
        await self._rates.check_guesses(self._settings.guess_rate, *key)
        right = self._keys.open_password(meeting.password_sealed or "")
        if rules.check_password(knock.password, right=same(knock.password or "", right)):
            digest = self._keys.fingerprint("password guesses", knock.password or "")
            await self._rates.guess(self._settings.guess_rate, digest, *key)
            raise WrongPassword

    async def _person(
        self, meeting: Meeting, member: Member | None, known: Person | None, knock: Knock, *, is_host: bool
    ) -> Person:
        if known is not None:
            changes: dict[str, str | bool] = {}
            if is_host and known.role != "host":
                changes |= {"role": "host", "admitted": True}
            if member is not None and member.name != known.name:
                changes["name"] = member.name
            if changes:
                await self._repository.change_person(known.id, **changes)
            return replace(known, **changes)
        name = member.name if member else one_line(knock.name or "")
        if not name:
            raise NameRequired
        kept = None if member is None or member.restricted else member
        person = Person(
            id=self._meetings.person_id(meeting.code, kept),
            meeting=meeting.code,
            name=name,
            role="host" if is_host else "guest",
            created_at=self._clock.now(),
            admitted=is_host or not meeting.lobby,
            user=kept.id if kept else "",
            starts_at=meeting.starts_at,
        )
        return await self._repository.add_person(person)

    async def _enter(self, meeting: Meeting, person: Person, knock: Knock) -> RoomState:
        """Record the visit first, then tell the room: what others see has been kept."""
        now = self._clock.now()
        visit = Visit(
            id=secrets.token_urlsafe(12),
            meeting=meeting.code,
            person=person.id,
            session=knock.session,
            joined_at=now,
            seen_at=now,
            occurrence=meeting.occurrence,
        )
        participant = Participant(
            id=person.id,
            session=knock.session,
            name=person.name,
            role=person.role,
            joined_at=now,
            media=knock.media,
            hand=0 if knock.hand else None,
            away_since=None if knock.connected else now,
        )
        async with self._alone(person.id):
            await self._repository.arrive(visit)
            try:
                return await self._bus.change(meeting.code, enter(participant))
            except (MeetingFull, MeetingEnded):
                # Somebody else was faster: to the last seat, or to the end.
                await self._repository.forget_visit(visit.id)
                raise

    def _alone(self, person_id: str) -> asyncio.Lock:
        """Held while somebody comes or goes: two tabs, or a return at the last moment, leave one open visit."""
        return self._coming_or_going.setdefault(person_id, asyncio.Lock())

    async def admit(self, code: str, person_id: str | None) -> None:
        """Let one person, or everybody, out of the lobby; raises `MeetingFull`, `ParticipantNotFound`."""
        room = await self._bus.read(code)
        ids = list(room.waiting) if person_id is None else [person_id]
        if person_id is not None and person_id not in room.waiting:
            raise ParticipantNotFound
        free = room.meeting.limit - len(room.participants)
        if len(ids) > free:
            with contextlib.suppress(MeetingFull):
                name = room.waiting[ids[max(0, free)]].name
                await self._moves.make_room(code, name)
                room = await self._bus.read(code)
                free = room.meeting.limit - len(room.participants)
        for waiting_id in ids[: max(0, free)]:
            await self._repository.change_person(waiting_id, admitted=True)
            await self._bus.send(code, waiting_id, Admitted())
        if len(ids) > free:
            raise MeetingFull("There is no seat left for everybody who waits.")

    async def refuse(self, code: str, person_id: str, *, ban: bool) -> None:
        """Turn somebody in the lobby away."""
        await self._send_out(code, person_id, "refused", ban=ban)

    async def remove(self, code: str, person_id: str, *, ban: bool) -> None:
        """Send somebody out of the room, and take the others away from a server's room that they know."""
        await self._send_out(code, person_id, "removed", ban=ban)
        self._moves.leave_behind(await self._bus.read(code))

    async def _send_out(self, code: str, person_id: str, why: Literal["removed", "refused"], *, ban: bool) -> None:
        room = await self._bus.read(code)
        if person_id not in (room.waiting if why == "refused" else room.participants):
            raise ParticipantNotFound
        # Taken out, one comes back only as anybody else would: through the lobby where there is one.
        await self._repository.change_person(person_id, admitted=False, banned=ban)
        await self._bus.send(code, person_id, Dismissed(why=why))
        await self.depart(code, person_id, "removed")

    async def depart(self, code: str, person_id: str, why: Literal["left", "removed"]) -> None:
        """Somebody goes, from the room or from the lobby; the last one leaves an empty meeting behind."""
        async with self._alone(person_id):
            room = await self._bus.change(code, leave(person_id, why))
            if await self._repository.depart(person_id, self._clock.now()):
                await self._note_empty(room)

    async def _note_empty(self, room: RoomState) -> None:
        if not room.participants:
            await self._repository.set_empty(room.meeting.code, self._clock.now())

    async def lose(self, code: str, person_id: str, session: str) -> None:
        """The socket of somebody broke: they are expected back for a while."""
        await self._bus.change(code, go_away(person_id, session, self._clock.now()))

    async def lose_overdue(self) -> None:
        """Let go of everybody in this process's rooms who was expected back for too long.

        Another process may have written down since when somebody is away, by a clock that differs from ours: nobody is
        let go sooner than the time of grace after we can have seen it first.
        """
        now, grace = self._clock.now(), timedelta(seconds=self._settings.reconnect_grace_seconds)
        known, looked_at = self._away, self._looked_at
        away: dict[tuple[str, str, datetime], datetime] = {}
        for code in self._bus.rooms():
            room = await self._bus.read(code)
            for person_id, away_since in _away(room):
                key = code, person_id, away_since
                seen = known.get(key) or max(looked_at, min(away_since, now))
                away[key] = seen
                if now - seen >= grace:
                    await self._let_go(code, person_id, away_since)
        self._away, self._looked_at = away, now

    async def _let_go(self, code: str, person_id: str, away_since: datetime) -> None:
        async with self._alone(person_id):
            # Read first: in another process they may come back between the two writes.
            visits = await self._repository.visits_of(person_id)
            room = await self._bus.change(code, lose(person_id, away_since))
            if person_id not in room.participants and await self._repository.lapse(visits):
                await self._note_empty(room)

    async def lose_silent(self) -> None:
        """Let go of people without a heartbeat for too long: their process died, and they came to no other."""
        settings = self._settings
        silence = settings.reconnect_grace_seconds + settings.presence_write_seconds + 2 * settings.heartbeat_seconds
        for visit in await self._repository.silent_visits(self._clock.now() - timedelta(seconds=silence)):
            async with self._alone(visit.person):
                room = await self._bus.change(visit.meeting, lose_session(visit.person, visit.session))
                if visit.person not in room.participants and await self._repository.lapse([visit]):
                    await self._note_empty(room)
            if room.ended is not None:
                await self._bus.forget(visit.meeting)


def _has_host(room: RoomState, known: Person | None) -> bool:
    """Whether a host or co-host is in the room. Who is in it already, and only comes back, need not wait for one."""
    return any(person.role != "guest" or (known and person.id == known.id) for person in room.participants.values())


def _away(room: RoomState) -> list[tuple[str, datetime]]:
    people: list[Participant | Waiting] = [*room.participants.values(), *room.waiting.values()]
    return [(person.id, person.away_since) for person in people if person.away_since is not None]
