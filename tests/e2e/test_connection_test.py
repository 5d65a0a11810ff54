"""The page /test: what it finds out without a relay, with a real one, and where UDP does not get through."""

import re
from pathlib import Path

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.turn_server import turn_server
from e2e.visitor import Visitor

SECRET = "shared between coturn and the site"
DEAF = "turn:127.0.0.1:9?transport=udp"
"""Nobody is there."""


async def finds(visitor: Visitor, verdict: str, way: str) -> None:
    await visitor.sees(verdict)
    for name, words in (("Way to this site", "ms"), ("Ways for sound", way), ("Speed", "Mbit/s")):
        row = visitor.page.get_by_role("listitem").filter(has_text=name)
        await expect(row).to_contain_text(words)


async def test_the_test_page_says_what_works(arrive: Arrivals, site: SiteProcess, tmp_path: Path) -> None:
    meeting = await site.create()
    ada = await arrive("Ada")
    await ada.open_meeting(meeting["code"])
    async with ada.page.context.expect_page() as opened:
        await ada.page.get_by_role("link", name="Test camera, sound and connection").click()
    test = await opened.value
    await expect(test.get_by_text("You are ready for a meeting.")).to_be_visible()
    await expect(test.get_by_role("combobox", name="Camera")).to_have_value(re.compile("."))
    await expect(test.get_by_role("listitem").filter(has_text="Ways for sound")).to_contain_text("straight only")
    async with turn_server(tmp_path, SECRET) as udp:
        tcp = udp.replace("transport=udp", "transport=tcp")
        for turn, verdict, way in (
            (f"{udp},{tcp}", "You are ready for a meeting.", "UDP"),
            (f"{DEAF},{tcp}", "Meetings work, with some limits.", "TCP only"),
        ):
            relayed = SiteProcess(tmp_path / way, turn_urls=turn, turn_secret=SECRET)
            await relayed.start()
            try:
                ben = await arrive("Ben", site=relayed)
                await ben.open("/test")
                await finds(ben, verdict, way)
            finally:
                await relayed.close()
