"""axe finds nothing on any screen in either theme, and the keyboard alone goes all the way."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.members import busy, received, text_of
from e2e.site_process import SiteProcess
from e2e.visitor import Visitor

THEMES = ["light", "dark"]
axe = Axe()


async def has_no_barriers(visitor: Visitor, where: str) -> None:
    await visitor.stands_still()
    results = await axe.run(visitor.page)
    assert results.response["passes"], "axe looked at nothing"
    assert results.violations_count == 0, f"{where}: {results.generate_report()}"


@pytest.mark.parametrize("theme", THEMES)
async def test_pages_outside_the_room_have_no_barriers(theme: str, arrive: Arrivals, site: SiteProcess) -> None:
    arrive.forgive("status of 404")
    meeting = await site.create(password="open sesame")
    ada = await arrive("Ada", color_scheme=theme)

    await ada.open("/")
    await expect(ada.button("New meeting")).to_be_visible()
    await has_no_barriers(ada, "landing")
    await ada.press("New meeting")
    await ada.press_summary("More options")
    await has_no_barriers(ada, "start dialog")
    await ada.press("Start meeting")
    await has_no_barriers(ada, "start dialog with an error")
    await ada.open_meeting(meeting["code"])
    await expect(ada.page.get_by_label("Meeting password")).to_be_visible()
    await ada.textbox("Your name").fill("Ada")
    await has_no_barriers(ada, "prejoin")
    await ada.page.get_by_label("Meeting password").fill("wrong")
    await ada.press("Join now")
    await ada.sees("That is not the password")
    await has_no_barriers(ada, "prejoin with an error")
    await ada.open("/m/abc-defg-hjk")
    await ada.sees("There is no meeting with this code")
    await has_no_barriers(ada, "unknown meeting")
    await ada.open("/no/such/page")
    await ada.sees("There is nothing here")
    await has_no_barriers(ada, "unknown page")


@pytest.mark.parametrize("theme", THEMES)
async def test_pages_of_accounts_have_no_barriers(theme: str, arrive: Arrivals) -> None:
    arrive.forgive("status of 4")
    size = {"light": {"width": 390, "height": 844}, "dark": {"width": 1280, "height": 800}}[theme]
    ada = await arrive("Ada", color_scheme=theme, viewport=size)
    page = ada.page
    for path, button, after in (
        ("/login", "Sign in", "Address and password do not fit together."),
        ("/forgot-password", "Mail me a link", "Please enter an e-mail address"),
        ("/forgot-password#token=worn-out", "Save password", "This link no longer works"),
        ("/verify-email#token=worn-out", "Yes, confirm it", "This link no longer works"),
        ("/account/delete-account", "Ask for deletion", "Please enter your first name."),
        ("/account/delete-account#token=worn-out", "Yes, delete my account", "This link no longer works"),
        ("/account/delete-account#keep=worn-out", "Keep my account", "This link no longer works"),
        ("/register", "Create account", "Please enter your first name."),
    ):
        await ada.open("/")
        await ada.open(path)
        await expect(ada.button(button)).to_be_visible()
        await has_no_barriers(ada, path)
        await ada.press(button)
        await ada.sees(after)
        await has_no_barriers(ada, f"{path} refused")

    await ada.textbox("First name").fill("Ada")
    await ada.textbox("Last name").fill("Lovelace")
    await ada.textbox("E-mail").fill(f"ada-{theme}@example.org")
    await page.get_by_label("Password", exact=True).fill("analytical engine no. 1")
    await ada.press("Create account")
    await expect(ada.button("Account of Ada Lovelace")).to_be_visible()
    await ada.open("/profile")
    await expect(page.get_by_role("heading", name="Signed-in devices")).to_be_visible()
    for opened in ("Move to another address", "Change password"):
        await ada.press(opened)
    await has_no_barriers(ada, "profile")
    await ada.press("Use the camera")
    await ada.press("Take picture")
    await expect(ada.button("Use this picture")).to_be_visible()
    await has_no_barriers(ada, "picture")
    await page.keyboard.press("Escape")
    await ada.press("Account of Ada Lovelace")
    await expect(page.get_by_role("link", name="Dashboard")).to_be_visible()
    await has_no_barriers(ada, "menu of the account")


@pytest.mark.parametrize("theme", THEMES)
async def test_the_room_has_no_barriers(theme: str, arrive: Arrivals, site: SiteProcess) -> None:
    meeting = await site.create(lobby=True)
    ada = await (await arrive("Ada", color_scheme=theme)).host(meeting)
    await has_no_barriers(ada, "alone in the room")
    ben = await arrive("Ben", color_scheme=theme)
    await ben.open_meeting(meeting["code"])
    await ben.textbox("Your name").fill("Ben")
    await ben.press("Join now")
    await ben.is_in("lobby")
    await has_no_barriers(ben, "lobby")
    await ada.sees("would like to come in")
    await has_no_barriers(ada, "somebody at the door")
    await ada.press("Admit")
    await ben.is_in("live")
    await ada.sees_only("Ben")
    await has_no_barriers(ada, "two in the room")
    await ben.press("Turn off camera")
    await ben.press("Raise hand")
    await ben.says_in_chat("Hello https://example.org")
    await has_no_barriers(ben, "chat")
    await ada.press("People")
    await ada.sees("Raised hands")
    await has_no_barriers(ada, "people")
    await ada.press("Close panel")
    await ada.press("Share screen")
    await ben.sees_screen_of("Ada")
    await has_no_barriers(ada, "own screen shared")
    await has_no_barriers(ben, "shared screen and chat")
    await ada.press("Choose camera")
    await has_no_barriers(ada, "choice of camera")
    await ada.page.keyboard.press("Escape")
    for item, title in (("Camera and sound", "Camera and sound"), ("Keyboard shortcuts", "Keyboard shortcuts")):
        await ada.press("More")
        await ada.page.get_by_role("button", name=item).click()
        await expect(ada.page.get_by_role("dialog", name=title)).to_be_visible()
        await has_no_barriers(ada, title)
        await ada.page.keyboard.press("Escape")
    await ada.press("Invite")
    await ada.sees("Copy invitation")
    await has_no_barriers(ada, "invite")
    await ada.page.keyboard.press("Escape")
    await ben.press("Leave")
    await ben.sees("You have left the meeting")
    await has_no_barriers(ben, "exit")
    await ada.press("End for all")
    await ada.sees("The meeting is over")
    await has_no_barriers(ada, "exit after the end")


@pytest.mark.parametrize("theme", THEMES)
async def test_pages_of_planned_and_past_meetings_have_no_barriers(
    theme: str, arrive: Arrivals, site: SiteProcess
) -> None:
    member, series, past = await busy(site)
    ada = await member.sits_at(await arrive("Ada", color_scheme=theme))
    await ada.open("/dashboard")
    await ada.sees("Design review")
    await has_no_barriers(ada, "dashboard")
    await ada.press("More for Weekly walk through everything that is open")
    await has_no_barriers(ada, "menu of a meeting")
    await ada.press("Cancel meeting")
    await has_no_barriers(ada, "cancel dialog")
    await ada.open(f"/meetings/{series}")
    await ada.sees("Dates to come")
    await has_no_barriers(ada, "details of a series")
    await ada.open(f"/meetings/{past}")
    await ada.press_summary("As a table")
    await has_no_barriers(ada, "attendance")
    await ada.open("/schedule")
    await ada.page.get_by_label("Repeats").select_option("weekly")
    await ada.page.get_by_label("Wednesday").uncheck()
    await ada.page.get_by_label("Invite by e-mail").fill("ben@example.org; nonsense")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        await ada.page.get_by_label(day).uncheck()
    await ada.press("Schedule meeting")
    await ada.sees("Choose at least one day.")
    await has_no_barriers(ada, "schedule with errors")
    letter = text_of(await received(site, "ben@example.org", "Invitation: Weekly walk"))
    await ada.open(re.findall(r"http\S+/rsvp#\S+", letter)[0])
    await ada.sees("You have not answered yet.")
    await has_no_barriers(ada, "invitation")
    ben = await arrive("Ben", color_scheme=theme)
    await ben.open_meeting(series)
    await ben.textbox("Your name").fill("Ben")
    await ben.press("Join now")
    await ben.sees("A little early")
    await has_no_barriers(ben, "too early")


async def test_the_keyboard_alone_goes_from_landing_to_leaving(arrive: Arrivals) -> None:
    ada = await arrive("Ada")
    keyboard = ada.page.keyboard
    await ada.open("/")

    await ada.tab_to("New meeting")
    await keyboard.press("Enter")
    await expect(ada.textbox("Your name")).to_be_focused()
    await keyboard.press("Escape")
    await expect(ada.button("New meeting")).to_be_focused()
    await keyboard.press("Enter")
    await expect(ada.textbox("Your name")).to_be_focused()
    await keyboard.type("Ada")
    await ada.tab_to("Start meeting")
    await keyboard.press("Enter")

    await ada.is_in("prejoin")
    await expect(ada.button("Turn off camera")).to_be_visible()  # found and asked for
    await ada.tab_to("Turn off camera")
    await keyboard.press("Space")
    await expect(ada.button("Turn on camera")).to_be_focused()
    await ada.tab_to("Join now")
    await keyboard.press("Enter")

    await ada.is_in("live")
    for label, after in (
        ("Turn off microphone", "Turn on microphone"),
        ("Turn on camera", "Turn off camera"),
        ("Share screen", "Stop sharing"),
        ("Raise hand", "Lower hand"),
    ):
        await ada.tab_to(label)
        await keyboard.press("Enter")
        await expect(ada.button(after)).to_be_focused()
    await ada.tab_to("Invite")
    await keyboard.press("Enter")
    await expect(ada.page.get_by_role("dialog", name="Invite")).to_be_visible()
    await keyboard.press("Escape")
    await expect(ada.button("Invite")).to_be_focused()
    await ada.tab_to("People")
    await keyboard.press("Enter")
    await expect(ada.page.get_by_role("heading", name="People")).to_be_visible()
    await ada.tab_to("Chat")
    await keyboard.press("Enter")
    await expect(ada.textbox("Write a message")).to_be_focused()
    await keyboard.press("Escape")
    await expect(ada.button("Chat")).to_be_focused()
    await ada.tab_to("Leave")
    await keyboard.press("Enter")
    await ada.is_in("ended")
    await ada.tab_to("Rejoin")
    await keyboard.press("Enter")
    await ada.is_in("prejoin")


async def test_single_keys_do_what_the_list_of_them_says(arrive: Arrivals) -> None:
    _, (ada,) = await arrive.meeting("Ada")
    for key, name in (
        ("m", "Turn on microphone"),
        ("v", "Turn on camera"),
        ("h", "Lower hand"),
        ("m", "Turn off microphone"),
    ):
        await ada.page.keyboard.press(key)
        await expect(ada.button(name)).to_be_visible()
    await ada.page.keyboard.press("p")
    await expect(ada.page.get_by_role("heading", name="People")).to_be_visible()
    await ada.page.keyboard.press("c")
    await ada.textbox("Write a message").press_sequentially("mvh")
    await expect(ada.textbox("Write a message")).to_have_value("mvh")
    await expect(ada.button("Turn off microphone")).to_be_visible()
