"""One server and one Chromium for the whole folder; each visitor has storage of their own, and is watched.

What stands in `pages/` holds no call, or a silent one: those tests run two at a time, each process with a server of its
own. Everything else is marked `call` and has the machine to itself.
"""

import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserType, async_playwright

from e2e.arrivals import Arrivals
from e2e.browsers import start_meeting_chromium
from e2e.site_process import SiteProcess

HERE = Path(__file__).parent
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)  # before anything chooses by these marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:  # browser and server live as long as the session, and so does their loop
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if HERE / "pages" not in item.path.parents:
                item.add_marker(pytest.mark.call)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:  # noqa: ARG001 -- the hook's signature
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session", autouse=True)
def alone_on_this_machine() -> Iterator[None]:
    """One run of calls at a time: two of them starve each other of the cores, and both fail."""
    if "PYTEST_XDIST_WORKER" in os.environ:  # no calls among these
        yield
        return
    with (Path(tempfile.gettempdir()) / "videocall-browser-tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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


@pytest_asyncio.fixture(loop_scope="session")
async def arrive(browser: Browser, site: SiteProcess, request: pytest.FixtureRequest) -> AsyncIterator[Arrivals]:
    arrivals = Arrivals(browser, site)
    yield arrivals
    try:
        if request.node.stash.get(FAILED, False):
            print(site.log())  # noqa: T201 -- pytest shows it beside the failure
            await arrivals.take_pictures(request.node.name)
        trouble = await arrivals.look_back()
    finally:
        await arrivals.depart()
    assert not trouble, "\n".join(trouble)
