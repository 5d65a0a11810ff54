"""The key of the link: who is verified, who is not, and that no server ever gets to know it."""

import json
import re
from typing import Any

from playwright.async_api import Page, Request, WebSocketRoute, expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.visitor import Send, Visitor

KEY = "AAECAwQFBgcICQoLDA0ODw"
PRINT = re.compile(r"(a=fingerprint:sha-256 )([0-9A-F]{2})")
ALARM = "Somebody may be in between"


def listen(page: Page) -> list[str]:
    """Everything that a page asks its server for, with headers and addresses as the server sees them."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(f"{request.url.partition('#')[0]} {json.dumps(request.headers)} {request.post_data or ''}")

    page.on("request", note)
    return asked


async def digits(visitor: Visitor, other: str) -> str:
    """What the panel gives to read to somebody."""
    if not await visitor.page.get_by_role("dialog", name="Security").is_visible():
        await visitor.press("More")
        await visitor.press("Security")
    row = visitor.page.get_by_role("dialog", name="Security").get_by_role("listitem").filter(has_text=other)
    await expect(row.locator(".digits")).to_have_text(re.compile(r"\d{3} \d{3} \d{3}"))
    return (await row.locator(".digits").inner_text())[-11:]


async def test_who_has_the_link_is_verified_and_the_server_never_sees_its_key(
    arrive: Arrivals, site: SiteProcess
) -> None:
    ada = await arrive("Ada", viewport={"width": 1300, "height": 700})
    ben, cem = await arrive("Ben"), await arrive("Cem")
    asked = [listen(ada.page), listen(ben.page)]
    await ada.open("/")
    await ada.press("New meeting")
    await ada.textbox("Your name").fill("Ada")
    await ada.press("Start meeting")
    await ada.is_in("prejoin")
    link = ada.page.url
    found = re.fullmatch(r"http://[^/]+/m/([\w-]+)#k=([\w-]{22})", link)
    assert found, link
    code, key = found.groups()
    await ada.go_in(send=Send.NOTHING)
    await ada.page.get_by_text(link.removeprefix("http://")).wait_for()

    await ben.open(link)
    await ben.go_in(send=Send.NOTHING)
    await ada.sees_tile("Ben", "Verified")
    await ben.sees_tile("Ada", "Verified")
    await expect(ada.button("Verified")).to_be_visible()
    assert await digits(ada, "Ben") == await digits(ben, "Ada")
    await ada.shoot("room-security")
    await ada.press("Close")

    await ben.page.reload()
    await ben.go_in(send=Send.NOTHING)
    await ada.sees_tile("Ben", "Verified")

    await cem.join(code, send=Send.NOTHING)
    await ada.sees_tile("Cem", "Came without the link")
    await cem.sees_tile("Ada", without="Verified")
    await expect(ada.button("Came without the link\N{RIGHT SINGLE QUOTATION MARK}s key")).to_be_visible()
    assert await digits(ada, "Cem") == await digits(cem, "Ada")
    await ben.sees_tile("Ada", "Verified")

    told = [*asked[0], *asked[1], *ada.sent, *ben.sent, *ada.received, *ben.received]
    assert any('"proof":"1.' in message for message in ada.sent)
    assert not [one for one in told if key in one]
    assert code in " ".join(told), "the search looks where it should"
    await site.command("export", str(site.folder / f"{code}.export"))
    files = [path for path in site.folder.rglob("*") if path.is_file()]  # store, export and log
    assert not [path for path in files if key.encode() in path.read_bytes()]


async def test_a_server_that_swaps_fingerprints_is_found_out(arrive: Arrivals, site: SiteProcess) -> None:
    """It puts other certificates into everything that it passes on, as it would have to in order to listen."""
    created = await site.create()
    ada, ben = await arrive("Ada"), await arrive("Ben")
    swapped: list[str] = []

    def lie(message: str | bytes) -> str:
        told: dict[str, Any] = json.loads(message)
        if told["type"] == "peer_signal" and told["description"]:
            told["description"]["sdp"] = PRINT.sub(other_print, told["description"]["sdp"])
            swapped.append(told["sender"])
        return json.dumps(told)

    async def stand_between(page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        server.on_message(lambda message: page.send(lie(message)))

    for visitor in (ada, ben):
        await visitor.page.route_web_socket(re.compile(r"/live$"), stand_between)
    await ada.open(f"{created['host_link']}&k={KEY}")
    await ada.go_in(send=Send.NOTHING)
    await ben.open_meeting(created["code"], f"#k={KEY}")
    await ben.go_in(send=Send.NOTHING)

    for visitor, other in ((ada, "Ben"), (ben, "Ada")):
        await expect(visitor.page.get_by_role("alert").filter(has_text=ALARM)).to_contain_text(other)
        await visitor.sees_tile(other, "Not safe", without="Verified")
    assert len(set(swapped)) == 2, "both were lied to"
    await ben.press("Details")
    await ben.sees("Say nothing confidential")
    await ben.shoot("room-not-safe")


def other_print(found: re.Match[str]) -> str:
    return f"{found[1]}{int(found[2], 16) ^ 1:02X}"
