"""What people in a meeting are told of where its media is."""

from videocall.keys import Keys
from videocall.live.room import Change, move
from videocall.live.state import Place, ServerRefusal
from videocall.meetings.model import Meeting, ServerView
from videocall.pool.service import Pool
from videocall.settings import Settings

_LETTERS = 32


class Places:
    """Makes the room and its password on a server from a secret: nobody can guess those of the next epoch."""

    def __init__(self, *, settings: Settings, keys: Keys, pool: Pool) -> None:
        self._settings = settings
        self._keys = keys
        self._pool = pool

    async def of(self, meeting: Meeting, *, opened: bool = False) -> Place | None:
        """Where the media of a meeting is; None while it goes from browser to browser, or waits for a server."""
        if meeting.carrier == "direct" or meeting.server is None:
            return None
        server = await self.server(meeting.server)
        return Place(
            server=server.domain,
            operator=server.operator,
            country=server.country,
            room=self._derived("rooms on servers of the pool", meeting),
            password=self._derived("passwords on servers of the pool", meeting),
            open=opened,
        )

    def _derived(self, purpose: str, meeting: Meeting) -> str:
        return self._keys.fingerprint(purpose, f"{meeting.code} {meeting.epoch}")[:_LETTERS]

    async def server(self, domain: str) -> ServerView:
        """Who operates a server, and where; both empty when it is no longer in the pool."""
        server = await self._pool.server(domain)
        return ServerView(
            domain=domain, operator=server.operator if server else "", country=server.country if server else ""
        )

    def limit(self, meeting: Meeting) -> int:
        """How many people there is room for."""
        return self._settings.direct_limit if meeting.carrier == "direct" else self._settings.pool_limit

    async def shown(self, meeting: Meeting) -> Change:
        """What brings a room to where its meeting is."""
        place = await self.of(meeting)
        return move(
            meeting.epoch,
            engine=meeting.carrier,
            limit=self.limit(meeting),
            place=place,
            refusal=refusal(meeting),
        )


def refusal(meeting: Meeting) -> ServerRefusal | None:
    """The server that a meeting has just left because that kept people out by itself; None after any other move."""
    last = meeting.moves[-1] if meeting.moves else None
    return ServerRefusal(server=last.origin, how=last.refusal) if last and last.origin and last.refusal else None
