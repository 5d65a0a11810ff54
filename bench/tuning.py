"""Four people with and without tuning for each receiver: what is sent, and CPU of the pages' processes, in turns.

Untuned pages are the same pages, whose limits an init script throws away before the browser hears of them.
"""

import asyncio
import os
import random
import statistics
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import BrowserType, async_playwright

from bench.serving import cpu_seconds
from e2e.browsers import KillableChromium
from e2e.site_process import SiteProcess
from e2e.visitor import Visitor, hear_and_see_each_other

UNTUNED = """
RTCRtpSender.prototype.setParameters = () => Promise.resolve()
const add = RTCPeerConnection.prototype.addTransceiver
RTCPeerConnection.prototype.addTransceiver = function (kind, options) {
  return add.call(this, kind, {...options, sendEncodings: undefined})
}
"""
SENT = """async () => {
  let bytes = 0
  for (const one of recorder.connections.filter((one) => one.connectionState === 'connected'))
    for (const report of (await one.getStats()).values()) if (report.type === 'outbound-rtp') bytes += report.bytesSent
  return bytes
}"""
SENDERS = "recorder.pictures('outbound-rtp')"
NAMES = ("Ada", "Ben", "Cem", "Dunja")
WARM_SECONDS = 10.0
"""Until the bandwidth estimate of the browsers has grown."""
MEASURED_SECONDS = 10.0
WIDTH, HEIGHT, PICTURES, BLOCK = 640, 360, 60, 20


class Cost(NamedTuple):
    """Of all four together."""

    kilobits: float
    cores: float
    pixels: float
    """Millions that are encoded in a second: size times pictures."""


def _moving_picture(path: Path) -> None:
    """A soft picture that moves sideways, with the grain of a camera.

    Chromium's own pattern costs next to nothing, noise costs everything.
    """
    chance = random.Random(1)  # noqa: S311 -- a picture
    marks = [[chance.randrange(16, 236) for _ in range(WIDTH // BLOCK)] for _ in range(HEIGHT // BLOCK + 1)]
    rows = [[_between(marks, x / BLOCK, y / BLOCK) for x in range(WIDTH)] for y in range(HEIGHT)]
    grain = [chance.randrange(-3, 4) for _ in range(WIDTH * 3)]
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip C420jpeg\n".encode())
        for number in range(PICTURES):
            shift = number * WIDTH // PICTURES
            file.write(b"FRAME\n")
            for row in rows:
                moved, start = row[shift:] + row[:shift], chance.randrange(WIDTH * 2)
                file.write(bytes(map(sum, zip(moved, grain[start : start + WIDTH], strict=True))))
            file.write(bytes([128]) * (WIDTH * HEIGHT // 2))


def _between(marks: list[list[int]], x: float, y: float) -> int:
    """Brightness at a place between marks."""
    column, line = int(x), int(y)
    across, down = x - column, y - line
    upper, lower = marks[line], marks[line + 1]
    nearby = (column + 1) % len(upper)
    return round(
        (upper[column] * (1 - across) + upper[nearby] * across) * (1 - down)
        + (lower[column] * (1 - across) + lower[nearby] * across) * down
    )


def _renderers(group: int) -> Iterable[int]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if os.getpgid(int(folder.name)) == group and b"--type=renderer" in (folder / "cmdline").read_bytes():
                yield int(folder.name)
        except OSError:  # gone meanwhile
            continue


async def _cost(chromium: BrowserType, folder: Path, site: SiteProcess, *, tuned: bool) -> Cost:
    flags = (f"--use-file-for-fake-video-capture={folder / 'moving.y4m'}",)
    own = Path(tempfile.mkdtemp(dir=folder))
    started = await KillableChromium.start(chromium, own / "browser", flags=flags)
    try:
        meeting = await site.create()
        people = [await Visitor.arrive(started.browser, site.address, name) for name in NAMES]
        for person in people:
            if not tuned:
                await person.page.add_init_script(UNTUNED)
            await (person.host(meeting) if person is people[0] else person.join(meeting["code"]))
        await hear_and_see_each_other(*people, seconds=60)
        await asyncio.sleep(WARM_SECONDS)

        async def encoded() -> list[dict[str, Any]]:
            each = await asyncio.gather(*(person.page.evaluate(SENDERS) for person in people))
            return [sender for senders in each for sender in senders if sender["slot"] == "camera"]

        async def state() -> tuple[float, float, float]:
            sent = await asyncio.gather(*(person.page.evaluate(SENT) for person in people))
            now = asyncio.get_running_loop().time()
            return sum(sent), sum(cpu_seconds(process) for process in _renderers(started.process)), now

        before = {sender["id"] + str(sender["ssrc"]): sender for sender in await encoded()}
        sent, cpu, at = await state()
        await asyncio.sleep(MEASURED_SECONDS)
        sent_after, cpu_after, after = await state()
        seconds, pixels = after - at, 0.0
        for sender in await encoded():
            was = before.get(sender["id"] + str(sender["ssrc"]), {})
            rate = (sender.get("framesEncoded", 0) - was.get("framesEncoded", 0)) / seconds
            width, height = sender.get("frameWidth", 0), sender.get("frameHeight", 0)
            pixels += width * height * rate / 1e6
            why, by = sender.get("qualityLimitationReason"), sender.get("encoderImplementation")
            print(f"    {width} x {height}, {rate:4.1f} pictures a second, limited by {why}, {by} {sender['codec']}")
        return Cost((sent_after - sent) * 8 / 1000 / seconds, (cpu_after - cpu) / seconds, pixels)
    finally:
        await started.browser.close()


async def measure(rounds: int) -> None:
    """Print what so many rounds say."""
    pairs = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _moving_picture(folder / "moving.y4m")
        site = SiteProcess(folder / "site")
        await site.start()
        async with async_playwright() as playwright:
            for number in range(rounds):
                pair = {}
                for tuned in (True, False) if number % 2 else (False, True):  # neither always goes first
                    pair[tuned] = await _cost(playwright.chromium, folder, site, tuned=tuned)
                    print(f"  {'tuned' if tuned else 'untuned':8} {pair[tuned].kilobits:7.0f} kbit/s", end="")
                    print(f" {pair[tuned].cores:6.2f} cores {pair[tuned].pixels:6.1f} megapixels/s", end="")
                    print(f"   load {os.getloadavg()[0]:.1f}")
                pairs.append((pair[True], pair[False]))
        await site.close()
    for what in Cost._fields:
        ratios = [getattr(tuned, what) / getattr(untuned, what) for tuned, untuned in pairs]
        print(f"tuned / untuned, {what:8} {statistics.median(ratios):.2f}  ({min(ratios):.2f} to {max(ratios):.2f})")
