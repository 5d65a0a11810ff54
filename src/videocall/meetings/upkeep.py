"""What goes on by itself: heartbeats are written in batches, and meetings without a sign of life are ended."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from videocall.background import going_on, repeat
from videocall.clock import Clock
from videocall.leases import Lease
from videocall.live.bus import Bus
from videocall.live.room import RoomState, come_back, go_away, set_meeting
from videocall.live.state import EndReason, Participant
from videocall.meetings import rules
from videocall.meetings.admission import AdmissionService
from videocall.meetings.model import Meeting
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.service import Meetings
from videocall.problems import Unavailable
from videocall.scheduling.rules import WARN_BEFORE
from videocall.settings import Settings
from videocall.store.base import StoreError

_MOST_AT_ONCE = 200
_SIDE_BY_SIDE = 16
"""Meetings that are ended at the same time; many more would keep everybody else from the store."""


class Presence:
    """Collects heartbeats in memory and writes them in batches, so that being there costs the store little."""

    def __init__(self, repository: MeetingRepository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock
        self._seen: defaultdict[str, dict[str, datetime]] = defaultdict(dict)

    def beat(self, code: str, person_id: str) -> None:
        """Somebody is there."""
        self._seen[code][person_id] = self._clock.now()

    async def write(self) -> None:
        """Write what has come since the last time; what cannot be written now is kept for the next time."""
        batch, self._seen = self._seen, defaultdict(dict)
        try:
            await self._repository.seen(batch)
        except StoreError:
            for code, people in batch.items():
                self._seen[code] = {**people, **self._seen[code]}
            raise


class Upkeep:
    """The loops of one process."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        repository: MeetingRepository,
        meetings: Meetings,
        admission: AdmissionService,
        presence: Presence,
        bus: Bus,
        lease: Lease,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._repository = repository
        self._meetings = meetings
        self._admission = admission
        self._presence = presence
        self._bus = bus
        self._lease = lease
        self._limits = rules.Limits(
            abandoned_after=timedelta(seconds=settings.abandoned_after_seconds),
            empty_after=timedelta(seconds=settings.empty_after_seconds),
        )
        self._judges_from = clock.now() + self._limits.abandoned_after

    async def sweep(self) -> int:
        """Let go of silent people and end meetings that are due; how many meetings there were.

        A server that was down heard no heartbeats, and a store that was down took none: for the first while after
        either is back nothing is judged.
        """
        now = self._clock.now()
        try:
            await self._meetings.reopen_stuck(_MOST_AT_ONCE)
            with contextlib.suppress(Unavailable):
                await self._warn(now)
            return await self._judge(now) if now >= self._judges_from else 0
        except StoreError:
            self._judge_later()
            raise

    def _judge_later(self) -> None:
        """Let every process write the heartbeats that it holds first."""
        settings = self._settings
        pause = timedelta(seconds=settings.presence_write_seconds + settings.heartbeat_seconds)
        self._judges_from = max(self._judges_from, self._clock.now() + pause)

    async def _judge(self, now: datetime) -> int:
        await self._admission.lose_silent()
        for meeting in await self._repository.left_early(now, now - self._limits.empty_after, _MOST_AT_ONCE):
            if not await self._repository.open_visits(meeting.code):
                await self._repository.unstart(meeting)
        ended, few = 0, asyncio.Semaphore(_SIDE_BY_SIDE)

        async def end_if_due(meeting: Meeting) -> bool:
            async with few:
                why = await self._due_end(meeting, now)
                return why is not None and await self._meetings.end(meeting.code, why)

        while True:
            overdue = await self._repository.overdue(now, self._limits, _MOST_AT_ONCE)
            now_ended = sum(await asyncio.gather(*map(end_if_due, overdue)))
            ended += now_ended
            if len(overdue) < _MOST_AT_ONCE or not now_ended:
                return ended

    async def _sweep_again_and_again(self) -> None:
        if self._lease.after_silence:  # perhaps the store was away
            self._judge_later()
        await repeat(self._settings.sweep_seconds, self.sweep)

    async def _warn(self, now: datetime) -> None:
        """Tell people in meetings whose time is nearly over; nobody hears it twice, since nothing changes then."""
        while True:
            closing = await self._repository.closing(now + WARN_BEFORE, _MOST_AT_ONCE)
            for meeting in closing:
                soon = set_meeting(ends_at=meeting.closes_at, ending_soon=True)
                await self._bus.change(meeting.code, soon)
                await self._repository.change_meeting(meeting, warned=True)
            if len(closing) < _MOST_AT_ONCE:
                return

    async def _due_end(self, meeting: Meeting, now: datetime) -> EndReason | None:
        why = rules.due_end(meeting, now, self._limits)
        if why == "abandoned" and meeting.empty_since is not None and await self._repository.open_visits(meeting.code):
            # Somebody came in just when the last one left, so it was noted as empty after it no longer was.
            await self._repository.set_empty(meeting.code, None)
            why = rules.due_end(replace(meeting, empty_since=None), now, self._limits)
        return why

    async def heartbeat(self, code: str, person_id: str, session: str | None = None) -> RoomState:
        """Somebody reports that they are there, by HTTP or by the live socket of a `session`; the room as it is now.

        Only people in the room keep a meeting alive. While nobody can say who is in it, everybody does: a bus that is
        down must not make meetings look abandoned.
        """
        try:
            room = await self._bus.read(code)
        except Unavailable:
            self._presence.beat(code, person_id)
            raise
        if person_id in room.participants:
            self._presence.beat(code, person_id)
        present = room.participants.get(person_id) or room.waiting.get(person_id)
        if present is None or present.away_since is None:
            return room
        if session is not None:
            return await self._bus.change(code, come_back(person_id, session))
        if isinstance(present, Participant):
            # No socket (the phone app in the background): each heartbeat starts the time of grace anew.
            return await self._bus.change(code, go_away(person_id, present.session, self._clock.now()))
        return room

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the loops going inside this context, and write what is left at its end.

        The sweep looks at the whole store, so of all processes only the one that holds the lease does it.
        """
        settings = self._settings
        try:
            async with going_on(
                self._lease.hold(self._sweep_again_and_again),
                repeat(settings.sweep_seconds, self._meetings.clear_ended),
                repeat(settings.presence_write_seconds, self._presence.write),
                repeat(min(1.0, settings.sweep_seconds), self._admission.lose_overdue),
            ):
                yield
        finally:
            with contextlib.suppress(StoreError):
                await self._presence.write()
