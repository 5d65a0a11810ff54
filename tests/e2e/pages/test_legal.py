"""A legal document from the console to its reader: hostile text stays text in the preview and on the page."""

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.test_accessibility import has_no_barriers
from e2e.test_screens import SCREENS
from people import PASSWORD

HOSTILE = "## 1. New\n\nHello <img src=x onerror=alert(1)> [there](javascript:alert(1))"


async def test_an_administrator_publishes_what_people_read(arrive: Arrivals, site: SiteProcess) -> None:
    await site.make_admin("lawyer")
    arrive.forgive("status of 401")
    admin = await arrive("Lawyer", **SCREENS["desktop"])
    await admin.open("/admin/legal")
    await admin.textbox("Name").fill("lawyer")
    await admin.page.get_by_label("Password", exact=True).fill(PASSWORD)
    await admin.press("Sign in")
    await admin.page.get_by_label("Text (Markdown)").fill(HOSTILE)
    await expect(admin.page.locator("article").get_by_text("Hello <img src=x onerror=alert(1)>")).to_be_visible()
    await has_no_barriers(admin, "the legal editor")
    await admin.press("Publish …")
    await admin.page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    await expect(admin.page.get_by_role("link", name="1.1", exact=True)).to_be_visible()

    reader = await arrive("Reader")
    await reader.open("/legal/privacy")
    await expect(reader.page.get_by_text("Version 1.1 · in effect since")).to_be_visible()
    await expect(reader.page.locator("article").get_by_text("Hello <img src=x onerror=alert(1)>")).to_be_visible()
    assert await reader.page.locator("article :is(img, script, a[href^=javascript])").count() == 0
    await has_no_barriers(reader, "the privacy policy")
