"""One person at a browser, and what a test can see on their screen and in their connections."""

import asyncio
import re
from enum import Flag, auto
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, WebSocket, expect

from e2e.waiting import PATIENCE, eventually

RECORDER = Path(__file__).with_name("recorder.js").read_text()
RESULTS = Path("test-results")
IN_PAGE = {"blob", "data"}
expect.set_options(timeout=PATIENCE * 1000)


class Send(Flag):
    """What somebody has switched on when they join. Pictures cost most of a test's time, so not every test has them."""

    NOTHING = 0
    SOUND = auto()
    PICTURE = auto()
    ALL = SOUND | PICTURE


class Flow(NamedTuple):
    """What has arrived from one other person so far: decoded pictures and the energy of the sound that was played."""

    frames: int
    energy: float
    height: int


class Visitor:
    """One page of one person. `trouble` collects what no page of ours may ever do."""

    def __init__(self, page: Page, site: str, name: str) -> None:
        self.page = page
        self.name = name
        self.sent: list[str] = []
        """Every WebSocket message that left this page."""
        self.received: list[str] = []
        self.posted: list[str] = []
        self.trouble: list[str] = []
        self.asked_for = 0
        self._site = site
        page.set_default_timeout(PATIENCE * 1000)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.trouble.append(f"uncaught: {error}"))
        page.on("request", self._on_request)
        page.on("websocket", self._on_websocket)

    @classmethod
    async def arrive(cls, browser: Browser, site: str, name: str, **options: Any) -> "Visitor":
        """A new person in a browser of their own: nothing is shared with anybody else's storage."""
        context = await browser.new_context(**{"viewport": {"width": 1040, "height": 600}, **options})
        return await cls.another_tab(context, site, name)

    @classmethod
    async def another_tab(cls, context: BrowserContext, site: str, name: str) -> "Visitor":
        page = await context.new_page()
        await page.add_init_script(RECORDER)
        return cls(page, site, name)

    # --- what no page may do ---

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.trouble.append(f"console: {message.text} ({message.location['url']})")

    def _on_request(self, request: Request) -> None:
        self.asked_for += 1
        self._check_host(request.url)
        if request.post_data_buffer:
            self.posted.append(request.post_data_buffer.decode(errors="replace"))

    def _on_websocket(self, websocket: WebSocket) -> None:
        self._check_host(websocket.url)
        websocket.on("framesent", lambda frame: self.sent.append(str(frame)))
        websocket.on("framereceived", lambda frame: self.received.append(str(frame)))

    def _check_host(self, url: str) -> None:
        address = urlsplit(url)
        if address.scheme not in IN_PAGE and address.netloc != urlsplit(self._site).netloc:
            self.trouble.append(f"request to another host: {url}")

    async def violations(self) -> list[str]:
        """What the content security policy has refused on this page."""
        if self.page.is_closed():
            return []
        try:
            async with asyncio.timeout(PATIENCE):
                found: list[str] = await self.page.evaluate("window.recorder?.violations ?? []")
        except TimeoutError:
            return ["the page does not answer"]
        return found

    # --- going about ---

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def textbox(self, name: str) -> Locator:
        return self.page.get_by_role("textbox", name=name, exact=True)

    async def press(self, name: str) -> None:
        await self.button(name).click()

    async def press_summary(self, name: str) -> None:
        """Open what is folded away under these words."""
        await self.page.locator("summary").filter(has_text=name).click()

    async def tab_to(self, name: str, most: int = 40) -> None:
        """Press the tab key until a button or link of this name has the focus."""
        for _ in range(most):
            await self.page.keyboard.press("Tab")
            focused = await self.page.evaluate(
                "document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()"
            )
            if focused == name:
                return
        pytest.fail(f"the tab key does not come to {name!r}")

    async def stands_still(self) -> None:
        """Every animation that ends has ended: what is judged is a state, not a way there."""
        await self.page.evaluate("document.fonts.ready")
        await self.page.evaluate(
            """Promise.allSettled(document.getAnimations()
                .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
                .map((one) => one.finished))"""
        )

    async def open(self, path: str) -> None:
        await self.page.goto(path if path.startswith("http") else self._site + path)

    async def open_meeting(self, code: str, fragment: str = "") -> None:
        await self.open(f"/m/{code}{fragment}")
        await self.is_in("prejoin")

    async def join(self, code: str, *, send: Send = Send.ALL) -> "Visitor":
        """From the link into the room; back when it is live."""
        await self.open_meeting(code)
        return await self.go_in(send=send)

    async def host(self, created: dict[str, Any], *, send: Send = Send.ALL) -> "Visitor":
        """Into the room with the rights of the creator, by the host link."""
        await self.open(created["host_link"])
        await self.is_in("prejoin")
        return await self.go_in(send=send)

    async def go_in(self, *, send: Send) -> "Visitor":
        """From the prejoin page into the room; back when it is live."""
        await self.textbox("Your name").fill(self.name)
        if Send.SOUND not in send:
            await self.press("Turn off microphone")
        if Send.PICTURE not in send:
            await self.press("Turn off camera")
        await self.press("Join now")
        await self.is_in("live")
        return self

    async def has_everything(self) -> None:
        """What the room fetches after its first picture is there: from now on it can do without its server."""
        await expect(self.page.locator("dialog").first).to_be_attached()

        async def the_way_out() -> None:
            files: list[str] = await self.page.evaluate(
                "performance.getEntriesByType('resource').map(({ name }) => name)"
            )
            assert any("/assets/outside-" in name for name in files)

        await eventually(the_way_out)

    async def is_in(self, state: str, seconds: float = PATIENCE) -> None:
        await expect(self.page.locator("html")).to_have_attribute("data-call-state", state, timeout=seconds * 1000)

    async def sees(self, text: str | re.Pattern[str]) -> None:
        await expect(self.page.get_by_text(text).first).to_be_visible()

    async def close(self) -> None:
        await self.page.context.close()

    async def shoot(self, name: str) -> None:
        """Keep a picture of the page for people to look at."""
        await self.page.screenshot(path=RESULTS / f"{name}.png", animations="disabled")

    # --- what is on the screen ---

    async def id(self) -> str:
        found = await self.page.locator("video[data-participant][data-local]").first.get_attribute("data-participant")
        assert found
        return found

    async def others(self) -> list[str]:
        """Names on the pictures of everybody else."""
        pictures = self.page.locator("video[data-participant]:not([data-local]):not([data-screen])")
        return sorted(await pictures.evaluate_all("(videos) => videos.map((video) => video.ariaLabel)"))

    def tile(self, name: str) -> Locator:
        return self.page.get_by_role("group", name=re.compile(rf"^{re.escape(name)}(,|$)"))

    async def sees_tile(self, name: str, mark: str = "", *, without: str = "") -> None:
        """The picture of somebody is there, with a mark or without one (both are in its accessible name)."""
        await expect(self.tile(name)).to_have_count(1)
        if mark:
            await expect(self.tile(name)).to_have_accessible_name(re.compile(mark))
        if without:
            await expect(self.tile(name)).not_to_have_accessible_name(re.compile(without))

    async def shows_no_picture_of(self, name: str) -> None:
        await expect(self.tile(name).locator("video")).to_be_hidden()

    async def sees_screen_of(self, name: str) -> None:
        """The shared screen of somebody is shown, and it moves."""
        await expect(self.tile(f"{name}\N{RIGHT SINGLE QUOTATION MARK}s screen").locator("video")).to_be_visible()
        before: dict[str, int] = await self.page.evaluate("recorder.screens()")

        async def check() -> None:
            after: dict[str, int] = await self.page.evaluate("recorder.screens()")
            assert any(frames > before.get(who, 0) for who, frames in after.items()), f"{name}'s screen is dark"

        await eventually(check)

    async def people(self) -> dict[str, list[str]]:
        """Names in the list of people, each with what is remarked beside it."""
        if await self.button("People").get_attribute("aria-expanded") != "true":
            await self.press("People")
        here = self.page.locator("#panel-people section").filter(has_text=re.compile("(person|people) here"))
        words = [row.split("\n") for row in await here.get_by_role("listitem").locator(".words").all_inner_texts()]
        return {name: remarks[0].split(" · ") if remarks else [] for name, *remarks in words}

    async def hands(self) -> list[str]:
        """Raised hands in the list of people, in order."""
        raised = self.page.locator("#panel-people section").filter(has_text="Raised hands")
        rows = await raised.get_by_role("listitem").all_inner_texts()
        return [row.split("\n")[-1].strip() for row in rows]

    async def says_in_chat(self, *lines: str) -> None:
        if await self.button("Chat").get_attribute("aria-expanded") != "true":
            await self.press("Chat")
        await self.says(*lines)

    async def says(self, *lines: str) -> None:
        """Write into the chat, which is open."""
        for line in lines:
            await self.textbox("Write a message").fill(line)
            await self.page.keyboard.press("Enter")
            await expect(self.textbox("Write a message")).to_have_value("")

    async def sees_only(self, *names: str) -> None:
        """Exactly these people have a picture here, besides oneself."""

        async def check() -> None:
            assert await self.others() == sorted(names), f"on the screen of {self.name}"

        await eventually(check)

    # --- what flows ---

    async def flows(self) -> dict[str, Flow]:
        found: dict[str, dict[str, Any]] = await self.page.evaluate("recorder.flows()")
        return {who: Flow(flow["frames"], flow["energy"], flow["height"]) for who, flow in found.items()}

    async def sends_from_another_device_than(self, device: str) -> None:
        async def check() -> None:
            devices = {sent["device"] for sent in await self.page.evaluate("recorder.sending()")}
            assert devices
            assert device not in devices

        await eventually(check)

    async def is_refused_by_relay(self) -> None:
        """Each TURN server that the page was given has answered that its credentials are wrong (401)."""

        async def check() -> None:
            assert 401 in await self.page.evaluate("recorder.refusals"), f"no answer from the relay to {self.name}"

        await eventually(check)

    async def receives_more_of(
        self, who: str, *, picture: bool = True, sound: bool = True, seconds: float = PATIENCE
    ) -> None:
        """From now on, more arrives of somebody."""
        before = (await self.flows()).get(who, Flow(0, 0, 0))

        async def check() -> None:
            now = (await self.flows()).get(who, Flow(0, 0, 0))
            assert not picture or now.frames > before.frames, f"{self.name} gets no picture"
            assert not sound or now.energy > before.energy, f"{self.name} gets no sound"

        await eventually(check, seconds)

    async def frames_pass(self, who: str, count: int) -> None:
        """Wait until somebody has sent so many more pictures: a measure of time that does not lie under load."""
        before = (await self.flows())[who].frames

        async def check() -> None:
            assert (await self.flows())[who].frames >= before + count

        await eventually(check)


async def hear_and_see_each_other(*visitors: Visitor, seconds: float = PATIENCE) -> None:
    """Each decodes moving pictures and plays non-silent sound of each other one, from now on."""
    ids = {visitor: await visitor.id() for visitor in visitors}
    before = dict(zip(visitors, await asyncio.gather(*(visitor.flows() for visitor in visitors)), strict=True))

    async def check() -> None:
        after = dict(zip(visitors, await asyncio.gather(*(visitor.flows() for visitor in visitors)), strict=True))
        nothing = Flow(0, 0, 0)
        missing = [
            f"{one.name} gets no {what} from {other.name}"
            for one in visitors
            for other in visitors
            if other is not one
            for what, position, least in (("picture", 0, 5), ("sound", 1, 1e-6))
            if after[one].get(ids[other], nothing)[position] - before[one].get(ids[other], nothing)[position] < least
        ]
        assert not missing

    await eventually(check, seconds)


async def count_connections(people: list[Visitor]) -> list[int]:
    """How many media connections each of them has: the same number afterwards means that none was made anew."""
    return [
        await person.page.evaluate("recorder.connections.filter((one) => one.connectionState === 'connected').length")
        for person in people
    ]
