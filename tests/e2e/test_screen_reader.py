"""A meeting as a screen reader gets it: the accessibility tree that Chromium hands over, and what is to be said."""

import re
from collections.abc import Iterator
from typing import Any

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.visitor import Send, Visitor, hear_and_see_each_other
from e2e.waiting import eventually

# What is put into a live region is said (ARIA 1.2 section 6.6.1), with where it was said.
LISTEN = """
window.spoken = []
new MutationObserver((changes) => {
  for (const { target, addedNodes, type } of changes) {
    const place = target instanceof Element ? target : target.parentElement
    if (!place?.closest('[aria-live], [role=status], [role=alert], [role=log]')) continue
    const texts = type === 'characterData' ? [target.data] : [...addedNodes].map((node) => node.textContent)
    spoken.push(...texts.map((text) => text.trim().replace(/\\s+/g, ' ')).filter(Boolean))
  }
}).observe(document, { subtree: true, childList: true, characterData: true })
"""
CONTROLS = {"button", "link", "textbox", "combobox", "checkbox", "switch", "radio", "slider", "menuitem", "tab"}


async def listens(visitor: Visitor) -> Visitor:
    await visitor.page.add_init_script(LISTEN)
    return visitor


async def hears(visitor: Visitor, said: str) -> None:
    async def check() -> None:
        spoken = await visitor.page.evaluate("spoken")
        assert any(re.search(said, text) for text in spoken), spoken

    await eventually(check)


async def tree(visitor: Visitor) -> list[tuple[str, str]]:
    """Role and name of everything that a screen reader comes by, in reading order."""
    devtools = await visitor.page.context.new_cdp_session(visitor.page)
    nodes: list[dict[str, Any]] = (await devtools.send("Accessibility.getFullAXTree"))["nodes"]
    await devtools.detach()
    by_id = {node["nodeId"]: node for node in nodes}

    def walk(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if not node["ignored"]:
            yield node["role"]["value"], node.get("name", {}).get("value", "")
        for child in node.get("childIds", []):
            if child in by_id:
                yield from walk(by_id[child])

    return list(walk(nodes[0]))


async def reads(visitor: Visitor, *wanted: tuple[str, str]) -> None:
    """These are there (names as patterns), in this order; and no control is without a name."""

    async def check() -> None:
        found = await tree(visitor)
        assert [role for role, name in found if role in CONTROLS and not name] == []
        assert sum(role == "main" for role, _ in found) == 1, "one main part, to jump to"
        rest = iter(found)
        for role, name in wanted:
            assert any(role == one and re.search(name, words) for one, words in rest), (role, name, found)

    await eventually(check)


async def test_a_whole_meeting_can_be_heard(arrive: Arrivals, site: SiteProcess) -> None:
    created = await site.create(guest={"name": "Ada"}, lobby=True)
    ada, grace = await listens(await arrive("Ada")), await listens(await arrive("Grace"))

    await ada.open("/")
    await reads(ada, ("link", "^VideoCall.cc$"), ("heading", "link"), ("button", "^New meeting$"), ("textbox", "code"))
    await ada.open(created["host_link"])
    await ada.is_in("prejoin")
    await reads(
        ada,
        ("button", "^Turn off microphone"),
        ("heading", "meeting"),
        ("textbox", "^Your name"),
        ("button", "^Join now"),
    )
    await ada.go_in(send=Send.ALL)

    await grace.open_meeting(created["code"])
    await grace.textbox("Your name").fill("Grace")
    await grace.press("Join now")
    await grace.is_in("lobby")
    await reads(grace, ("heading", "."), ("button", "^Leave"))
    await hears(ada, "Grace")
    await ada.press("Admit")
    await grace.is_in("live")
    await hears(ada, "^Grace joined$")

    await ada.press("People")
    await reads(
        ada,
        ("group", "^Grace"),
        ("heading", "^People$"),
        ("listitem", ""),
        ("button", "^Turn off microphone"),
        ("button", "^Turn off camera"),
        ("button", "^Raise hand"),
        ("button", "^Leave"),
    )
    await hear_and_see_each_other(ada, grace)

    await ada.page.keyboard.press("w")
    await hears(ada, "^(Nobody is speaking|Speaking: Grace)$")  # what a fake microphone plays is hardly a voice
    await grace.press("Raise hand")
    await hears(ada, "^Grace raised a hand$")
    await ada.sees_tile("Grace", "Hand raised")
    await grace.says_in_chat("Can you hear me?")
    await hears(ada, "Grace.*Can you hear me")
    await ada.press("Chat")
    await grace.says("Good.")
    await hears(ada, "Good\\.")
    await reads(ada, ("log", "Messages"), ("textbox", "^Write a message$"))

    await ada.press("People")
    await ada.press("Mute Grace")
    await hears(grace, "The host turned off your microphone")
    await expect(grace.button("Turn on microphone")).to_be_visible()
    await grace.press("Leave")
    await grace.is_in("ended")
    await reads(grace, ("heading", "."), ("button", "^Rejoin"))
    await hears(ada, "^Grace left$")
