"""Captions that the speaker's own browser makes.

Debian's Chromium has no recogniser of speech in it (the last test is that), so one stands in on the speaker's page.
Everything from there on is real.
"""

from typing import Any

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.speech import can_be_captioned
from e2e.visitor import Send, Visitor
from e2e.waiting import eventually


async def listens(visitor: Visitor, count: int) -> None:
    """So many recognisers run on this page."""

    async def check() -> None:
        assert await visitor.page.evaluate("ears.size") == count

    await eventually(check)


async def test_who_reads_captions_gets_what_the_browsers_of_others_make(arrive: Arrivals, site: SiteProcess) -> None:
    created: dict[str, Any] = await site.create()
    ada, ben = await arrive("Ada"), await can_be_captioned(await arrive("Ben"))
    await ada.host(created, send=Send.NOTHING)
    await ben.join(created["code"], send=Send.SOUND)
    await ada.sees_only("Ben")
    await listens(ben, 0)

    await ada.press("More")
    await ada.press("Captions")
    captions = ada.page.get_by_role("region", name="Captions")
    await expect(captions).to_be_visible()
    await ben.sees("Your words are shown as captions")
    await listens(ben, 1)
    await ben.page.evaluate("hear('the walrus sits', false)")
    await expect(captions).to_contain_text("Ben the walrus sits")
    await ben.page.evaluate("hear('The walrus sits on the fence.', true)")
    await expect(captions.get_by_role("log")).to_contain_text("Ben: The walrus sits on the fence.")
    await ada.shoot("captions")
    await ben.shoot("captions-speaker")
    await expect(ben.page.get_by_role("region", name="Captions")).to_have_count(0)

    # Nobody listens to who is muted, nor to who does not want it, nor when nobody reads.
    await ben.press("Turn off microphone")
    await listens(ben, 0)
    await ben.press("Turn on microphone")
    await listens(ben, 1)
    await ben.press("Do not caption me")
    await listens(ben, 0)
    await ben.press("More")
    await ben.press("Camera and sound")
    await ben.page.get_by_role("switch", name="Captions of what I say").check()
    await ben.page.keyboard.press("Escape")
    await listens(ben, 1)
    await ada.press("More")
    await ada.press("Captions off")
    await expect(captions).to_have_count(0)
    await listens(ben, 0)

    for person in (ada, ben):
        assert not [frame for frame in person.sent + person.received + person.posted if "walrus" in frame]


async def test_a_browser_that_cannot_make_captions_says_so(arrive: Arrivals) -> None:
    """This one, as it is."""
    _, (ada, ben) = await arrive.meeting("Ada", "Ben", send=Send.SOUND)
    await ada.press("More")
    await ada.press("Captions")
    await ada.sees("This browser shows captions of others, but cannot make them of what you say.")
    await ben.receives_more_of(await ada.id(), picture=False)
    await expect(ben.page.get_by_text("Your words are shown as captions")).to_have_count(0)
