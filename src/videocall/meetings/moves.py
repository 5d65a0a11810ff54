"""Where the media of a meeting is, and how it moves: pages report, and only this decides (docs/protocol.md).

The meeting in the store says where it is, and a move is a compare-and-swap on its epoch there: of all processes that
want to move it at the same time, one does. Then the room is told, which anybody may do again.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import structlog

from videocall.background import going_on, repeat
from videocall.clock import Clock
from videocall.leases import Lease
from videocall.live.bus import Bus
from videocall.live.client_messages import EngineFailed, EngineStatus
from videocall.live.room import RoomState, arrive, open_place
from videocall.live.server_messages import PlaceConfirmed, TurnedAway
from videocall.live.state import Place
from videocall.meetings import rules
from videocall.meetings.carried import CarriedMeetings
from videocall.meetings.model import Meeting
from videocall.meetings.places import Places
from videocall.meetings.repository import MeetingRepository
from videocall.pool.model import Carrier, Health, Move, MoveReason, Refusal
from videocall.pool.service import Pool
from videocall.problems import MeetingFull, Problem, TooManyRequests, Unavailable
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.store.base import StoreError

log = structlog.get_logger()
FAILURE_RATE = "12/minute"
"""How often one person may say that a place does not work."""
NEWS_RATE = "2/minute"
"""How often hosts of a meeting are told that somebody found it full."""
OPEN_AFTER = timedelta(seconds=8)
"""A new place is opened to everybody by then, whatever the one who goes in first does."""
LOOK_SECONDS = 2.0
REMOVAL_SECONDS = 2.0
"""So long a removal waits for further ones, so that all of them are one move."""
_LEFT_ALONE = timedelta(minutes=10)
"""For so long a meeting does not go back to a server that it left."""
_MOST_BY_REPORTS = 6
"""So often in that time a meeting moves because people say so, though the server answers."""
_SIDE_BY_SIDE = 8
_ANSWERS: dict[Refusal | None, str] = {
    None: "People could not go on, though it answers.",
    "login": "People could not go on: it asks them to log in.",
    "lobby": "People could not go on: it lets them wait in a lobby of its own.",
    "password": "People could not go on: it asks them for a password of its own.",
}
"""What is kept with a server that no probe finds fault with."""


class Moves:
    """Hears what happens in the places of meetings, and moves meetings to others."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        repository: MeetingRepository,
        carried: CarriedMeetings,
        places: Places,
        pool: Pool,
        bus: Bus,
        rates: Rates,
        lease: Lease,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._repository = repository
        self._carried = carried
        self._places = places
        self._pool = pool
        self._bus = bus
        self._rates = rates
        self._lease = lease
        self._tasks: set[asyncio.Task[None]] = set()
        self._shut: dict[tuple[str, int], datetime] = {}
        self._known_to_removed: dict[str, int] = {}

    # --- what pages say ---

    async def status(self, code: str, person_id: str, status: EngineStatus) -> None:
        """Somebody says how far they are in the place of an epoch."""
        match status.state:
            case "ready":
                await self._confirm(code, person_id)
            case "joined":
                await self._bus.change(code, arrive(person_id, status.epoch, "joined"))
            case "left":
                await self._bus.change(code, arrive(person_id, status.epoch, None))

    async def failed(self, code: str, person_id: str, failure: EngineFailed) -> None:
        """The place of an epoch does not work for somebody; raises `TooManyRequests`.

        What follows takes some seconds, since the server is asked, and goes on while the socket is read on.
        """
        await self._rates.hit(FAILURE_RATE, "engine failed", code, person_id)
        room = await self._bus.change(code, arrive(person_id, failure.epoch, "failed"))
        place = room.meeting.place
        if failure.epoch != room.meeting.epoch or place is None or person_id not in room.participants:
            await self._confirm(code, person_id)
            return
        log.info("place_failed", meeting_epoch=failure.epoch, server=place.server, reason=failure.reason)
        self._spawn(self._judge(room, place, person_id, failure))

    async def _judge(self, room: RoomState, place: Place, person_id: str, failure: EngineFailed) -> None:
        code, epoch = room.meeting.code, room.meeting.epoch
        lone = len(room.participants) == 1
        said = rules.refusal(failure)
        if not await self._pool.confirm(place.server):
            server = await self._pool.server(place.server)
            seen = server.health if server else Health()
            await self._pool.report_failure(place.server, f"People could not go on. {seen.reason}".rstrip())
            moved = await self._move_from(code, epoch, "down", refusal=seen.refusal or said)
        elif not lone and rules.enough_failed(room):
            # It answers, and strangers may complain in meetings of their own: that only has others chosen first.
            await self._pool.report_failure(place.server, _ANSWERS[said], seen=False)
            moved = await self._move_from(code, epoch, "reports", refusal=said)
        else:
            # One person alone moves nobody else, so another server is worth a try, if there is one.
            moved = lone and await self._move_from(code, epoch, "reports", refusal=said, only_elsewhere=True)
        if not moved:
            await self._confirm(code, person_id)

    async def _confirm(self, code: str, person_id: str) -> None:
        room = await self._bus.read(code)
        await self._bus.send(code, person_id, PlaceConfirmed(epoch=room.meeting.epoch))

    # --- moves ---

    async def make_room(self, code: str, name: str) -> None:
        """A seat is wanted in a room that has none: go over to a server, all at once, or raise `MeetingFull`."""
        meeting = await self._repository.meeting(code)
        if meeting is None or meeting.engine != "auto" or meeting.carrier != "direct":
            room = await self._show(meeting) if meeting is not None else await self._bus.read(code)
            if len(room.participants) < room.meeting.limit:
                return  # somebody else was faster
            await self._turned_away(code, TurnedAway(name=name, why="limit"))
            raise MeetingFull
        if (await self._bus.read(code)).meeting.breakouts is not None:
            # A server has one room for all: who is apart must not find themselves together.
            await self._turned_away(code, TurnedAway(name=name, why="breakouts"))
            raise MeetingFull("This meeting is full while its breakout rooms are open.")
        server = await self._server(meeting)
        if server is None:
            await self._turned_away(code, TurnedAway(name=name, why="no_server"))
            raise MeetingFull(
                f"This meeting is full: {self._settings.direct_limit} people fit in, and no server for larger ones can "
                "take it over at the moment."
            )
        await self._go(meeting, "jitsi", server, "outgrown")

    async def prepare(self, meeting: Meeting, room: RoomState) -> RoomState:
        """Somebody is about to come in; the room as it is then.

        When they are the first, the server that was chosen long ago may not be there any more.
        """
        if meeting.carrier == "jitsi" and not room.participants and not await self._can_stay(meeting):
            server = await self._pool.choose(meeting.code)
            if (server.domain if server else None) != meeting.server:
                await self._go(meeting, "jitsi", server.domain if server else None, "start")
                return await self._bus.read(meeting.code)
        return await self._show(meeting) if room.meeting.epoch < meeting.epoch else room

    async def _can_stay(self, meeting: Meeting) -> bool:
        if meeting.server is None:
            return False
        if meeting.status != "live":
            return await self._pool.takes(meeting.server)
        server = await self._pool.server(meeting.server)
        return server is not None and server.serves

    async def move(self, code: str) -> bool:
        """Go to another server, since an administrator wants it; whether there was one."""
        meeting = await self._repository.meeting(code)
        return meeting is not None and await self._leave(meeting, "admin", only_elsewhere=True)

    def leave_behind(self, room: RoomState) -> None:
        """Somebody was sent out of a room who knows its place: all others soon go to a new one on the same server."""
        code = room.meeting.code
        if room.meeting.place is None:
            return
        underway = code in self._known_to_removed
        self._known_to_removed[code] = room.meeting.epoch
        if not underway:
            self._spawn(self._renew(code))

    async def _renew(self, code: str) -> None:
        await asyncio.sleep(REMOVAL_SECONDS)
        epoch = self._known_to_removed.pop(code)
        meeting = await self._repository.meeting(code)
        if meeting is None or meeting.ended_at is not None or meeting.epoch != epoch:
            return  # wherever it is now, nobody who was sent out was told
        if meeting.carrier == "jitsi" and meeting.server is not None:
            await self._go(meeting, "jitsi", meeting.server, "removed")

    async def _move_from(
        self,
        code: str,
        epoch: int,
        reason: MoveReason,
        *,
        refusal: Refusal | None = None,
        only_elsewhere: bool = False,
    ) -> bool:
        """Leave the place of an epoch; whether the meeting is in another one afterwards, by whomever."""
        meeting = await self._repository.meeting(code)
        if meeting is None or meeting.ended_at is not None:
            return False
        if meeting.epoch != epoch:
            await self._show(meeting)
            return True
        return await self._leave(meeting, reason, refusal=refusal, only_elsewhere=only_elsewhere)

    async def _leave(
        self, meeting: Meeting, reason: MoveReason, *, refusal: Refusal | None = None, only_elsewhere: bool = False
    ) -> bool:
        """Go to another server, or else back to `direct` if that may be, or else wait; whether it moved."""
        if meeting.carrier != "jitsi":
            return False
        since = self._clock.now() - _LEFT_ALONE
        recent = [one for one in meeting.moves if one.at >= since]
        if reason == "reports" and sum(one.reason == "reports" for one in recent) >= _MOST_BY_REPORTS:
            return False
        server = await self._elsewhere(meeting, {one.origin for one in recent if one.origin})
        if server is not None:
            return await self._go(meeting, "jitsi", server, reason, refusal)
        if only_elsewhere:
            return False
        if await self._fits_direct(meeting):
            return await self._go(meeting, "direct", None, "down" if reason == "returned" else reason, refusal)
        return meeting.server is not None and await self._go(meeting, "jitsi", None, reason, refusal)

    async def _server(self, meeting: Meeting) -> str | None:
        """The server for a meeting that is on none: the one it was given when it was made, if that takes it."""
        if meeting.server is not None and await self._pool.takes(meeting.server):
            return meeting.server
        server = await self._pool.choose(meeting.code)
        return server.domain if server else None

    async def _elsewhere(self, meeting: Meeting, left: set[str]) -> str | None:
        here = {meeting.server} if meeting.server else set[str]()
        server = await self._pool.choose(meeting.code, avoid=here | left)
        if server is None and left - here:
            server = await self._pool.choose(meeting.code, avoid=here)
        return server.domain if server else None

    async def _fits_direct(self, meeting: Meeting) -> bool:
        room = await self._bus.read(meeting.code)
        return meeting.engine == "auto" and len(room.participants) <= self._settings.direct_limit

    async def _go(
        self,
        meeting: Meeting,
        carrier: Carrier,
        server: str | None,
        reason: MoveReason,
        refusal: Refusal | None = None,
    ) -> bool:
        """Move if nobody has moved it since; tell the room in any case where it is now."""
        move = Move(
            at=self._clock.now(),
            epoch=meeting.epoch + 1,
            origin="direct" if meeting.carrier == "direct" else meeting.server,
            to="direct" if carrier == "direct" else server,
            reason=reason,
            refusal=refusal,
        )
        moved = await self._carried.move(meeting, move, carrier, server)
        if moved is not None:
            log.info("meeting_moved", epoch=move.epoch, origin=move.origin, to=move.to, reason=reason, refusal=refusal)
        now = moved or await self._repository.meeting(meeting.code)
        if now is None or now.ended_at is not None:
            return False
        room = await self._show(now)
        if now.carrier == "direct" and len(room.participants) > self._settings.direct_limit:
            # Somebody came in at that very moment.
            return await self._go(now, "jitsi", await self._elsewhere(now, set()), "outgrown")
        return True

    async def _show(self, meeting: Meeting) -> RoomState:
        return await self._bus.change(meeting.code, await self._places.shown(meeting))

    async def _turned_away(self, code: str, news: TurnedAway) -> None:
        with suppress(TooManyRequests):
            await self._rates.hit(NEWS_RATE, "turned away", code)
            room = await self._bus.read(code)
            for person in room.participants.values():
                if person.role != "guest":
                    await self._bus.send(code, person.id, news)

    # --- what goes on by itself ---

    async def open_overdue(self) -> None:
        """Let everybody into places of this process's rooms that nobody opened for too long."""
        now, shut = self._clock.now(), self._shut
        self._shut = {}
        for code in self._bus.rooms():
            room = await self._bus.read(code)
            place, key = room.meeting.place, (code, room.meeting.epoch)
            if place is None or place.open or not room.participants:
                continue
            since = self._shut[key] = shut.get(key, now)
            if now - since >= OPEN_AFTER:
                await self._bus.change(code, open_place(room.meeting.epoch))

    async def catch_up(self) -> None:
        """Tell rooms of this process that are behind where their meetings are: whoever moved one may have died."""
        for meeting in await self._carried.moved(self._bus.rooms()):
            room = await self._bus.read(meeting.code)
            if room.meeting.epoch < meeting.epoch:
                await self._show(meeting)

    async def look_after(self) -> None:
        """Move meetings off servers that do not serve any more, and those that wait to one that does."""
        few = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def leave(meeting: Meeting, reason: MoveReason, refusal: Refusal | None) -> None:
            async with few:
                with suppress(Problem):
                    await self._leave(meeting, reason, refusal=refusal)

        for domain in await self._carried.servers_in_use():
            server = await self._pool.server(domain) if domain else None
            if server is None or not server.serves:
                meetings = await self._carried.on_server(domain)
                why: MoveReason = "down" if domain else "returned"
                refusal = server.health.refusal if server else None
                await asyncio.gather(*(leave(meeting, why, refusal) for meeting in meetings))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the loops going inside this context; of all processes one looks after servers."""
        seconds = min(LOOK_SECONDS, self._settings.sweep_seconds)
        try:
            async with going_on(
                self._lease.hold(lambda: repeat(seconds, self.look_after)),
                repeat(min(1.0, seconds), self.open_overdue),
                repeat(self._settings.sweep_seconds, self.catch_up),
            ):
                yield
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        async def done() -> None:
            try:
                await work
            except (Unavailable, StoreError) as error:
                log.warning("move_failed", error=str(error))
            except Exception:
                log.exception("move_failed")

        task = asyncio.create_task(done())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
