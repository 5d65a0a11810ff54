"""The page of a Jitsi server in a frame: each way in which one fails, and who notices it how soon.

The server's half (where a meeting goes) is played by the test: it tells a page of a place, and hears what the page
reports. `test_moves.py` shows both together.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import WebSocketRoute

from e2e.arrivals import Arrivals
from e2e.pool_site import PoolSite, pool_site, sees_there
from e2e.visitor import Send, Visitor
from e2e.waiting import eventually
from jitsi.stand_in import StandInServer


class Told:
    """One person in a meeting of their own, whose page is told of places by the test."""

    def __init__(self, person: Visitor) -> None:
        self.person = person
        self.reports: list[tuple[str, float]] = []
        """What the page said of the place it was told of, and after how many seconds."""
        self._place: dict[str, Any] = {"engine": "direct", "epoch": 0, "place": None}
        self._meeting: dict[str, Any] = {}
        self._seq = 0
        self._since = 0.0
        self._page: WebSocketRoute | None = None

    async def watch(self) -> None:
        await self.person.page.route_web_socket("**/live", self._connected)

    def _connected(self, page: WebSocketRoute) -> None:
        self._page = page
        server = page.connect_to_server()

        def down(text: str | bytes) -> None:
            message = json.loads(text)
            self._seq = max(self._seq, message.get("seq", 0))
            if "meeting" in message:
                message["meeting"].update(self._place)
                self._meeting = message["meeting"]
            page.send(json.dumps(message))

        def up(text: str | bytes) -> None:
            message = json.loads(text)
            if message["type"].startswith("engine_"):
                word = message.get("state") or message["reason"]
                self.reports.append((word, time.monotonic() - self._since))
            else:
                server.send(text)

        server.on_message(down)
        page.on_message(up)

    def tell(self, server: StandInServer, room: str) -> None:
        """A place on a server, where this person may go in at once."""
        about = {"operator": "Example", "country": "DE", "password": "secret", "open": True}
        self._place = {
            "engine": "jitsi",
            "epoch": self._place["epoch"] + 1,
            "place": {"server": server.domain, "room": room, **about},
        }
        self._since = time.monotonic()
        self._seq += 1
        assert self._page
        self._page.send(
            json.dumps({"type": "meeting_changed", "seq": self._seq, "meeting": {**self._meeting, **self._place}})
        )

    async def says(self, *words: str, seconds: float = 60) -> float:
        """The page has reported just this; seconds from being told to the last word."""

        async def check() -> float:
            assert [word for word, _ in self.reports][: len(words)] == list(words)
            return self.reports[len(words) - 1][1]

        return await eventually(check, seconds)


async def told(pool: PoolSite, name: str) -> Told:
    created = await pool.site.create()
    one = Told(await pool.come(name))
    await one.watch()
    await one.person.join(created["code"], send=Send.SOUND)
    return one


FAULTS: dict[str, tuple[list[str], float]] = {
    "refused": (["no_ready"], 20),
    "no_ready": (["no_ready"], 20),
    "login": (["ready", "login"], 10),
    "login_silent": (["ready", "not_joined"], 35),
    "never_joined": (["ready", "not_joined"], 35),
    "bridge_later": (["ready", "joined", "error"], 15),
    "old_names": (["ready", "joined"], 10),
    "new_names": (["ready", "joined"], 10),
}
"""What the page of somebody reports, and seconds within which it does on a machine that is busy."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PoolSite]:
    seconds = {"notice": 1.0, "reload": 1.0}
    async with pool_site(tmp_path_factory.mktemp("pool"), servers=len(FAULTS), seconds=seconds) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def pool(servers: PoolSite, arrive: Arrivals) -> PoolSite:
    return await servers.receive(arrive)


async def test_each_fault_is_noticed_and_reported(pool: PoolSite) -> None:
    people = [await told(pool, fault) for fault in FAULTS]
    for fault, server, one in zip(FAULTS, pool.servers, people, strict=True):
        await server.break_down(fault)
        one.tell(server, fault)

    async def noticed(one: Told, words: list[str], most: float) -> None:
        seconds = await one.says(*words)
        print(f"{one.person.name}: {words[-1]} after {seconds:.1f} s")  # noqa: T201 -- a figure for docs
        assert seconds < most
        if words[-1] == "joined":
            await one.person.is_in("live")
        else:
            await one.person.is_in("moving")

    await asyncio.gather(*(noticed(one, *FAULTS[fault]) for fault, one in zip(FAULTS, people, strict=True)))


async def test_a_dead_server_is_noticed_and_its_page_gone_before_it_loads_itself_again(pool: PoolSite) -> None:
    one = await told(pool, "Ada")
    first, second = pool.servers[:2]
    one.tell(first, "room")
    await one.says("ready", "joined")
    await sees_there(one.person, "Ada, no camera")
    await first.kill()
    await one.says("ready", "joined", "error")
    await one.person.is_in("moving")
    assert await one.person.page.locator("iframe").count() == 0
    one.tell(second, "next")
    await pool.on(second, one.person)
    assert [word for word, _ in one.reports] == ["ready", "joined", "error", "ready", "joined"]


async def test_buttons_of_ours_drive_the_page_over_there(pool: PoolSite) -> None:
    one = await told(pool, "Ada")
    one.tell(pool.servers[0], "room")
    await one.says("ready", "joined")
    await sees_there(one.person, "Ada, no camera")
    await one.person.press("Turn off microphone")
    await sees_there(one.person, "Ada, muted, no camera")
    await one.person.press("Turn on camera")
    await sees_there(one.person, "Ada, muted")
    await one.person.press("Raise hand")
    await sees_there(one.person, "Ada, muted, hand")
    await one.person.press("About " + pool.servers[0].domain)
    await one.person.sees("They are not encrypted end to end")
    assert (await pool.servers[0].state())["passwords"] == {"room": "secret"}
    await one.person.press("Leave")
    await one.person.is_in("ended")

    async def empty() -> None:
        assert await pool.servers[0].rooms() == []

    await eventually(empty)


async def test_who_comes_from_another_page_of_ours_gets_a_page_that_may_frame_the_server(pool: PoolSite) -> None:
    created = await pool.site.create()
    one = Told(await pool.come("Ada"))
    await one.watch()
    # Into the meeting without loading a page: the policy is still that of the landing page, which knows no server.
    await one.person.open("/")
    await one.person.textbox("Meeting code or link").fill(created["code"])
    async with one.person.page.expect_event("load"):  # the page of the meeting, loaded anew by itself
        await one.person.press("Join meeting")
    await one.person.is_in("prejoin")
    await one.person.textbox("Your name").fill("Ada")
    await one.person.press("Turn off camera")
    await one.person.press("Join now")
    await one.person.is_in("live")
    one.tell(pool.servers[0], "room")
    await pool.on(pool.servers[0], one.person)
    await sees_there(one.person, "Ada, no camera")
