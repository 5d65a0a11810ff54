"""Four people with and without tuning for each receiver: bytes sent, and CPU of the pages' processes, in turns.

Untuned pages are the same pages, whose limits an init script throws away before the browser hears of them.
"""

import asyncio
import os
import random
import statistics
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

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
NAMES = ("Ada", "Ben", "Cem", "Dunja")
WARM_SECONDS = 10.0
"""Until the bandwidth estimate of the browsers has grown."""
MEASURED_SECONDS = 10.0
WIDTH, HEIGHT, PICTURES, BLOCK = 640, 360, 40, 8


class Cost(NamedTuple):
    """Of all four together."""

    kilobits: float
    cores: float


def _moving_picture(path: Path) -> None:
    """Blocks of grey that move sideways: Chromium's own pattern costs next to nothing, noise costs everything."""
    chance = random.Random(1)  # noqa: S311 -- a picture
    rows = [
        b"".join(bytes([chance.randrange(16, 236)]) * BLOCK for _ in range(WIDTH // BLOCK))
        for _ in range(HEIGHT // BLOCK)
    ]
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip C420jpeg\n".encode())
        for number in range(PICTURES):
            shift = number * WIDTH // PICTURES
            luma = b"".join((row[shift:] + row[:shift]) * BLOCK for row in rows)
            file.write(b"FRAME\n" + luma + bytes([128]) * (WIDTH * HEIGHT // 2))


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

        async def state() -> tuple[float, float, float]:
            sent = await asyncio.gather(*(person.page.evaluate(SENT) for person in people))
            now = asyncio.get_running_loop().time()
            return sum(sent), sum(cpu_seconds(process) for process in _renderers(started.process)), now

        sent, cpu, at = await state()
        await asyncio.sleep(MEASURED_SECONDS)
        sent_after, cpu_after, after = await state()
        return Cost((sent_after - sent) * 8 / 1000 / (after - at), (cpu_after - cpu) / (after - at))
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
                    print(f" {pair[tuned].cores:6.2f} cores   load {os.getloadavg()[0]:.1f}")
                pairs.append((pair[True], pair[False]))
        await site.close()
    for what in Cost._fields:
        ratios = [getattr(tuned, what) / getattr(untuned, what) for tuned, untuned in pairs]
        print(f"tuned / untuned, {what:8} {statistics.median(ratios):.2f}  ({min(ratios):.2f} to {max(ratios):.2f})")
