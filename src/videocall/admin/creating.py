"""`videocall admin create`: an administrator, made on the machine itself; the server may be running."""

import asyncio

from videocall.accounts.passwords import Passwords, common_passwords
from videocall.accounts.second_factor import SecondFactor
from videocall.admin.repository import AdminRepository
from videocall.admin.service import Admins
from videocall.clock import SystemClock
from videocall.keys import Keys
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.store.base import Store


def create_admin(settings: Settings, store: Store, name: str, password: str) -> str:
    """Make an administrator; the name as it is kept. Raises `InvalidBody`."""
    return asyncio.run(_create(settings, store, name, password))


async def _create(settings: Settings, store: Store, name: str, password: str) -> str:
    clock = SystemClock()
    repository, passwords = AdminRepository(store), Passwords(settings.bcrypt_cost, settings.password_queue)
    keys, rates = Keys.open(settings.data), Rates(clock)
    admins = Admins(
        settings=settings,
        clock=clock,
        keys=keys,
        passwords=passwords,
        common=common_passwords(),
        repository=repository,
        second_factor=SecondFactor(clock=clock, keys=keys, repository=repository, rates=rates),
        rates=rates,
    )
    await store.open()
    try:
        await repository.prepare()
        return (await admins.create(name, password)).name
    finally:
        passwords.close()
        await store.close()
