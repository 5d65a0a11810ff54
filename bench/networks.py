"""What bad networks do to a call of two real Chromiums in network namespaces. Needs root and coturn."""

import asyncio
import os
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import async_playwright

from bench.user_network import HERE, UserNetwork, Weather, user_network
from e2e.browsers import KillableChromium
from e2e.site_process import SiteProcess
from e2e.turn_server import turn_server
from e2e.visitor import Visitor, hear_and_see_each_other

SECRET = "shared between coturn and the site"  # noqa: S105 -- of a server that lives for seconds
ADA, BEN, ELSEWHERE = "10.77.0.2", "10.77.0.3", "10.77.0.4"
CLEAR = Weather()
WEATHERS = {
    "clear": CLEAR,
    "5 % loss": Weather(loss=0.05),
    "200 ms each way": Weather(delay=0.2),
    "300 kbit/s": Weather(rate=300_000),
    "UDP blocked": Weather(udp=False),
}
SETTLE_SECONDS = 12.0
MEASURED_SECONDS = 15.0
RECEIVED = """async () => {
  const sum = {freezes: 0, frozen: 0, concealed: 0, samples: 0, height: 0, pictures: 0}
  for (const one of recorder.connections.filter((one) => one.connectionState === 'connected')) {
    for (const report of (await one.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue
      sum.freezes += report.freezeCount ?? 0
      sum.frozen += report.totalFreezesDuration ?? 0
      sum.concealed += (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0)
      sum.samples += report.totalSamplesReceived ?? 0
      sum.height = Math.max(sum.height, report.frameHeight ?? 0)
      sum.pictures += report.framesDecoded ?? 0
    }
  }
  return sum
}"""


class Line(NamedTuple):
    """What one page received in the time that was measured."""

    who: str
    freezes: int
    frozen: float
    concealed: float
    height: int
    pictures: float


async def _received(visitor: Visitor, seconds: float) -> Line:
    before: dict[str, Any] = await visitor.page.evaluate(RECEIVED)
    await asyncio.sleep(seconds)
    after: dict[str, Any] = await visitor.page.evaluate(RECEIVED)
    more = {name: after[name] - before[name] for name in after}
    concealed = 100 * more["concealed"] / more["samples"] if more["samples"] else 100
    return Line(visitor.name, more["freezes"], more["frozen"], concealed, after["height"], more["pictures"] / seconds)


def _print(name: str, line: Line) -> None:
    print(
        f"  {name:16} {line.who}: {line.freezes:3} freezes {line.frozen:5.1f} s  {line.concealed:5.1f} % concealed",
        end="",
    )
    print(f"  {line.height:4}p {line.pictures:5.1f} pictures/s  load {os.getloadavg()[0]:.1f}", flush=True)


async def _pictures_back(visitor: Visitor, change: Any) -> float:
    """The longest time without a new picture around a change, in seconds."""
    await visitor.page.evaluate("() => { window.stopWatching = recorder.watchStalls() }")
    await change
    await asyncio.sleep(25)
    stalls: dict[str, float] = await visitor.page.evaluate("stopWatching()")
    return max(stalls.values(), default=25_000) / 1000


async def measure() -> None:
    """Print a line for each page in each weather, all of it on Ben's link."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        network = await stack.enter_async_context(user_network())
        near, far = [await stack.enter_async_context(network.namespace(address)) for address in (ADA, BEN)]
        turn = await stack.enter_async_context(turn_server(folder, SECRET, host=HERE, tcp=True))
        site = SiteProcess(folder / "site", host=HERE, turn_urls=turn, turn_secret=SECRET)
        stack.push_async_callback(site.close)
        await site.start()
        playwright = await stack.enter_async_context(async_playwright())
        browsers = []
        for inside in (near, far):
            started = await KillableChromium.start(
                playwright.chromium, folder / inside, inside=inside, trusting=site.address
            )
            stack.push_async_callback(started.browser.close)
            browsers.append(started.browser)
        for name, weather in WEATHERS.items():
            network.set_weather(BEN, weather)
            meeting = await site.create()
            ada, ben = [
                await Visitor.arrive(one, site.address, who) for one, who in zip(browsers, ("Ada", "Ben"), strict=True)
            ]
            try:
                await ada.host(meeting)
                await ben.join(meeting["code"])
                await hear_and_see_each_other(ada, ben, seconds=60)
                await asyncio.sleep(SETTLE_SECONDS)
                for line in await asyncio.gather(*(_received(one, MEASURED_SECONDS) for one in (ada, ben))):
                    _print(name, line)
                print(f"  {'':16} routes {await ben.page.evaluate('recorder.routes()')}", flush=True)
                if weather == CLEAR:
                    await _print_move(network, far, ada, ben)
            finally:
                await ada.close()
                await ben.close()


async def _print_move(network: UserNetwork, namespace: str, ada: Visitor, ben: Visitor) -> None:
    """Ben's address changes in the call, and back after it."""
    for visitor, before, after in ((ada, BEN, ELSEWHERE), (ben, ELSEWHERE, BEN)):
        seconds = await _pictures_back(visitor, network.move(namespace, before, after))
        print(f"  another address  {visitor.name}: pictures back after {seconds:.1f} s", flush=True)
