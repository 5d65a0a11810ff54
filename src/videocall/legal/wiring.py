"""Puts the parts of this domain together, for `videocall.app`."""

import contextlib
from collections.abc import AsyncIterator, Mapping

from msgspec import Struct

from videocall.accounts.repository import AccountRepository
from videocall.accounts.wiring import AccountParts
from videocall.admin.repository import AdminRepository
from videocall.clock import Clock
from videocall.leases import Lease
from videocall.legal.defaults import write_defaults
from videocall.legal.mailing import LegalMailing
from videocall.legal.repository import LegalRepository
from videocall.legal.retention import Retention
from videocall.legal.rights import Rights, RightsRepository
from videocall.legal.service import LegalDocuments
from videocall.mail.service import Mailer
from videocall.meetings.repository import MeetingRepository
from videocall.rates import Rates
from videocall.scheduling.repository import ScheduleRepository
from videocall.settings import Settings
from videocall.store.base import Store


class LegalParts(Struct):
    """What the rest of the application uses of legal documents."""

    settings: Settings
    clock: Clock
    repository: LegalRepository
    users: AccountRepository
    rights: RightsRepository
    mailing: LegalMailing
    retention: Retention
    dependencies: Mapping[str, object]
    """What routes ask for, by name."""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work inside this context: with texts from its beginning on."""
        await self.repository.prepare()
        await self.rights.prepare()
        await write_defaults(self.repository, self.users, self.settings, self.clock)
        async with self.mailing.running(), self.retention.running():
            yield


def legal_parts(
    *,
    settings: Settings,
    clock: Clock,
    store: Store,
    people: AccountParts,
    admins: AdminRepository,
    meetings: MeetingRepository,
    dates: ScheduleRepository,
    mailer: Mailer,
    rates: Rates,
) -> LegalParts:
    """The whole domain over a store."""
    repository, users, rights_kept = LegalRepository(store), people.repository, RightsRepository(store)
    documents = LegalDocuments(clock=clock, repository=repository, users=users)
    mailing = LegalMailing(
        repository=repository, users=users, mailer=mailer, lease=Lease(store, "legal"), site=settings.public_url
    )
    retention = Retention(
        settings=settings,
        clock=clock,
        meetings=meetings,
        dates=dates,
        users=users,
        admins=admins,
        rights=rights_kept,
        lease=Lease(store, "retention"),
    )
    rights = Rights(
        clock=clock,
        repository=rights_kept,
        users=users,
        deletions=people.deletions,
        mailer=mailer,
        rates=rates,
        site=settings.public_url,
    )
    people.deletions.let_go.append(rights.let_go)
    people.exports.objections = rights.asked_by
    return LegalParts(
        settings=settings,
        clock=clock,
        repository=repository,
        users=users,
        rights=rights_kept,
        mailing=mailing,
        retention=retention,
        dependencies={"legal": documents, "legal_mailing": mailing, "retention": retention, "rights": rights},
    )
