"""Visitors of one test, and what they all are held to."""

import asyncio
import re
from contextlib import suppress
from typing import Any

from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError

from e2e.site_process import SiteProcess
from e2e.visitor import RESULTS, Send, Visitor


class Arrivals:
    """Makes visitors for one test, and looks back at its end whether any page did what no page may do."""

    def __init__(self, browser: Browser, site: SiteProcess) -> None:
        self._browser = browser
        self._site = site
        self._visitors: list[Visitor] = []
        # A server of the test's own may be gone a moment before its pages, which still ask it for something.
        self._forgiven: list[re.Pattern[str]] = [re.compile("ERR_CONNECTION_REFUSED")]

    async def __call__(
        self, name: str, *, browser: Browser | None = None, site: SiteProcess | None = None, **options: Any
    ) -> Visitor:
        """A new person; `options` are those of playwright's `Browser.new_context`."""
        visitor = await Visitor.arrive(browser or self._browser, (site or self._site).address, name, **options)
        return self.watch(visitor)

    async def meeting(
        self,
        host: str,
        *guests: str,
        site: SiteProcess | None = None,
        send: Send = Send.ALL,
        screen: dict[str, Any] | None = None,
        **wish: Any,
    ) -> tuple[dict[str, Any], list[Visitor]]:
        """A new meeting with these people in it, who see each other's names; `screen` as for `__call__`."""
        site = site or self._site
        created = await site.create(guest={"name": host}, **wish)
        people = [await self(name, site=site, **(screen or {})) for name in (host, *guests)]
        await people[0].host(created, send=send)
        await asyncio.gather(*(guest.join(created["code"], send=send) for guest in people[1:]))
        for person in people:
            await person.sees_only(*(other.name for other in people if other is not person))
        return created, people

    def watch(self, visitor: Visitor) -> Visitor:
        self._visitors.append(visitor)
        return visitor

    def forgive(self, pattern: str) -> None:
        """This test provokes such words on the console."""
        self._forgiven.append(re.compile(pattern))

    async def look_back(self) -> list[str]:
        """What pages did that no page may do, without what is forgiven."""
        trouble = []
        for visitor in self._visitors:
            trouble += [f"{visitor.name}: content security policy: {one}" for one in await visitor.violations()]
            trouble += [f"{visitor.name}: {line}" for line in visitor.trouble]
        return [line for line in trouble if not any(pattern.search(line) for pattern in self._forgiven)]

    async def take_pictures(self, test: str) -> None:
        for number, visitor in enumerate(self._visitors):
            with suppress(PlaywrightError):  # a closed page, or one that is too busy for a picture
                path = RESULTS / "failed" / f"{test}-{number}-{visitor.name}.png"
                await visitor.page.screenshot(path=path, timeout=5000)

    async def depart(self) -> None:
        """Close every page: one that is left open goes on sending, and starves the next test."""
        await asyncio.gather(*(context.close() for context in {visitor.page.context for visitor in self._visitors}))
