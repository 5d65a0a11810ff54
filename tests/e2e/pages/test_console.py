"""The console on a store of 5,000 users and 100,000 meetings: every page, on desktop and phone, by an administrator."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.test_accessibility import has_no_barriers
from e2e.test_screens import SCREENS
from e2e.visitor import Visitor
from people import PASSWORD
from seeded import seed
from videocall.store.opening import open_store


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def full_site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SiteProcess]:
    """A server with much in it and one administrator; its live meetings stay live."""
    site = SiteProcess(tmp_path_factory.mktemp("full"), abandoned_after_seconds=86400)
    await site.start()
    store = open_store(site.store_url, site.folder)
    await store.open()
    await seed(store, datetime.now(UTC).replace(microsecond=0))
    await store.close()
    await site.make_admin("root")
    yield site
    await site.close()


async def signed_in(admin: Visitor) -> None:
    await admin.open("/admin")
    await admin.textbox("Name").fill("root")
    await admin.page.get_by_label("Password", exact=True).fill(PASSWORD)
    await admin.press("Sign in")
    await expect(admin.button("Sign out")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def admin(arrive: Arrivals, full_site: SiteProcess) -> Visitor:
    """An administrator at a desk, signed in."""
    arrive.forgive("status of 401")
    admin = await arrive("Root", site=full_site, **SCREENS["desktop"])
    await signed_in(admin)
    return admin


async def test_users_and_meetings_are_found_and_dealt_with(admin: Visitor) -> None:
    page = admin.page
    await expect(page.get_by_role("link", name="Meetings in all 100,000")).to_be_visible()
    await expect(page.get_by_role("img", name="Meetings by day").locator("canvas")).to_be_visible()
    await has_no_barriers(admin, "overview")

    await page.get_by_role("link", name="Users", exact=True).click()
    rows = page.get_by_role("row")
    await expect(rows).to_have_count(51)
    first = await rows.nth(1).inner_text()
    await page.get_by_role("link", name="Next page").click()
    await expect(rows.nth(1)).not_to_have_text(first)
    await page.go_back()
    await expect(rows.nth(1)).to_contain_text(first.split("\t")[0])
    await page.get_by_role("searchbox", name="Name, address or id").fill("hopper 4917")
    await expect(rows).to_have_count(2)
    assert "q=hopper+4917" in page.url
    await page.reload()
    await expect(rows).to_have_count(2)
    await has_no_barriers(admin, "users")
    await page.get_by_role("link", name="Margaret Hopper 4917").click()
    await admin.press("Switch off")
    dialog = page.get_by_role("dialog", name="Switch Margaret Hopper 4917 off?")
    await dialog.get_by_label("Notes for the audit log").fill("Asked for it")
    await has_no_barriers(admin, "a question")
    await dialog.get_by_role("button", name="Switch off").click()
    await expect(admin.button("Switch on")).to_be_visible()

    await page.get_by_role("link", name="Meetings", exact=True).click()
    await page.get_by_label("State").select_option("Live")
    await expect(rows).to_have_count(41)
    title = await rows.nth(1).get_by_role("link").inner_text()
    await rows.nth(1).get_by_role("link").click()
    await admin.press("End meeting")
    await page.get_by_role("dialog", name=f"End “{title}”?").get_by_role("button", name="End meeting").click()
    await admin.sees("By an administrator")
    await has_no_barriers(admin, "a meeting")


async def test_requests_mail_and_log_are_gone_through(admin: Visitor) -> None:
    page, rows = admin.page, admin.page.get_by_role("row")
    await page.get_by_role("link", name="Deletion requests", exact=True).click()
    await page.get_by_label("State").select_option("Waiting for you")
    await expect(page.get_by_text("Late: asked 36 days ago").first).to_be_visible()
    await has_no_barriers(admin, "requests")
    await rows.nth(1).get_by_role("link").click()
    await admin.press("Approve")
    await page.get_by_label("At once").check()
    erase = page.get_by_role("dialog").get_by_role("button", name="Erase now")
    await erase.click()
    await admin.sees("Carried out")

    await page.get_by_role("link", name="Mail queue").click()
    await page.get_by_label("State").select_option("Given up")
    await expect(rows).to_have_count(41)
    await admin.button("Drop").first.click()
    await page.get_by_role("dialog").get_by_role("button", name="Drop").click()
    await expect(rows).to_have_count(40)

    await page.get_by_role("link", name="Audit log").click()
    await page.get_by_role("searchbox").fill("account_erased")
    await expect(rows).to_have_count(2)
    await expect(rows.nth(1)).to_contain_text("Erased an account at once")
    await has_no_barriers(admin, "audit log")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Table (CSV)").click()
    path = await (await download.value).path()
    table = await asyncio.to_thread(path.read_text)
    assert table.count("\n") == 2
    assert "account_erased" in table
    await page.get_by_role("link", name="Sign-in").click()
    await expect(page.get_by_text("This one")).to_be_visible()
    await has_no_barriers(admin, "sign-in")
    await admin.press("Sign out")
    await expect(page.get_by_role("heading", name="Sign in to the console")).to_be_visible()


async def test_every_list_keeps_what_it_shows_in_its_address(admin: Visitor) -> None:
    page = admin.page
    for path, heading, choice in (
        ("users", "Name", "Active"),
        ("meetings", "Created", "Ended"),
        ("deletion-requests", "Asked", "Rejected"),
        ("rights", "Asked", "Open"),
        ("servers", "People", "Off"),
        ("legal", "Published", "Past"),
        ("regions", "Last change", "Country"),
        ("mail", "Queued", "Sent"),
        ("audit", "When", "Ended a meeting"),
        ("administrators", "Created", "no"),
    ):
        await admin.open(f"/admin/{path}")
        head = page.get_by_role("columnheader", name=heading, exact=True)
        was = await head.get_attribute("aria-sort")
        await head.get_by_role("button").click()
        # A list says how many lines it shows once they are there.
        await expect(head).to_have_attribute("aria-sort", re.compile("ending$"))
        assert await head.get_attribute("aria-sort") != was, path
        filters = page.get_by_role("combobox", name=re.compile("^(State|What|Kind|Second factor)"))
        await filters.first.select_option(choice)
        await expect(page).to_have_url(re.compile(r"sort=.+&\w+=\w+"))
        await expect(page.locator(".frame")).to_have_attribute("aria-busy", "false")
        query = page.url.partition("?")[2]
        table = page.get_by_role("link", name="Table (CSV)")
        assert sorted((await table.get_attribute("href") or "").partition("?")[2].split("&")) == sorted(
            query.split("&")
        ), path
        rows = await page.get_by_role("row").all_inner_texts()
        assert len(rows) > 1, path
        await page.reload()
        await expect(head).to_have_attribute("aria-sort", re.compile("ending$"))
        assert await page.get_by_role("row").all_inner_texts() == rows, path
        await has_no_barriers(admin, path)


async def test_every_page_of_the_console_fits_a_phone_in_the_dark(arrive: Arrivals, full_site: SiteProcess) -> None:
    arrive.forgive("status of 401")
    admin = await arrive("Root", site=full_site, color_scheme="dark", **SCREENS["phone"])
    await signed_in(admin)
    for path, words in (
        ("/admin", "Meetings by day"),
        ("/admin/users", "Next page"),
        ("/admin/users/user-004917", "Latest meetings"),
        ("/admin/meetings?status=live", "Live"),
        ("/admin/deletion-requests", "Next page"),
        ("/admin/deletion-requests/request-0001", "Carried out"),
        ("/admin/mail", "Next page"),
        ("/admin/audit", "Next page"),
        ("/admin/rights", "Next page"),
        ("/admin/servers", "Next page"),
        ("/admin/servers/meet-01.example", "What happened"),
        ("/admin/legal", "Next page"),
        ("/admin/regions", "Next page"),
        ("/admin/regions/default", "Text on buttons"),
        ("/admin/administrators", "Next page"),
        ("/admin/security", "Signed-in browsers"),
    ):
        await admin.open(path)
        await admin.sees(words)
        await admin.stands_still()
        await admin.shoot(f"console-{path.strip('/').partition('?')[0].replace('/', '-')}-phone-dark")
        width, room = await admin.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= room, f"{path} scrolls sideways: {width} > {room}"
        # The parts of the console are one line that is moved with a finger; nothing else sticks out.
        parts = await admin.page.get_by_role("navigation", name="Parts of the console").get_by_role("link").all()
        names = tuple([await part.inner_text() for part in parts])
        outside = await admin.page.evaluate("recorder.outside()")
        assert [one for one in outside if not one.startswith(names)] == [], path
        await has_no_barriers(admin, path)
