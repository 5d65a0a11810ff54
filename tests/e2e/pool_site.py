"""A server with a pool of stand-in Jitsi servers, and people in meetings on them."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import FrameLocator, expect

from e2e.arrivals import Arrivals
from e2e.balancer import balancer
from e2e.site_process import SiteProcess
from e2e.visitor import Send, Visitor
from e2e.waiting import PATIENCE, eventually
from jitsi.stand_in import StandInServer, authority, stand_ins
from people import PASSWORD
from redis_server import RedisServer

EXPECTED = [
    r"request to another host: (https|wss)://127\.0\.0\.1:\d+/",  # the one exception: who carries the meeting
    r"WebSocket connection to 'wss://127\.0\.0\.1:\d+/",
    r"127\.0\.0\.1:\d+/",  # what the console says of pages that are not ours
    "ERR_CONNECTION_(REFUSED|RESET|CLOSED)",
    "Connection closed before receiving a handshake response",  # by the one address in front
]
QUICK = {"pool_probe_seconds": 1, "heartbeat_seconds": 1, "presence_write_seconds": 0.2, "sweep_seconds": 0.2}


class PoolSite:
    """The site, its pool, and the one browser that people come with."""

    def __init__(self, site: SiteProcess, servers: list[StandInServer]) -> None:
        self.site = site
        self.servers = servers
        self._arrive: Arrivals

    async def fill(self) -> None:
        """Take all servers into the pool, as an administrator: quicker than a command for each."""
        await self.site.make_admin("root")
        await self._administer("POST", "login", name="root", password=PASSWORD)
        await asyncio.gather(*(self._add(server) for server in self.servers))

    async def forgive(self, server: StandInServer) -> None:
        """Whatever was held against a server is forgotten, as by whoever takes it out and in again."""
        await self._administer("DELETE", f"servers/{server.domain}")
        await self._add(server)

    async def _add(self, server: StandInServer) -> None:
        operator = f"Operator {self.servers.index(server)}"
        await self._administer("POST", "servers", domain=server.domain, operator=operator, country="DE")

    async def _administer(self, method: str, path: str, **body: Any) -> None:
        answer = await self.site.http.request(
            method, f"/api/admin/{path}", json=body or None, headers={"Origin": self.site.address}, timeout=PATIENCE
        )
        assert answer.is_success, answer.text

    async def receive(self, arrive: Arrivals) -> "PoolSite":
        """For one test: whoever it brings, and servers that are whole."""
        self._arrive = arrive
        for pattern in EXPECTED:
            arrive.forgive(pattern)
        for server in self.servers:
            if not server.running:
                await server.start()
            await server.break_down(None)
        return self

    async def come(self, name: str, **options: Any) -> Visitor:
        """Somebody whose browser trusts the stand-ins."""
        return await self._arrive(name, site=self.site, ignore_https_errors=True, **options)

    async def meeting(
        self, *names: str, send: Send = Send.NOTHING, **wish: Any
    ) -> tuple[dict[str, Any], list[Visitor]]:
        """A new meeting of the first, with the others in it."""
        created = await self.site.create(guest={"name": names[0]}, **wish)
        people = [await self.come(name) for name in names]
        await people[0].host(created, send=send)
        await asyncio.gather(*(guest.join(created["code"], send=send) for guest in people[1:]))
        return created, people

    async def on(self, server: StandInServer, *people: Visitor, seconds: float = PATIENCE) -> None:
        """All of them, and nobody else, are in one room of this server, and in no other room."""
        names = sorted(person.name for person in people)

        async def check() -> None:
            assert await server.rooms() == [names]

        await eventually(check, seconds)
        for person in people:
            await person.is_in("live", seconds)
            await expect(person.page.locator("iframe[data-engine=jitsi]")).to_have_attribute(
                "data-server", server.domain
            )

    async def where(self, *people: Visitor, seconds: float = PATIENCE) -> StandInServer:
        """The server that has all of them together in one room."""
        names = sorted(person.name for person in people)

        async def check() -> StandInServer:
            found = {server: await server.rooms() for server in self.servers if server.running}
            together = [server for server, rooms in found.items() if rooms == [names]]
            assert len(together) == 1, [*found.values()]
            assert not any(rooms for server, rooms in found.items() if server is not together[0])
            return together[0]

        there = await eventually(check, seconds)
        await self.on(there, *people)
        return there


def stage(person: Visitor) -> FrameLocator:
    """What the page of the server shows to somebody."""
    return person.page.frame_locator("iframe[data-engine=jitsi]")


async def sees_there(person: Visitor, *people: str) -> None:
    """These are on the page of the server, in any order; words after a name say what is off (`Ada, muted`)."""
    for one in people:
        await expect(stage(person).locator("figure").filter(has_text=re.compile(f"^{re.escape(one)}$"))).to_have_count(
            1
        )
    await expect(stage(person).locator("figure")).to_have_count(len(people))


async def _processes(folder: Path, count: int, options: dict[str, Any], stack: AsyncExitStack) -> SiteProcess:
    """One site in so many processes, as `test_across_processes.py` has it; the first of them speaks for it."""
    if count == 1:
        site = SiteProcess(folder / "site", **options)
        stack.push_async_callback(site.close)
        await site.start()
        return site
    redis = RedisServer(folder)
    stack.push_async_callback(redis.stop)
    await redis.start()
    front = await stack.enter_async_context(balancer())
    shared = {**options, "redis_url": redis.url, "site_url": front.address}
    first = SiteProcess(folder / "site", **shared)
    shared |= {"store": first.store_url, "data": first.folder / "data"}
    sites = [first, *(SiteProcess(folder / f"site{number}", **shared) for number in range(1, count))]
    for site in sites:
        stack.push_async_callback(site.close)
        await site.start()
    front.serve([site.address for site in sites])
    first.address = front.address
    return first


@asynccontextmanager
async def pool_site(
    folder: Path,
    arrive: Arrivals | None = None,
    servers: int = 2,
    seconds: dict[str, float] | None = None,
    processes: int = 1,
    **settings: object,
) -> AsyncIterator[PoolSite]:
    """Run one, with so many servers in its pool."""
    options: dict[str, Any] = {
        **QUICK,
        "pool_private_addresses": "true",
        "pool_ca": authority().authority,
        **settings,
    }
    async with stand_ins(servers, **(seconds or {})) as pool, AsyncExitStack() as stack:
        site = await _processes(folder, processes, options, stack)
        found = PoolSite(site, pool)
        await found.fill()
        yield await found.receive(arrive) if arrive else found
