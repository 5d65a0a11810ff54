"""The console's page of pool servers, from the first check to the removal, on a real Prosody."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.visitor import Visitor
from jitsi_target import JitsiTarget
from people import PASSWORD

FIVE_MINUTES = "It ends embedded meetings after five minutes (disableIframeAPI)."


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def target(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[JitsiTarget]:
    jitsi = JitsiTarget(tmp_path_factory.mktemp("jitsi") / "target")
    await jitsi.start()
    yield jitsi
    await jitsi.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def pool_site(tmp_path: Path, target: JitsiTarget) -> AsyncIterator[SiteProcess]:
    """A server that may look at this machine, with the administrator `root`."""
    site = SiteProcess(tmp_path / "site", pool_private_addresses=True, pool_ca=target.ca_file, pool_probe_seconds=1)
    await site.make_admin("root")
    await site.start()
    yield site
    await site.close()


async def test_an_administrator_keeps_the_pool_in_the_console(
    arrive: Arrivals, pool_site: SiteProcess, target: JitsiTarget
) -> None:
    root = arrive.watch(await Visitor.another_tab((await arrive("Root")).page.context, pool_site.address, "Root"))
    arrive.forgive("Failed to load resource: the server responded with a status of 4")
    page, domain = root.page, target.domain("healthy, with a focus")
    await root.open("/admin/servers")
    await page.get_by_label("Name").fill("root")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await root.press("Sign in")
    await root.sees("The pool is empty")

    await root.press("Add server")
    form = page.get_by_role("dialog", name="Add server")
    await form.get_by_label("Domain").fill(target.domain("five minutes"))
    await form.get_by_role("button", name="Check").click()
    await expect(form.get_by_role("status")).to_contain_text(FIVE_MINUTES)
    await form.get_by_label("Operator").fill("Digital club")
    await form.get_by_label("Country").fill("de")
    await form.get_by_role("button", name="Add server").click()
    await expect(form.get_by_label("Domain")).to_have_accessible_description(FIVE_MINUTES)
    await form.get_by_label("Domain").fill(domain)
    await form.get_by_role("button", name="Add server").click()

    row = page.get_by_role("row").filter(has_text=domain)
    await expect(row).to_contain_text("Healthy")
    await expect(row).to_contain_text("Digital club, Germany")
    await expect(row).to_contain_text("0 of 20")
    for act, state in (("Drain", "Draining"), ("Stop draining", "Healthy"), ("Probe now", "Healthy")):
        await root.press(f"What to do with {domain}")
        await root.press(act)
        await expect(row).to_contain_text(state)
    await root.press(f"What to do with {domain}")
    await root.press("Edit")
    form = page.get_by_role("dialog", name=domain)
    await form.get_by_label("Most meetings").fill("3")
    await form.get_by_role("button", name="Save").click()
    await expect(row).to_contain_text("0 of 3")

    await page.get_by_role("link", name=domain).click()
    await expect(page.get_by_role("heading", name=domain)).to_be_visible()
    await root.sees("It has neither fallen nor failed anybody")
    await page.get_by_role("link", name="Servers").last.click()
    await root.press(f"What to do with {domain}")
    await root.press("Switch off")
    ask = page.get_by_role("dialog", name="Switch off")
    await expect(ask).to_contain_text("0 meetings on it")
    await ask.get_by_role("button", name="Switch off").click()
    await expect(row).to_contain_text("Off")
    await root.press(f"What to do with {domain}")
    await root.press("Remove")
    await page.get_by_role("dialog", name="Remove").get_by_role("button", name="Remove").click()
    await root.sees("The pool is empty")
    await root.open("/admin/audit")
    for done in ("Removed a server", "Changed a server", "Probed a server", "Added a server"):
        await expect(page.get_by_role("cell").filter(has_text=done).first).to_be_visible()
