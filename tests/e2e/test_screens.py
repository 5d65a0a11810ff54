"""Phone, tablet and desktop in both themes: nothing sticks out, and every control can be reached."""

from typing import Any

import pytest

from e2e.arrivals import Arrivals
from e2e.members import busy
from e2e.site_process import SiteProcess
from e2e.visitor import Send, Visitor

SCREENS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True},
    "phone-lying": {"viewport": {"width": 740, "height": 360}, "has_touch": True, "is_mobile": True},
    "tablet": {"viewport": {"width": 820, "height": 1180}, "has_touch": True, "is_mobile": True},
    "desktop": {"viewport": {"width": 1440, "height": 900}},
}


async def fits(visitor: Visitor, name: str) -> None:
    await visitor.stands_still()
    await visitor.shoot(name)
    width, room = await visitor.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= room, f"{name} scrolls sideways: {width} > {room}"
    assert await visitor.page.evaluate("recorder.outside()") == [], name


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_every_page_fits(screen: str, theme: str, arrive: Arrivals, site: SiteProcess) -> None:
    def called(page: str) -> str:
        return f"{page}-{screen}-{theme}"

    meeting = await site.create(title="Weekly walk through everything that is open", guest={"name": "Ada"})
    host = await (await arrive("Ada")).host(meeting)
    ben = await arrive("Ben", color_scheme=theme, **SCREENS[screen])

    await ben.open("/")
    await ben.sees("New meeting")
    await fits(ben, called("landing"))
    await ben.press("New meeting")
    await ben.press_summary("More options")
    await fits(ben, called("start"))
    await ben.open_meeting(meeting["code"])
    await ben.textbox("Your name").fill("Ben")
    await fits(ben, called("prejoin"))
    await ben.press("Join now")
    await ben.is_in("live")
    await ben.receives_more_of(await host.id())
    await fits(ben, called("room"))
    await ben.press("People")
    await fits(ben, called("people"))
    await ben.press("Close panel")
    await ben.says_in_chat("Who brings the cake?")
    await host.says_in_chat("I do: https://example.org/a/very/long/address/of/a/cake/that/breaks/no/page?at=all")
    await ben.sees("I do")
    await fits(ben, called("chat"))
    await ben.press("Close panel")
    await ben.press("More")
    await fits(ben, called("more"))
    await ben.page.keyboard.press("Escape")
    await ben.press("Leave")
    await ben.sees("You have left the meeting")
    await fits(ben, called("exit"))


@pytest.mark.parametrize("screen", ["phone", "desktop"])
async def test_six_people_fit(screen: str, arrive: Arrivals) -> None:
    meeting, people = await arrive.meeting("Ada", "Ben", "Cem", "Dunja", "Emeka", send=Send.NOTHING)
    fen = await (await arrive("Fen", **SCREENS[screen])).join(meeting["code"])
    await fen.sees_only(*(person.name for person in people))
    await people[2].press("Share screen")
    await fen.sees_screen_of("Cem")

    await fits(fen, f"room-six-{screen}")
    assert await fen.page.locator("video[data-participant]").count() == 7


@pytest.mark.parametrize(
    ("screen", "theme"), [("phone", "light"), ("phone-lying", "dark"), ("tablet", "light"), ("desktop", "dark")]
)
async def test_every_page_of_planned_and_past_meetings_fits(
    screen: str, theme: str, arrive: Arrivals, site: SiteProcess
) -> None:
    member, series, past = await busy(site)
    ada = await member.sits_at(await arrive("Ada", color_scheme=theme, **SCREENS[screen]))

    for path, words in (
        ("/dashboard", "Design review"),
        (f"/meetings/{series}", "Dates to come"),
        (f"/meetings/{past}", "As a table"),
        (f"/schedule?meeting={series}", "You are changing the whole series"),
    ):
        await ada.open(path)
        await ada.sees(words)
        await fits(ada, f"{path.split('/')[1].partition('?')[0]}-{words[:6]}-{screen}-{theme}".replace(" ", "-"))


async def test_a_phone_reaches_what_a_host_can_do(arrive: Arrivals, site: SiteProcess) -> None:
    meeting = await site.create()
    ada = await (await arrive("Ada", **SCREENS["phone"])).host(meeting)
    ben = await (await arrive("Ben")).join(meeting["code"])
    await ada.sees_only("Ben")

    await ada.press("More")
    await ada.press("Mute all")
    await ben.sees("The host turned off your microphone")
    await ada.press("More")
    await ada.press("End for all")
    await ben.is_in("ended")
