"""From pressing Join in the second browser to its first decoded remote frame, beside a bare page; and what is loaded.

The two are interleaved; the first round is thrown away; each round has fresh browser contexts; ratios are of pairs.
"""

import random
import statistics
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from playwright.sync_api import Browser, Page, sync_playwright

from bench.serving import floor, product

if TYPE_CHECKING:
    from collections.abc import Iterator

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
]
WATCH = """
const seen = new WeakSet()
new MutationObserver(() => {
  for (const video of document.querySelectorAll('video[data-participant]:not([data-local])')) {
    if (seen.has(video)) continue
    seen.add(video)
    video.requestVideoFrameCallback((now) => { window.firstFrame ??= now })
  }
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['data-participant']})
"""
PRESS = "(button) => { window.pressed = performance.now(); button.click() }"


class Round(msgspec.Struct):
    """One measured join: milliseconds from pressing Join, and from opening the page; bytes over the wire by then."""

    join: float
    page: float
    kilobytes: float
    requests: int


@contextmanager
def _page(browser: Browser, transferred: list[tuple[str, float]] | None = None) -> "Iterator[Page]":
    context = browser.new_context(bypass_csp=True)  # playwright waits by eval
    context.add_init_script(WATCH)
    page = context.new_page()
    if transferred is not None:
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        addresses: dict[str, str] = {}
        session.on(
            "Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]})
        )
        session.on(
            "Network.loadingFinished",
            lambda event: transferred.append((addresses.get(event["requestId"], ""), event["encodedDataLength"])),
        )
    yield page
    context.close()


def _without_fonts(transferred: list[tuple[str, float]]) -> list[float]:
    return [size for address, size in transferred if not address.endswith(".woff2")]


def _first_frame(page: Page, transferred: list[tuple[str, float]]) -> Round:
    page.wait_for_function("window.firstFrame", timeout=30_000)
    sizes = _without_fonts(transferred)
    join: float = page.evaluate("window.firstFrame - window.pressed")
    whole: float = page.evaluate("window.firstFrame")
    return Round(join=join, page=whole, kilobytes=sum(sizes) / 1000, requests=len(sizes))


def measure_floor(browser: Browser, address: str) -> Round:
    """Two bare pages."""
    transferred: list[tuple[str, float]] = []
    with _page(browser) as first, _page(browser, transferred) as second:
        for page in (first, second):
            page.goto(address)
            page.wait_for_selector("html[data-ready]")
        second.locator("#join").evaluate(PRESS)
        return _first_frame(second, transferred)


def measure_product(browser: Browser, address: str) -> Round:
    """A guest joins a host who is alone in the room."""
    meeting = _create(address)
    transferred: list[tuple[str, float]] = []
    with _page(browser) as first, _page(browser, transferred) as second:
        _open(first, meeting["host_link"], "Ada")
        first.get_by_role("button", name="Join now").click()
        first.wait_for_selector("html[data-call-state=live]")
        _open(second, meeting["meeting"]["link"], "Grace")
        second.get_by_role("button", name="Join now").evaluate(PRESS)
        return _first_frame(second, transferred)


def _open(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.get_by_role("textbox", name="Your name").fill(name)
    page.wait_for_function("document.querySelector('video')?.readyState >= 2")


def _create(address: str) -> Any:
    request = urllib.request.Request(  # noqa: S310 -- our own server
        f"{address}/api/meetings",
        data=b'{"kind": "instant", "guest": {"name": "Ada"}}',
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 -- same
        return msgspec.json.decode(answer.read())


def _landing_kilobytes(browser: Browser, address: str) -> float:
    transferred: list[tuple[str, float]] = []
    with _page(browser, transferred) as page:
        page.goto(address, wait_until="networkidle")
        return sum(_without_fonts(transferred)) / 1000


def _interval(ratios: list[float]) -> tuple[float, float]:
    """Bootstrap 95 % interval of the median."""
    chance = random.Random(1)  # noqa: S311 -- statistics
    medians = sorted(statistics.median(chance.choices(ratios, k=len(ratios))) for _ in range(2000))
    return medians[50], medians[1949]


def measure(rounds: int) -> None:
    """Print medians of so many rounds."""
    with sync_playwright() as playwright, product() as (ours, _), floor("bench.floor_page:app") as (bare, _):
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        pairs = [(measure_floor(browser, bare), measure_product(browser, ours)) for _ in range(rounds + 1)][1:]
        landing = _landing_kilobytes(browser, ours)
        browser.close()
    ratios = [product_round.join / floor_round.join for floor_round, product_round in pairs]
    low, high = _interval(ratios)
    floor_ms = statistics.median(pair[0].join for pair in pairs)
    ours_ms = statistics.median(pair[1].join for pair in pairs)
    print(f"Join pressed -> first remote frame, {rounds} rounds, medians")
    print(f"  ready floor            {floor_ms:7.0f} ms")
    print(f"  VideoCall              {ours_ms:7.0f} ms")
    print(f"  ratio                  {statistics.median(ratios):7.2f}  (95 %: {low:.2f} to {high:.2f}; goal 1.2)")
    print("Loaded, fonts apart, compressed")
    print(f"  landing                {landing:7.1f} kB  (goal 40)")
    print(f"  room up to first frame {statistics.median(pair[1].kilobytes for pair in pairs):7.1f} kB  (goal 80)")
    print(f"  requests               {statistics.median(pair[1].requests for pair in pairs):7.0f}     (goal 8)")
