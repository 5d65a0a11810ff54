"""Puts the parts of this domain together, for `videocall.app`."""

import contextlib
from collections.abc import AsyncIterator, Mapping

from msgspec import Struct

from videocall.accounts.by_mail import ByMail
from videocall.accounts.challenges import Challenges
from videocall.accounts.credentials import CredentialRepository
from videocall.accounts.deletion import Deletions
from videocall.accounts.export import Exports
from videocall.accounts.letters import Letters
from videocall.accounts.passkeys import Passkeys
from videocall.accounts.passwords import Passwords, common_passwords
from videocall.accounts.pictures import Pictures
from videocall.accounts.repository import AccountRepository
from videocall.accounts.second_factor import SecondFactor
from videocall.accounts.service import Accounts
from videocall.accounts.single_sign_on import SingleSignOn
from videocall.accounts.tokens import UserTokens
from videocall.accounts.upkeep import AccountUpkeep
from videocall.clock import Clock
from videocall.keys import Keys
from videocall.leases import Lease
from videocall.mail.service import Mailer
from videocall.meetings.history import History
from videocall.meetings.repository import MeetingRepository
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.store.base import Store


class AccountParts(Struct):
    """What the rest of the application uses of accounts."""

    accounts: Accounts
    deletions: Deletions
    exports: Exports
    dependencies: Mapping[str, object]
    """What routes ask for, by name."""
    repository: AccountRepository
    credentials: CredentialRepository
    upkeep: AccountUpkeep
    by_mail: ByMail
    passwords: Passwords
    pictures: Pictures
    letters: Letters

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work inside this context, and finish what was begun at its end."""
        try:
            async with self.upkeep.running():
                yield
            await self.by_mail.close()
        finally:
            self.passwords.close()
            self.pictures.close()


def account_parts(
    *,
    settings: Settings,
    clock: Clock,
    store: Store,
    keys: Keys,
    rates: Rates,
    mailer: Mailer,
    meetings: MeetingRepository,
    history: History,
) -> AccountParts:
    """The whole domain over a store."""
    repository = AccountRepository(store)
    passwords = Passwords(settings.bcrypt_cost, settings.password_queue)
    letters = Letters(settings=settings, clock=clock, keys=keys, repository=repository, mailer=mailer)
    second_factor = SecondFactor(clock=clock, keys=keys, repository=repository, rates=rates)
    accounts = Accounts(
        settings=settings,
        clock=clock,
        keys=keys,
        tokens=UserTokens(keys, clock),
        passwords=passwords,
        common=common_passwords(),
        repository=repository,
        second_factor=second_factor,
        letters=letters,
        rates=rates,
    )
    by_mail = ByMail(
        settings=settings,
        clock=clock,
        keys=keys,
        accounts=accounts,
        repository=repository,
        letters=letters,
        rates=rates,
    )
    pictures = Pictures(settings.data, accounts, repository, rates)
    credentials = CredentialRepository(store)
    exports = Exports(
        clock=clock,
        accounts=accounts,
        pictures=pictures,
        repository=repository,
        credentials=credentials,
        history=history,
        rates=rates,
    )
    deletions = Deletions(
        clock=clock,
        repository=repository,
        credentials=credentials,
        meetings=meetings,
        pictures=pictures,
        letters=letters,
        mailer=mailer,
        by_mail=by_mail,
    )
    challenges = Challenges(clock, keys, credentials)
    passkeys = Passkeys(
        settings=settings,
        clock=clock,
        accounts=accounts,
        users=repository,
        repository=credentials,
        challenges=challenges,
        letters=letters,
        rates=rates,
    )
    single_sign_on = SingleSignOn(
        settings=settings,
        clock=clock,
        keys=keys,
        accounts=accounts,
        second_factor=second_factor,
        users=repository,
        repository=credentials,
        challenges=challenges,
        rates=rates,
    )
    return AccountParts(
        accounts=accounts,
        deletions=deletions,
        exports=exports,
        dependencies={
            "accounts": accounts,
            "by_mail": by_mail,
            "deletions": deletions,
            "exports": exports,
            "letters": letters,
            "passkeys": passkeys,
            "pictures": pictures,
            "second_factor": second_factor,
            "single_sign_on": single_sign_on,
        },
        repository=repository,
        credentials=credentials,
        upkeep=AccountUpkeep(deletions, Lease(store, "accounts")),
        by_mail=by_mail,
        passwords=passwords,
        pictures=pictures,
        letters=letters,
    )
