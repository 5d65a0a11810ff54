"""Pages in other languages than English: who gets which, and that longer words and another direction fit."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.members import PASSWORD, register
from e2e.site_process import SiteProcess
from e2e.visitor import Visitor

MESSAGES = Path(__file__).parents[3] / "web/messages"


def texts(language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((MESSAGES / f"{language}.json").read_text())
    return found


async def reads(visitor: Visitor, language: str, heading: str) -> None:
    await expect(visitor.page.get_by_role("heading", name=texts(language)[heading], level=1)).to_be_visible()
    await expect(visitor.page.locator("html")).to_have_attribute("lang", language)


async def fits(visitor: Visitor) -> None:
    """Nothing sticks out at the side."""
    await visitor.stands_still()
    widths = await visitor.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1], await visitor.page.title()


async def test_a_browser_gets_its_language_and_somebody_can_choose_another(arrive: Arrivals) -> None:
    ada = await arrive("Ada", locale="de-AT")
    await ada.open("/")
    await reads(ada, "de", "landing_title")

    await ada.page.get_by_label(texts("de")["language"]).select_option("العربية")

    await reads(ada, "ar", "landing_title")
    await expect(ada.page.locator("html")).to_have_attribute("dir", "rtl")
    await ada.open("/login")
    await reads(ada, "ar", "sign_in_title")


async def test_the_language_of_an_account_goes_with_it(arrive: Arrivals) -> None:
    ada = await arrive("Ada", locale="nl-NL")
    dutch, french = texts("nl"), texts("fr")
    await ada.open("/register")
    await ada.textbox(dutch["first_name"]).fill("Ada")
    await ada.textbox(dutch["last_name"]).fill("Lovelace")
    await ada.textbox(dutch["email"]).fill("ada.dutch@example.org")
    await ada.page.get_by_label(dutch["password"], exact=True).fill(PASSWORD)
    await ada.press(dutch["create_account"])
    await reads(ada, "nl", "dashboard_title")

    await ada.open("/profile")
    language = ada.page.get_by_role("main").get_by_label(dutch["language"])
    await expect(language).to_have_value("nl")
    await language.select_option("Français")
    await reads(ada, "fr", "profile")

    elsewhere = await arrive("Ada", locale="en-GB")
    await elsewhere.open("/login")
    await elsewhere.textbox("E-mail").fill("ada.dutch@example.org")
    await elsewhere.page.get_by_label("Password", exact=True).fill(PASSWORD)
    await elsewhere.press("Sign in")
    await reads(elsewhere, "fr", "dashboard_title")
    await expect(elsewhere.page.get_by_role("main").get_by_text(french["schedule"]).first).to_be_visible()


@pytest.mark.parametrize("language", ["de", "ar", "ja", "hi"])
async def test_pages_hold_longer_words_and_another_direction(
    arrive: Arrivals, site: SiteProcess, language: str
) -> None:
    arrive.forgive("404")  # what is nowhere
    words = texts(language)
    member = await register(site)
    await member.meeting(kind="scheduled", title="Planung", starts_at="2027-03-24T08:30:00Z", time_zone="Europe/Berlin")
    code = await member.meeting(title="Planung")
    phone = await arrive("Ada", locale=language, viewport={"width": 320, "height": 640})
    for path in ("/", "/login", "/register", "/test", "/account/delete-account", "/nowhere"):
        await phone.open(path)
        await expect(phone.page.get_by_role("heading", level=1)).to_be_visible()
        await fits(phone)
    await phone.open("/")
    await phone.shoot(f"landing-{language}-phone")

    await phone.open_meeting(code)
    await fits(phone)
    await phone.shoot(f"prejoin-{language}-phone")
    await phone.textbox(words["your_name"]).fill("Grace")
    await phone.press(words["join_now"])
    await phone.is_in("live")
    await phone.has_everything()
    await fits(phone)
    await phone.press(words["people"])
    await fits(phone)
    await phone.shoot(f"room-{language}-phone")
    await phone.close()

    desk = await member.sits_at(
        await arrive("Ada", locale=language, color_scheme="dark", viewport={"width": 1280, "height": 800})
    )
    for path, shot in (("/dashboard", "dashboard"), ("/schedule", "schedule"), ("/profile", "profile")):
        await desk.open(path)
        await expect(desk.page.get_by_role("heading", level=1)).to_be_visible()
        await fits(desk)
        await desk.shoot(f"{shot}-{language}-desk")
