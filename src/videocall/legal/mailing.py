"""Tells everybody whose address was confirmed about a material version, before it takes effect.

In batches, and from where the last one ended: a process that dies leaves the rest to the next holder of the lease. Each
letter is put under a name of its own, so that a batch which is done twice mails nobody twice.
"""

from contextlib import AbstractAsyncContextManager
from functools import partial

from videocall.accounts.model import User
from videocall.accounts.repository import AccountRepository
from videocall.background import going_on, repeat
from videocall.leases import Lease
from videocall.legal.model import LegalVersion
from videocall.legal.repository import LegalRepository
from videocall.legal.service import link
from videocall.mail.service import Mailer

BATCH = 50
"""So few at a time that letters somebody waits for, like a new password's, are never far behind."""
_SECONDS = 5.0


class LegalMailing:
    """The loop of one process; of all processes the one that holds the lease works."""

    def __init__(
        self, *, repository: LegalRepository, users: AccountRepository, mailer: Mailer, lease: Lease, site: str
    ) -> None:
        self._repository = repository
        self._users = users
        self._mailer = mailer
        self._lease = lease
        self._site = site

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep the loop going inside this context."""
        return going_on(self._lease.hold(partial(repeat, _SECONDS, self.tell_some)))

    async def tell_some(self) -> int:
        """Queue the next letters of every version that is being told of; how many."""
        queued = 0
        for version in await self._repository.mailing():
            people = await self._users.verified_after(version.mailed_after, BATCH)
            for person in people:
                await self._tell(version, person)
            after = people[-1].id if people else version.mailed_after
            await self._repository.mailed(version, after, done=len(people) < BATCH)
            queued += len(people)
        return queued

    async def _tell(self, version: LegalVersion, person: User) -> None:
        await self._mailer.put(
            "legal-change",
            person.email,
            language=person.language,
            once=f"legal {version.id}",
            name=person.first_name,
            title=version.title,
            summary=version.summary,
            day=version.effective_on,
            link=link(self._site, version.kind, version.version, await self._before(version)),
        )

    async def _before(self, version: LegalVersion) -> str:
        versions = await self._repository.versions(version.kind)
        return next((one.version for one in versions if one.serial < version.serial), version.version)
