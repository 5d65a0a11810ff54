"""Breakout rooms with four people: each pair is among itself, a host comes when called, and all come back together."""

import re

from playwright.async_api import Locator, expect

from e2e.arrivals import Arrivals
from e2e.visitor import Send, Visitor, hear_and_see_each_other
from e2e.waiting import eventually


async def is_joined_to(person: Visitor, *others: Visitor) -> None:
    """Exactly these are on the screen, and there is a connection for each of them and none besides."""
    await person.sees_only(*(other.name for other in others))

    async def check() -> None:
        states = await person.page.evaluate("recorder.connections.map((one) => one.connectionState)")
        alive = [state for state in states if state not in {"closed", "new"}]
        assert alive == ["connected"] * len(others), f"{person.name}: {states}"

    await eventually(check)


async def choose(host: Visitor, name: str, room: str) -> None:
    await host.page.get_by_role("combobox", name=f"Room of {name}").select_option(room)


def banner(person: Visitor) -> Locator:
    return person.page.get_by_role("region", name="Breakout rooms")


async def test_two_rooms_of_two_and_back_again(arrive: Arrivals) -> None:
    meeting, (ada, ben, cem, dan) = await arrive.meeting("Ada", "Ben", "Cem", "Dan", send=Send.ALL)
    await ada.press("More")
    await ada.press("Breakout rooms")
    await ada.textbox("Name of room 1").fill("Owls")
    for name, room in (("Ben", "Owls"), ("Cem", "Owls"), ("Dan", "Room 2")):
        await choose(ada, name, room)
    await ada.shoot("breakouts-plan")
    await ada.press("Open the rooms")
    for person, room in ((ben, "Owls"), (cem, "Owls"), (dan, "Room 2"), (ada, "Main room")):
        await expect(banner(person)).to_contain_text(room)
    await expect(banner(ben)).to_contain_text("With Cem")

    # A host visits by choice: then there are two rooms of two.
    await ada.press("Breakout rooms")
    await ada.press("Go there: Room 2")
    for one, other in ((ben, cem), (cem, ben), (ada, dan), (dan, ada)):
        await is_joined_to(one, other)
    await hear_and_see_each_other(ben, cem)
    await hear_and_see_each_other(ada, dan)
    await ben.shoot("breakouts-room")

    await ben.says_in_chat("owls only")
    await expect(cem.page.get_by_text("Ben: owls only")).to_be_visible()
    await dan.says_in_chat("walrus")
    await expect(ada.page.get_by_text("Dan: walrus")).to_be_visible()
    assert "owls only" not in await ada.page.locator("body").inner_text()
    assert "walrus" not in await ben.page.locator("body").inner_text()
    await expect(ben.button("Back to the main room")).to_have_count(0)

    # Help is called for, and comes.
    await cem.press("Ask for help")
    await expect(banner(ben)).to_contain_text("A host has been called.")
    await expect(ada.page.get_by_text("Cem asks for help in Owls")).to_be_visible()
    await ada.shoot("breakouts-help")
    await ada.press("Go there: Owls")
    await expect(ada.page.get_by_text("Cem asks for help in Owls")).to_have_count(0)
    await is_joined_to(ada, ben, cem)
    await is_joined_to(dan)
    await dan.shoot("breakouts-alone")
    await hear_and_see_each_other(ada, ben, cem)

    # Who loads the page anew is where they were; others are told a word of the host, and not the host.
    await dan.join(meeting["code"], send=Send.ALL)
    await expect(banner(dan)).to_contain_text("Room 2")
    await ada.press("Breakout rooms")
    await ada.press("Please come to an end.")
    await expect(dan.page.get_by_text("To all rooms: Please come to an end.")).to_be_visible()
    await ada.shoot("breakouts-lead")

    await ada.press("Close the rooms")
    for person in (ada, ben, cem, dan):
        await expect(banner(person)).to_contain_text(re.compile(r"Back to the main room in 0:[0-3]\d"))
    await ben.shoot("breakouts-goodbye")
    await ada.press("Close at once")
    for person in (ada, ben, cem, dan):
        await expect(banner(person)).to_have_count(0)
    await ada.page.keyboard.press("Escape")
    for person in (ada, ben, cem, dan):
        await is_joined_to(person, *(other for other in (ada, ben, cem, dan) if other is not person))
    await hear_and_see_each_other(ada, ben, cem, dan)
    assert not [frame for frame in ben.sent + dan.sent if "owls only" in frame or "walrus" in frame]
