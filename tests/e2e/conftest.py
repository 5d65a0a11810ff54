"""One server and one Chromium for the whole folder; each visitor has storage of their own, and is watched."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserType, async_playwright

from e2e.browsers import start_meeting_chromium
from e2e.site_process import SiteProcess
from e2e.visitor import Visitor

HERE = Path(__file__).parent
RESULTS = Path("test-results")

FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:  # browser and server live as long as the session, and so does their loop
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:  # noqa: ARG001 -- the hook's signature
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[BrowserType]:
    async with async_playwright() as playwright:
        yield playwright.chromium


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: BrowserType) -> AsyncIterator[Browser]:
    browser = await start_meeting_chromium(chromium)
    yield browser
    await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SiteProcess]:
    """The server that all tests share who do not need one for themselves."""
    site = SiteProcess(tmp_path_factory.mktemp("site"), empty_after_seconds=600)
    await site.start()
    yield site
    await site.close()


@pytest_asyncio.fixture(loop_scope="session")
async def quick_site(tmp_path: Path) -> AsyncIterator[SiteProcess]:
    """A server that loses patience with empty and silent meetings within seconds."""
    site = SiteProcess(
        tmp_path / "site",
        heartbeat_seconds=0.5,
        reconnect_grace_seconds=3,
        presence_write_seconds=0.2,
        sweep_seconds=0.2,
        abandoned_after_seconds=4,
        empty_after_seconds=1,
    )
    await site.start()
    yield site
    await site.close()


class Arrivals:
    """Makes visitors for one test, and looks back at its end whether any page did what no page may do."""

    def __init__(self, browser: Browser, site: SiteProcess) -> None:
        self._browser = browser
        self._site = site
        self._visitors: list[Visitor] = []
        self._forgiven: list[re.Pattern[str]] = []

    async def __call__(
        self, name: str, *, browser: Browser | None = None, site: SiteProcess | None = None, **options: Any
    ) -> Visitor:
        """A new person; `options` are those of playwright's `Browser.new_context`."""
        visitor = await Visitor.arrive(browser or self._browser, (site or self._site).address, name, **options)
        return self.watch(visitor)

    async def meeting(
        self, host: str, *guests: str, site: SiteProcess | None = None, devices: bool = True, **wish: Any
    ) -> tuple[dict[str, Any], list[Visitor]]:
        """A new meeting with these people in it, who see each other's names; without `devices` they send nothing."""
        site = site or self._site
        created = await site.create(guest={"name": host}, **wish)
        people = [await self(name, site=site) for name in (host, *guests)]
        await people[0].host(created, devices=devices)
        await asyncio.gather(*(guest.join(created["code"], devices=devices) for guest in people[1:]))
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
            if not visitor.page.is_closed():
                violations = await visitor.page.evaluate("window.recorder?.violations ?? []")
                trouble += [f"{visitor.name}: content security policy: {violation}" for violation in violations]
            trouble += [f"{visitor.name}: {line}" for line in visitor.trouble]
        return [line for line in trouble if not any(pattern.search(line) for pattern in self._forgiven)]

    async def take_pictures(self, test: str) -> None:
        for number, visitor in enumerate(self._visitors):
            if not visitor.page.is_closed():
                await visitor.page.screenshot(path=RESULTS / "failed" / f"{test}-{number}-{visitor.name}.png")

    async def depart(self) -> None:
        for context in {visitor.page.context for visitor in self._visitors}:
            await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def arrive(browser: Browser, site: SiteProcess, request: pytest.FixtureRequest) -> AsyncIterator[Arrivals]:
    arrivals = Arrivals(browser, site)
    yield arrivals
    trouble = await arrivals.look_back()
    if request.node.stash.get(FAILED, False):
        await arrivals.take_pictures(request.node.name)
        print(site.log())  # noqa: T201 -- pytest shows it beside the failure
    await arrivals.depart()
    assert trouble == []
