"""Puts the parts of this domain together, for `videocall.app`."""

from collections.abc import Mapping

from msgspec import Struct

from videocall.accounts.passwords import common_passwords
from videocall.accounts.wiring import AccountParts
from videocall.admin.repository import AdminRepository
from videocall.admin.service import Admins, Decisions
from videocall.clock import Clock
from videocall.keys import Keys
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.store.base import Store


class AdminParts(Struct):
    """What the rest of the application uses of administrators."""

    admins: Admins
    repository: AdminRepository
    dependencies: Mapping[str, object]
    """What routes ask for, by name."""


def admin_parts(
    *, settings: Settings, clock: Clock, store: Store, keys: Keys, rates: Rates, people: AccountParts
) -> AdminParts:
    """The whole domain over a store."""
    repository = AdminRepository(store)
    admins = Admins(
        settings=settings,
        clock=clock,
        keys=keys,
        passwords=people.passwords,
        common=common_passwords(),
        repository=repository,
        rates=rates,
    )
    decisions = Decisions(admins, people.deletions)
    return AdminParts(admins=admins, repository=repository, dependencies={"admins": admins, "decisions": decisions})
