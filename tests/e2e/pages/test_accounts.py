"""Accounts as people use them: each flow by the pages, the letters and the forms, on a phone and on a desktop."""

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pyotp
import pytest
import pytest_asyncio
from msgspec.structs import replace
from PIL import Image
from playwright.async_api import Browser, Locator, expect

from e2e.arrivals import Arrivals
from e2e.visitor import Visitor
from e2e.waiting import eventually
from people import PASSWORD, part, text_of
from post_office import PostOffice, open_post_office
from running_server import RunningServer, TurnedClock, running
from videocall.lists import Wish
from videocall.settings import Settings

ADA = "ada@example.org"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {}
Come = Callable[..., Awaitable[Visitor]]


@pytest_asyncio.fixture(loop_scope="session")
async def office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as office:
        yield office


@pytest_asyncio.fixture(loop_scope="session")
async def server(settings: Settings, clock: TurnedClock, office: PostOffice) -> AsyncIterator[RunningServer]:
    """In this process, so that a test can turn its clock and be its administrator."""
    async with running(replace(settings, site_url="", bcrypt_cost=4, smtp_url=office.url), clock) as server:
        yield server


@pytest.fixture
def come(arrive: Arrivals, browser: Browser, server: RunningServer) -> Come:
    """Somebody comes to this server; what browsers say about refusals is part of these tests."""
    arrive.forgive("Failed to load resource: the server responded with a status of 4")

    async def come(name: str = "Ada", **options: Any) -> Visitor:
        return arrive.watch(await Visitor.arrive(browser, server.settings.public_url, name, **options))

    return come


async def link_in(office: PostOffice, to: str, about: str, number: int = 1) -> str:
    """The link of the latest letter about something."""
    found = re.search(r"http://\S+#\w+=\S+", text_of(await office.letter(to, number, about)))
    assert found
    return found[0]


def field(visitor: Visitor, label: str) -> Locator:
    """A field by its label, also one for passwords, which are no text boxes."""
    return visitor.page.get_by_label(label, exact=True)


async def register(visitor: Visitor, email: str = ADA, name: str = "Ada Lovelace") -> None:
    """From the registration to the dashboard."""
    first, _, last = name.partition(" ")
    await visitor.open("/register")
    await field(visitor, "First name").fill(first)
    await field(visitor, "Last name").fill(last)
    await field(visitor, "E-mail").fill(email)
    await field(visitor, "Password").fill(PASSWORD)
    await visitor.press("Create account")
    await at(visitor, "/dashboard")


async def sign_in(visitor: Visitor, email: str = ADA, password: str = PASSWORD) -> None:
    await visitor.open("/login")
    await field(visitor, "E-mail").fill(email)
    await field(visitor, "Password").fill(password)
    await visitor.press("Sign in")


async def sign_out(visitor: Visitor) -> None:
    await visitor.page.get_by_role("button", name="Account of").click()
    await visitor.page.locator("[popover]").get_by_role("button", name="Sign out").click()
    await expect(visitor.page.get_by_role("link", name="Sign in")).to_be_visible()


async def at(visitor: Visitor, path: str) -> None:
    await visitor.page.wait_for_url(lambda url: re.sub(r"^https?://[^/]+|#.*", "", url) == path)


async def heads(visitor: Visitor, title: str) -> None:
    await expect(visitor.page.get_by_role("heading", level=1, name=title)).to_be_visible()


def section(visitor: Visitor, title: str) -> Locator:
    return visitor.page.get_by_role("region", name=title, exact=True)


async def me(server: RunningServer, visitor: Visitor) -> dict[str, Any]:
    """The account of who is signed in there, as the server has it."""
    token = await visitor.page.evaluate("localStorage.token")
    answer = await server.http.get("/api/me", headers={"Authorization": f"Bearer {token}"})
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_from_registering_to_a_confirmed_address_and_a_meeting(
    screen: dict[str, Any], come: Come, office: PostOffice
) -> None:
    ada = await come(**screen)
    await ada.open("/")
    await ada.page.get_by_role("link", name="Sign in").click()
    await ada.page.get_by_role("link", name="Create account").click()
    await heads(ada, "Create your account")

    await ada.press("Create account")
    await ada.sees("Please enter your first name.")
    await expect(field(ada, "First name")).to_be_focused()
    await field(ada, "First name").fill("Ada")
    await field(ada, "Last name").fill("Lovelace")
    await field(ada, "E-mail").fill(ADA)
    await field(ada, "Password").fill("password12")
    await ada.press("Create account")
    await ada.sees("among the first that anybody would try")
    await expect(field(ada, "Password")).to_be_focused()
    await expect(ada.page.get_by_text("Please enter your first name.")).to_be_hidden()

    await field(ada, "Password").fill(PASSWORD)
    before = len(ada.posted)
    await ada.button("Create account").dblclick()
    await at(ada, "/dashboard")
    assert sum("first_name" in body for body in ada.posted[before:]) == 1

    # The form is not what the back button leads to.
    await ada.page.go_back()
    await at(ada, "/login")
    await at(ada, "/dashboard")

    link = await link_in(office, ADA, "confirm your e-mail")
    await ada.open(link)
    await ada.press("Yes, confirm it")
    await ada.sees(f"{ADA} is confirmed.")
    assert "token=" not in ada.page.url
    await ada.open("/")
    await ada.open(link)
    await ada.press("Yes, confirm it")
    await ada.sees("This link no longer works")

    await ada.open("/")
    await ada.press("New meeting")
    await ada.is_in("prejoin")
    await ada.sees("You are the host.")
    await expect(ada.textbox("Your name")).to_have_value("Ada Lovelace")
    await ada.press("Join now")
    await ada.is_in("live")


async def test_signing_in_by_keyboard_and_out_in_every_tab(come: Come, arrive: Arrivals, server: RunningServer) -> None:
    ada = await come()
    await register(ada)
    await sign_out(ada)
    keyboard = ada.page.keyboard

    await ada.open("/profile")
    await ada.sees("Please sign in to see this page.")
    await ada.tab_to("Sign in")
    await keyboard.press("Tab")
    await keyboard.type(ADA)
    await keyboard.press("Tab")
    await keyboard.type("not my password")
    await keyboard.press("Enter")
    await ada.sees("Address and password do not fit together.")
    await expect(field(ada, "Password")).to_be_focused()
    await keyboard.press("Control+A")
    await keyboard.type(PASSWORD)
    await keyboard.press("Enter")
    await heads(ada, "Profile")

    tab = arrive.watch(await Visitor.another_tab(ada.page.context, server.settings.public_url, "Ada again"))
    await tab.open("/profile")
    await heads(tab, "Profile")
    await tab.page.evaluate("window.scrollTo(0, 0)")
    await tab.tab_to("Account of Ada Lovelace")
    await tab.page.keyboard.press("Enter")
    await tab.tab_to("Sign out")
    await tab.page.keyboard.press("Enter")
    await expect(tab.button("New meeting")).to_be_visible()
    await heads(ada, "Welcome back")
    assert await ada.page.evaluate("[localStorage.token, localStorage.user, localStorage['vcc-name'] || null]") == [
        None,
        None,
        None,
    ]


async def test_a_forgotten_password(come: Come, office: PostOffice) -> None:
    ada = await come(**PHONE)
    await register(ada)
    await sign_out(ada)
    for address in ("nobody@example.org", ADA):
        await ada.open("/login")
        await ada.page.get_by_role("link", name="Forgot your password?").click()
        await field(ada, "E-mail").fill(address)
        await ada.press("Mail me a link")
        await ada.sees(f"If there is an account for {address}, a link is on its way.")
    assert not office.to("nobody@example.org")

    link = await link_in(office, ADA, "password")
    await ada.open(link)
    await field(ada, "New password").fill("short")
    await ada.press("Save password")
    await ada.sees("Your password needs at least 10 characters.")
    await field(ada, "New password").fill("difference engine no. 2")
    await ada.press("Save password")
    await at(ada, "/dashboard")
    await sign_out(ada)
    await sign_in(ada, password="difference engine no. 2")
    await at(ada, "/dashboard")

    await ada.open(link)
    await field(ada, "New password").fill("difference engine no. 3")
    await ada.press("Save password")
    await ada.sees("This link no longer works")
    await ada.page.get_by_role("link", name="Ask for a new link").click()
    await heads(ada, "Forgot your password?")


async def test_a_second_factor(come: Come, office: PostOffice, clock: TurnedClock, tmp_path: Path) -> None:
    ada = await come()
    await register(ada)
    await ada.open("/profile")
    await expect(section(ada, "Second factor")).to_contain_text("Please confirm your address first.")
    await ada.open(await link_in(office, ADA, "confirm your e-mail"))
    await ada.press("Yes, confirm it")
    await ada.sees(f"{ADA} is confirmed")
    await ada.open("/profile")
    await section(ada, "Second factor").get_by_role("button", name="Set up").click()
    await field(ada, "Your password now").fill("wrong")
    await ada.press("Go on")
    await ada.sees("That is not your password.")
    await field(ada, "Your password now").fill(PASSWORD)
    await ada.press("Go on")
    await expect(ada.page.get_by_alt_text("QR code for an authenticator app")).to_be_visible()
    secret = (await section(ada, "Second factor").locator(".key").inner_text()).replace(" ", "")
    await field(ada, "Code").fill("000000")
    await ada.press("Switch on")
    await ada.sees("This code is not right")
    await field(ada, "Code").fill(pyotp.TOTP(secret).at(clock.time))
    await ada.press("Switch on")
    await ada.sees("Your recovery codes")
    codes = await section(ada, "Second factor").get_by_role("listitem").all_inner_texts()
    async with ada.page.expect_download() as download:
        await ada.press("Download codes")
    await (await download.value).save_as(tmp_path / "codes.txt")
    assert codes[0] in (tmp_path / "codes.txt").read_text()
    await ada.press("I have kept them")
    await ada.sees("It is on. Recovery codes left: 10.")

    await sign_out(ada)
    await sign_in(ada)
    await heads(ada, "One more step")
    await expect(field(ada, "Code")).to_be_focused()
    await ada.page.keyboard.type("123456")
    await ada.page.keyboard.press("Enter")
    await ada.sees("This code is not right")
    await field(ada, "Code").fill(codes[0])
    await ada.press("Go on")
    await at(ada, "/dashboard")
    await ada.open("/profile")
    await ada.sees("Recovery codes left: 9.")
    await section(ada, "Second factor").get_by_role("button", name="Switch off").click()
    await field(ada, "Your password now").fill(PASSWORD)
    await section(ada, "Second factor").get_by_role("button", name="Switch off").click()
    await expect(section(ada, "Second factor").get_by_role("button", name="Set up")).to_be_visible()


async def test_a_picture_from_a_file_and_from_the_camera(come: Come, server: RunningServer, tmp_path: Path) -> None:
    two_colours = Image.new("RGB", (800, 400), "red")
    two_colours.paste("blue", (400, 0, 800, 400))
    two_colours.save(tmp_path / "two-colours.png")
    (tmp_path / "text.png").write_text("This is no picture.")
    ada = await come(**PHONE)
    await register(ada)
    await ada.open("/profile")
    await expect(section(ada, "Picture")).to_contain_text("public by its address")
    chooser = ada.page.locator("input[type=file]")

    await chooser.set_input_files(tmp_path / "text.png")
    await ada.sees("This browser cannot open that file.")
    await chooser.set_input_files(tmp_path / "two-colours.png")
    await field(ada, "Sideways").press("End")
    await ada.press("Use this picture")
    shown = ada.page.get_by_role("img", name="Your picture")
    await expect(shown).to_be_visible()
    first = (await me(server, ada))["picture"]
    picture = Image.open(io.BytesIO((await server.http.get(first)).content)).convert("RGB")
    red, _, blue = picture.getpixel((10, 256))  # type: ignore[misc]
    assert picture.size == (512, 512)
    assert blue > red, "the right half was chosen"

    await ada.press("Use the camera")
    await ada.press("Take picture")
    await ada.press("Use this picture")
    await expect(ada.page.get_by_role("dialog")).to_be_hidden()
    await expect(shown).not_to_have_attribute("src", re.sub(r"^https?://[^/]+", "", first))
    assert (await server.http.get(first)).status_code == 404
    await ada.press("Remove")
    await expect(shown).to_be_hidden()
    assert (await me(server, ada))["picture"] is None


async def test_what_a_profile_keeps(come: Come, server: RunningServer) -> None:
    ada = await come()
    await register(ada)
    await ada.open("/profile")
    await field(ada, "First name").fill(" ")
    await section(ada, "Name").get_by_role("button", name="Save").click()
    await ada.sees("Please enter your first name.")
    await field(ada, "First name").fill("Augusta")
    await section(ada, "Name").get_by_role("button", name="Save").click()
    await expect(ada.button("Account of Augusta Lovelace")).to_be_visible()
    await field(ada, "Theme").select_option("Dark")
    await field(ada, "Time zone").select_option("Asia/Tokyo")
    await ada.page.get_by_role("switch", name="News").click()
    await field(ada, "Camera").select_option(index=1)

    async def kept() -> None:
        account = await me(server, ada)
        assert (account["theme"], account["time_zone"]) == ("dark", "Asia/Tokyo")
        assert account["notifications"]["news"]
        assert account["devices"]["camera"]

    await eventually(kept)
    assert await ada.page.evaluate("localStorage['vcc-theme']") == "dark"
    assert await ada.page.evaluate("document.documentElement.dataset.theme") == "dark"

    async def used_here() -> None:
        assert json.loads(await ada.page.evaluate("localStorage['vcc-devices'] ?? '{}'")).get("camera")

    await eventually(used_here)
    await ada.press("Switch to light theme")

    async def light() -> None:
        assert (await me(server, ada))["theme"] == "light"

    await eventually(light)
    await ada.page.reload()
    await expect(field(ada, "Theme")).to_have_value("light")

    async with ada.page.expect_download() as download:
        await ada.press("Download my data")
    with zipfile.ZipFile(await (await download.value).path()) as archive:
        assert "account.json" in archive.namelist()


async def test_another_address_another_password_and_another_device(come: Come, office: PostOffice) -> None:
    ada = await come()
    await register(ada)
    elsewhere = await come("Ada elsewhere")
    await sign_in(elsewhere)
    await at(elsewhere, "/dashboard")

    await ada.open("/profile")
    await ada.press("Move to another address")
    await field(ada, "New e-mail").fill("augusta@example.org")
    await field(ada, "Your password now").fill(PASSWORD)
    await ada.press("Mail the links")
    await ada.sees("You are moving to augusta@example.org")
    await ada.open(await link_in(office, "augusta@example.org", ""))
    await ada.press("Yes, confirm it")
    await ada.sees("augusta@example.org is confirmed.")

    await ada.open("/profile")
    others = section(ada, "Signed-in devices").get_by_role("listitem").filter(has_not_text="this device")
    await others.get_by_role("button").click()
    await expect(others).to_have_count(0)
    await elsewhere.open("/profile")
    await elsewhere.sees("You have been signed out. Please sign in again.")

    await ada.press("Change password")
    await field(ada, "Your password now").fill(PASSWORD)
    await field(ada, "New password").fill("difference engine no. 2")
    await ada.press("Save password")
    await ada.sees("Changed. All other devices are signed out.")
    await ada.page.reload()
    await heads(ada, "Profile")


async def test_deletion_is_asked_for_confirmed_and_taken_back(
    come: Come, server: RunningServer, office: PostOffice
) -> None:
    ada = await come(**PHONE)
    await register(ada)
    await sign_out(ada)
    await ada.open("/account/delete-account")
    await field(ada, "E-mail").fill("nowhere")
    await ada.press("Ask for deletion")
    await ada.sees("Please enter an e-mail address like")
    await expect(field(ada, "E-mail")).to_be_focused()
    await field(ada, "E-mail").fill(ADA)
    await field(ada, "First name").fill("Ada")
    await field(ada, "Last name").fill("Lovelace")
    await ada.page.get_by_role("checkbox", name="Erase my picture and my name too").check()
    await ada.press("Ask for deletion")
    await ada.sees("Nothing is deleted before you have opened it.")
    await ada.open(await link_in(office, ADA, "delet"))
    await ada.press("Yes, delete my account")
    await ada.sees("Your request is with us")

    await sign_in(ada)
    await at(ada, "/dashboard")
    await ada.open("/account/delete-account")
    await ada.sees("Somebody will look at your request soon.")
    deletions = part(server, "deletions")
    ((request,), _) = await deletions.listed(Wish(sort="created_at"), "waiting")
    assert request.hard
    await deletions.approve(request.id)
    await ada.page.reload()
    await ada.sees("Your account will be deleted on")

    link = await link_in(office, ADA, "delet", 2)
    assert "#keep=" in link
    await ada.open(link)
    await ada.press("Keep my account")
    await ada.sees("Your account stays")
    await ada.open("/")
    await ada.open(link)
    await ada.press("Keep my account")
    await ada.sees("This link no longer works")
