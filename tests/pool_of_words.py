"""A pool whose servers are only said to be up or down: for what meetings do about it."""

from typing import Any

from people import part
from running_server import LiveClient, RunningServer, until
from videocall.pool.model import Allowance, Finding, Health, PoolServer
from videocall.pool.service import Pool

ONE, TWO, THREE = "one.example", "two.example", "three.example:8443"


class Verdicts:
    """What a probe finds of each server; up unless a test says otherwise."""

    def __init__(self) -> None:
        self.down: set[str] = set()
        self.logins: set[str] = set()
        """Those that want people to log in."""
        self.asked: list[str] = []

    async def probe(self, domain: str, *, seconds: float, thorough: bool = False) -> Finding:  # noqa: ARG002
        self.asked.append(domain)
        if domain in self.logins:
            return Finding(ok=False, level="xmpp", reason="It wants a login.", allows=Allowance(login_needed=True))
        ok = domain not in self.down
        return Finding(ok=ok, level="web", reason="" if ok else "It does not answer.")


async def fill(server: RunningServer, *domains: str, verdicts: Verdicts | None = None) -> Verdicts:
    """Put servers into the pool of a site; the first one is chosen while it can be.

    It is a lottery still, of 10^9 tickets to one: at 1,000 to one, a run of all tests lost it now and then.
    """
    pool: Pool = part(server, "pool")
    verdicts = verdicts or Verdicts()
    pool._prober = verdicts  # noqa: SLF001 -- nothing else of it is made up
    for number, domain in enumerate(domains):
        await pool._repository.add(  # noqa: SLF001 -- `Keeping.add` looks at the real server first
            PoolServer(
                domain=domain,
                operator=f"Club {number}",
                country="DE",
                added_at=server.clock.now(),
                weight=10**9 if number == 0 else 1,
                health=Health(state="up", since=server.clock.now()),
            )
        )
    return verdicts


async def bring_down(server: RunningServer, verdicts: Verdicts, domain: str) -> None:
    """A server dies, and the pool has seen it."""
    verdicts.down.add(domain)
    pool: Pool = part(server, "pool")
    for _ in range(3):
        await pool.check(domain)


async def moved(client: LiveClient, epoch: int) -> dict[str, Any]:
    """Wait until somebody is told that the meeting is in an epoch; the meeting then."""
    while True:
        meeting: dict[str, Any] = (await client.next("meeting_changed"))["meeting"]
        if meeting["epoch"] >= epoch:
            assert meeting["epoch"] == epoch
            return meeting


def shut(meeting: dict[str, Any]) -> dict[str, Any]:
    """What everybody is told of a meeting but the opener, who alone may go into its place."""
    assert not meeting["place"]["open"]
    return {**meeting, "place": {**meeting["place"], "room": "", "password": ""}}


async def record(server: RunningServer, meeting: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The moves of a meeting, as its creator sees them."""
    moves = (await server.view(meeting))["moves"]
    return [(move["epoch"], move["from"], move["to"], move["reason"]) for move in moves]


async def in_place(server: RunningServer, meeting: dict[str, Any], *clients: LiveClient) -> None:
    """Everybody says that they are in the place of the present epoch."""
    epoch = (await server.view(meeting))["moves"]
    number = epoch[-1]["epoch"] if epoch else 0
    for client in clients:
        await client.answer("engine_status", epoch=number, state="joined")


async def is_recorded(server: RunningServer, meeting: dict[str, Any], *moves: tuple[Any, ...]) -> None:
    """Wait until the record says so."""
    await until(lambda: record(server, meeting), lambda seen: seen == list(moves))
