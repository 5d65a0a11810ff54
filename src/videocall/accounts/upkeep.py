"""What goes on by itself: deletions that are due are carried out, and what lapsed is removed."""

from contextlib import AbstractAsyncContextManager
from functools import partial

from videocall.accounts.deletion import Deletions
from videocall.background import going_on, repeat
from videocall.leases import Lease

_SECONDS = 60.0


class AccountUpkeep:
    """The loop of one process; of all processes the one that holds the lease works."""

    def __init__(self, deletions: Deletions, lease: Lease) -> None:
        self._deletions = deletions
        self._lease = lease

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep the loop going inside this context."""
        works = self._deletions.carry_out, self._deletions.tidy
        return going_on(self._lease.hold(partial(repeat, _SECONDS, *works)))
