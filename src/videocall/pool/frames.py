"""Which servers of the pool may stand in a frame of the page of a meeting."""

from collections.abc import Awaitable, Callable

from videocall.meetings.codes import read_code
from videocall.meetings.model import Meeting
from videocall.pool.service import Pool
from videocall.store.base import StoreUnavailable


class Frames:
    """What the content security policy of a meeting's page is made of."""

    def __init__(self, pool: Pool, meeting: Callable[[str], Awaitable[Meeting | None]]) -> None:
        self._pool = pool
        self._meeting = meeting

    async def of(self, code: str) -> set[str]:
        """Every server that a meeting may move to while the page is open, and the one that it is on.

        Empty while the pool is, so that nothing is looked up where nobody needs it; and without the store, so that the
        page can still say what is wrong.
        """
        try:
            servers = set(await self._pool.embeddable())
            plain = read_code(code)
            if servers and plain and (meeting := await self._meeting(plain)) and meeting.server:
                servers.add(meeting.server)
        except StoreUnavailable:
            return set()
        return servers
