"""Puts the parts of this domain together, for `videocall.app`."""

from collections.abc import Mapping

from msgspec import Struct

from videocall.accounts.passwords import common_passwords
from videocall.accounts.second_factor import SecondFactor
from videocall.accounts.wiring import AccountParts
from videocall.admin.decisions import Decisions
from videocall.admin.letters import MailQueue
from videocall.admin.numbers import NumberRepository
from videocall.admin.overview import Overview, PoolServers
from videocall.admin.people import Users
from videocall.admin.repository import AdminRepository
from videocall.admin.rooms import Move, Rooms
from videocall.admin.service import Admins
from videocall.clock import Clock
from videocall.keys import Keys
from videocall.mail.service import Mailer
from videocall.meetings.history import History
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.service import Meetings
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.store.base import Store


class AdminParts(Struct):
    """What the rest of the application uses of administrators."""

    admins: Admins
    repository: AdminRepository
    numbers: NumberRepository
    dependencies: Mapping[str, object]
    """What routes ask for, by name."""

    async def prepare(self) -> None:
        """Make collections and indexes."""
        await self.repository.prepare()
        await self.numbers.prepare()


def admin_parts(
    *,
    settings: Settings,
    clock: Clock,
    store: Store,
    keys: Keys,
    rates: Rates,
    people: AccountParts,
    meetings: Meetings,
    rooms: MeetingRepository,
    history: History,
    mailer: Mailer,
    pool: PoolServers,
    move: Move | None = None,
) -> AdminParts:
    """The whole domain over a store."""
    repository, numbers = AdminRepository(store), NumberRepository(store)
    admins = Admins(
        settings=settings,
        clock=clock,
        keys=keys,
        passwords=people.passwords,
        common=common_passwords(),
        repository=repository,
        second_factor=SecondFactor(clock=clock, keys=keys, repository=repository, rates=rates),
        rates=rates,
    )
    return AdminParts(
        admins=admins,
        repository=repository,
        numbers=numbers,
        dependencies={
            "admins": admins,
            "decisions": Decisions(clock=clock, admins=admins, deletions=people.deletions),
            "users": Users(
                clock=clock,
                admins=admins,
                accounts=people.accounts,
                repository=people.repository,
                letters=people.letters,
                deletions=people.deletions,
                history=history,
            ),
            "rooms": Rooms(admins=admins, meetings=meetings, repository=rooms, move=move),
            "mail_queue": MailQueue(admins=admins, mailer=mailer),
            "overview": Overview(settings=settings, clock=clock, numbers=numbers, mailer=mailer, pool=pool),
        },
    )
