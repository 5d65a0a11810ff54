"""Erases records that are older than the settings say; by default everything is kept (policy section 10)."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from functools import partial

from videocall.accounts.repository import AccountRepository
from videocall.admin.repository import AdminRepository
from videocall.background import going_on, repeat
from videocall.clock import Clock
from videocall.leases import Lease
from videocall.legal.rights import RightsRepository
from videocall.meetings.repository import MeetingRepository
from videocall.scheduling.repository import ScheduleRepository
from videocall.settings import Settings

BATCH = 100
_SECONDS = 3600.0
"""Seldom: no index leads to old records, since every heartbeat would pay for it."""


class Retention:
    """The loop of one process; of all processes the one that holds the lease works."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        meetings: MeetingRepository,
        dates: ScheduleRepository,
        users: AccountRepository,
        admins: AdminRepository,
        rights: RightsRepository,
        lease: Lease,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._meetings = meetings
        self._dates = dates
        self._users = users
        self._admins = admins
        self._rights = rights
        self._lease = lease

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep the loop going inside this context."""
        return going_on(self._lease.hold(partial(repeat, _SECONDS, self.erase_old)))

    async def erase_old(self) -> int:
        """Erase what is too old; how many meetings. Each step can be done twice without harm."""
        if before := self._before(self._settings.keep_deletion_requests_days):
            await self._users.delete_old_requests(before)
        if before := self._before(self._settings.keep_audit_days):
            await self._admins.delete_audit(before)
        before = self._before(self._settings.keep_meetings_days)
        erased = 0
        while before and (codes := await self._meetings.ended_before(before, BATCH)):
            # The meeting itself goes last: whoever goes on after a crash finds it again.
            await self._rights.forget_meetings(codes)
            await self._dates.forget_meetings(codes)
            await self._meetings.erase_meetings(codes)
            erased += len(codes)
        return erased

    def _before(self, days: int) -> datetime | None:
        return self._clock.now() - timedelta(days=days) if days else None
