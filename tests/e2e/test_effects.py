"""Another background behind oneself, and no noise in one's voice: what the others see and hear of it.

Nobody stands before the fake camera, so all of its picture is background.
"""

import random
import struct
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest_asyncio
from playwright.async_api import Browser, BrowserType, FilePayload, expect

from e2e.arrivals import Arrivals
from e2e.browsers import FAKE_DEVICES, LOOPBACK, SAYS_YES, start_chromium
from e2e.site_process import SiteProcess
from e2e.visitor import Send, Visitor
from e2e.waiting import eventually

LOOK = """() => {
    const video = document.querySelector('video[data-participant]:not([data-local])')
    const [width, height] = [320, 180]
    const context = new OffscreenCanvas(width, height).getContext('2d')
    context.drawImage(video, 0, 0, width, height)
    const { data } = context.getImageData(0, 0, width, height)
    const sum = [0, 0, 0]
    let edge = 0
    for (let at = 0; at < data.length; at += 4) {
        for (let colour = 0; colour < 3; colour++) sum[colour] += data[at + colour]
        if ((at / 4) % width > 0) edge = Math.max(edge, Math.abs(data[at + 1] - data[at - 3]))
    }
    return [...sum.map((one) => one / width / height), edge]
}"""
"""The other's picture as it arrived: mean red, green and blue, and the sharpest edge in it."""
HEAR = """async () => {
    for (const receiver of recorder.connections.flatMap((one) => one.getReceivers())) {
        if (receiver.track.kind !== 'audio') continue
        for (const report of (await receiver.getStats()).values()) {
            if (report.type === 'inbound-rtp' && report.totalAudioEnergy > 0)
                return [report.totalAudioEnergy, report.totalSamplesDuration]
        }
    }
    return [0, 0]
}"""
"""Energy of the other's voice as it arrived so far, and seconds of it."""
RATE = 48_000
GREEN = (5, 144, 1)
"""What the fake camera shows, with a few black marks that move."""
HILLS = (159, 195, 184)
"""The picture of hills, which was drawn for this product."""
RED = "<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'><path fill='#d22' d='M0 0h64v64H0z'/></svg>"


class Seen(NamedTuple):
    red: float
    green: float
    blue: float
    edge: float

    def is_like(self, colour: tuple[int, int, int]) -> bool:
        return all(abs(mine - other) < 25 for mine, other in zip(self, colour, strict=False))


async def look(visitor: Visitor) -> Seen:
    return Seen(*await visitor.page.evaluate(LOOK))


async def sees(visitor: Visitor, colour: tuple[int, int, int], *, sharp: bool | None = None) -> None:
    """The other's picture has this mean colour, and sharp edges or none."""

    async def check() -> None:
        seen = await look(visitor)
        assert seen.is_like(colour), seen
        assert sharp is None or sharp == (seen.edge > 60), seen

    await eventually(check)


async def open_settings(visitor: Visitor) -> None:
    await visitor.press("Choose camera")
    await visitor.button("Background and noise").click()


async def choose(visitor: Visitor, background: str) -> None:
    await visitor.page.get_by_role("radio", name=background, exact=True).check(force=True)


async def hears(visitor: Visitor, seconds: float = 2) -> float:
    """Mean energy of what arrives in the next seconds of sound."""
    before, since = await visitor.page.evaluate(HEAR)

    async def check() -> float:
        energy, now = await visitor.page.evaluate(HEAR)
        assert now - since >= seconds
        return float((energy - before) / (now - since))

    return await eventually(check)


async def test_another_background_is_seen_by_the_others(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben", send=Send.PICTURE)
    await sees(ada, GREEN, sharp=True)

    await open_settings(ben)
    await choose(ben, "Strong blur")
    await sees(ada, GREEN, sharp=False)
    await choose(ben, "Hills")
    await sees(ada, HILLS)
    await ben.shoot("effects-in-the-room")
    await ada.shoot("effects-seen")

    await choose(ben, "As it is")
    await sees(ada, GREEN, sharp=True)
    assert ben.page.workers == []
    await ada.receives_more_of(await ben.id(), sound=False)


async def test_an_own_picture_is_there_at_the_next_meeting(arrive: Arrivals, site: SiteProcess) -> None:
    meeting = await site.create(guest={"name": "Ada"})
    ben = await arrive("Ben")
    await ben.open_meeting(meeting["code"])
    await ben.press_summary("Background and noise")
    picture: FilePayload = {"name": "red.svg", "mimeType": "image/svg+xml", "buffer": RED.encode()}
    await ben.page.get_by_label("Own picture").set_input_files(picture)
    await expect(ben.page.get_by_role("radio", name="Own picture")).to_be_checked()
    await ben.shoot("effects-before-joining")
    await ben.page.close()

    again = arrive.watch(await Visitor.another_tab(ben.page.context, site.address, "Ben"))
    await again.join(meeting["code"], send=Send.PICTURE)
    ada = await arrive("Ada")
    await ada.host(meeting, send=Send.NOTHING)
    await sees(ada, (221, 34, 34))


async def test_a_background_that_cannot_be_fetched_is_said(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben", send=Send.PICTURE)
    arrive.forgive("ERR_FAILED")
    await ben.page.route("**/assets/segmenter.worker-*", lambda route: route.abort())

    await open_settings(ben)
    await choose(ben, "Lagoon")
    await ben.sees("The background could not be changed. Your camera is sent as it is.")
    await expect(ben.page.get_by_role("radio", name="As it is")).to_be_checked()
    await sees(ada, GREEN, sharp=True)


@pytest_asyncio.fixture(loop_scope="session")
async def beside_a_fan(chromium: BrowserType, tmp_path: Path) -> AsyncIterator[Browser]:
    """Its microphone hears a fan: noise of low pitch that never ends."""
    dice = random.Random(1)  # noqa: S311 -- noise, no secret
    level, samples = 0.0, bytearray()
    for _ in range(2 * RATE):
        level += 0.04 * (dice.gauss(0, 1) - level)
        samples += struct.pack("<h", round(4000 * level))
    with wave.open(str(tmp_path / "fan.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(samples))
    hears_fan = f"--use-file-for-fake-audio-capture={tmp_path / 'fan.wav'}"
    browser = await start_chromium(chromium, *FAKE_DEVICES, hears_fan, *SAYS_YES, *LOOPBACK)
    yield browser
    await browser.close()


async def test_noise_is_taken_out_of_the_voice(arrive: Arrivals, site: SiteProcess, beside_a_fan: Browser) -> None:
    meeting = await site.create(guest={"name": "Ada"})
    ada, ben = await arrive("Ada"), await arrive("Ben", browser=beside_a_fan)
    await ada.host(meeting, send=Send.NOTHING)
    await ben.join(meeting["code"], send=Send.SOUND)
    await ada.receives_more_of(await ben.id(), picture=False)
    loud = await hears(ada)

    await open_settings(ben)
    switch = ben.page.get_by_role("switch", name="Suppress noise")
    await switch.check()

    async def hears_little() -> None:
        assert await hears(ada) < loud / 30

    await eventually(hears_little)

    await switch.uncheck()

    async def hears_much() -> None:
        assert await hears(ada) > loud / 3

    await eventually(hears_much)
