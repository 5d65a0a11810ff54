"""Browsers without camera and microphone, and people who say no."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, BrowserType, expect

from e2e.arrivals import Arrivals
from e2e.browsers import FAKE_DEVICES, LOOPBACK, SAYS_YES, start_chromium
from e2e.site_process import SiteProcess
from e2e.visitor import Send, Visitor


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def refusing(chromium: BrowserType) -> AsyncIterator[Browser]:
    """Has devices, and nobody who allows them: headless, an unanswered question counts as no."""
    browser = await start_chromium(chromium, *FAKE_DEVICES, *LOOPBACK, "--deny-permission-prompts")
    yield browser
    await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bare(chromium: BrowserType) -> AsyncIterator[Browser]:
    """Has no devices at all."""
    browser = await start_chromium(chromium, *SAYS_YES, *LOOPBACK)
    yield browser
    await browser.close()


async def joins_without(visitor: Visitor, other: Visitor, meeting: str, advice: str) -> None:
    """The advice is there, joining works, the other is seen and heard, and a chat message gets through."""
    await visitor.open_meeting(meeting)
    await visitor.sees(advice)
    await visitor.sees("You can join without it.")
    await visitor.shoot(f"prejoin-{visitor.name}")
    await visitor.textbox("Your name").fill(visitor.name)
    await visitor.press("Join now")
    await visitor.is_in("live")

    await visitor.receives_more_of(await other.id())
    await other.sees_tile(visitor.name, "Microphone off")
    await other.shows_no_picture_of(visitor.name)
    await expect(visitor.button("Turn on microphone")).to_be_visible()
    await expect(visitor.button("Turn on camera")).to_be_visible()
    await visitor.says_in_chat("I can only write")
    await other.press("Chat")
    await other.sees("I can only write")


async def test_who_refuses_camera_and_microphone_is_advised_and_joins(arrive: Arrivals, refusing: Browser) -> None:
    meeting, (ada,) = await arrive.meeting("Ada")
    ben = await arrive("without-permission", browser=refusing)

    await joins_without(ben, ada, meeting["code"], "Camera and microphone are blocked")


async def test_who_has_no_devices_is_advised_and_joins(arrive: Arrivals, bare: Browser) -> None:
    meeting, (ada,) = await arrive.meeting("Ada")
    ben = await arrive("without-devices", browser=bare)

    await joins_without(ben, ada, meeting["code"], "No camera and no microphone found")


async def test_permission_that_is_given_later_is_used(arrive: Arrivals, site: SiteProcess, refusing: Browser) -> None:
    meeting, (ada,) = await arrive.meeting("Ada")
    ben = await arrive("Ben", browser=refusing)
    await ben.open_meeting(meeting["code"])
    await ben.sees("Camera and microphone are blocked")

    await ben.page.context.grant_permissions(["camera", "microphone"], origin=site.address)
    await ben.press("Try again")
    await expect(ben.page.get_by_text("blocked")).to_have_count(0)
    await ben.textbox("Your name").fill("Ben")
    await ben.press("Join now")
    await ben.is_in("live")

    await ada.receives_more_of(await ben.id())


async def test_switched_off_before_joining_stays_off(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben", send=Send.NOTHING)

    await ada.sees_tile("Ben", "Microphone off")
    await ada.shows_no_picture_of("Ben")
    assert {flow.frames for flow in (await ada.flows()).values()} == {0}

    await ben.press("Turn on camera")
    await ben.press("Turn on microphone")
    await ada.receives_more_of(await ben.id())


async def test_another_camera_can_be_chosen_in_the_call(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben")
    who = await ben.id()
    before = await ben.page.evaluate("recorder.sending()[0].device")

    await ben.press("Choose camera")
    await ben.page.get_by_role("combobox", name="Camera").select_option(index=2)

    await ben.sends_from_another_device_than(before)
    await ada.receives_more_of(who)
