"""A meeting as people hold it, with two, four and six of them, from the lobby to the end, with everything that it has.

Each step is what somebody presses and what the others then see, and can be followed by hand. How a thing behaves when
it is misused, interrupted or attacked is shown by the tests beside this one.
"""

import re
from typing import Any

import pytest
from playwright.async_api import BrowserType, FilePayload, expect

from e2e.arrivals import Arrivals
from e2e.browsers import start_crowd_chromium
from e2e.site_process import SiteProcess
from e2e.speech import can_be_captioned
from e2e.visitor import Send, Visitor, hear_and_see_each_other
from e2e.waiting import eventually

KEY = "AAECAwQFBgcICQoLDA0ODw"
APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
NAMES = ("Ada", "Ben", "Cem", "Dunja", "Emeka", "Fen")
SMALL: dict[str, Any] = {"viewport": {"width": 1040, "height": 480}}
"""Six people are thirty pictures to encode and to decode."""


@pytest.mark.parametrize("count", [2, 4, 6])
async def test_a_whole_meeting(count: int, arrive: Arrivals, site: SiteProcess, chromium: BrowserType) -> None:
    screen = {"browser": await start_crowd_chromium(chromium), **SMALL} if count > 4 else {}
    people = [await can_be_captioned(await arrive(name, **screen)) for name in NAMES[:count]]
    ada, ben, *others = people
    created = await site.create(title="Plans for the garden", lobby=True)

    await come_in_through_the_lobby(created, ada, ben, *others)
    await hear_and_see_each_other(*people, seconds=90)
    await make_sure_of_each_other(ada, ben)
    await talk(*people)
    await read_what_is_said(ada, ben)
    await write(ada, ben, *others)
    await hand_over_a_file(ada, ben)
    await vote(ada, ben, *others)
    await answer_without_words(*people)
    await look_at_what_matters(ada, ben, *others)
    await watch_the_time(*people)
    await show_a_screen(ben, *others, ada)
    await note_and_draw(ada, ben, *others)
    await look_better(ben)
    await save_power(ben, ada)
    await keep_the_meeting_in_a_small_window(ada, ben)
    await record(ada, ben, *others)
    if count >= 4:
        await split_up_and_meet_again(*people)
    await lead(ada, ben, *others)
    await end(ada, *people)
    attended = {one["name"] for one in (await site.record(created))["participants"] if one["visits"]}
    assert attended == set(NAMES[:count])


async def come_in_through_the_lobby(created: dict[str, Any], ada: Visitor, ben: Visitor, *others: Visitor) -> None:
    """Everybody opens the whole link. The host says a word to who waits, lets one in, then all."""
    await ada.open(f"{created['host_link']}&k={KEY}")
    await ada.go_in(send=Send.ALL)
    for person in (ben, *others):
        await person.open_meeting(created["code"], f"#k={KEY}")
        await expect(person.page.get_by_text(re.compile("when you came and went"))).to_be_visible()
        await person.textbox("Your name").fill(person.name)
        await person.press("Join now")
        await person.is_in("lobby")
    if others:
        await ada.press("People")
        await ada.press("More for Ben")
        await ada.press("This will take a few minutes.")
        await expect(ben.page.get_by_text("This will take a few minutes.")).to_be_visible()
        await ada.press("Close panel")
        await ada.press("Admit all")
    else:
        await ada.press("Admit")
    for person in (ben, *others):
        await person.is_in("live")
    everybody = (ada, ben, *others)
    for person in everybody:
        await person.sees_only(*(other.name for other in everybody if other is not person))


async def make_sure_of_each_other(ada: Visitor, ben: Visitor) -> None:
    """Both have the link's key, so they are verified; who wants compares digits by voice."""
    await ada.sees_tile("Ben", "Verified")
    read = []
    for person, other in ((ada, "Ben"), (ben, "Ada")):
        await person.press("More")
        await person.press("Security")
        security = person.page.get_by_role("dialog", name="Security")
        await expect(security.get_by_text("encrypted end to end")).to_be_visible()
        await expect(security.get_by_text("Ends with the meeting")).to_be_visible()
        digits = security.get_by_role("listitem").filter(has_text=other).locator(".digits")
        await expect(digits).to_have_text(re.compile(r"\d{3} \d{3} \d{3}"))
        read.append((await digits.inner_text())[-11:])
        await person.press("Close")
    assert read[0] == read[1]


async def talk(ada: Visitor, ben: Visitor, *others: Visitor) -> None:
    """Microphones go off and on; the space bar opens one for as long as it is held; hands stand in a queue."""
    await ben.press("Turn off microphone")
    await ada.sees_tile("Ben", "Microphone off")
    await ben.press("More")
    await ben.press("Camera and sound")
    await ben.page.get_by_role("switch", name="Push to talk").check()
    await ben.page.keyboard.press("Escape")
    await ben.page.locator("body").click(position={"x": 5, "y": 5})
    await ben.page.keyboard.down("Space")
    await ada.sees_tile("Ben", without="Microphone off")
    await ben.page.keyboard.up("Space")
    await ada.sees_tile("Ben", "Microphone off")
    await ben.press("Turn on microphone")
    await ada.sees_tile("Ben", without="Microphone off")
    await ada.receives_more_of(await ben.id())

    speakers = [ben, *others][:2]
    for person in speakers:
        await person.press("Raise hand")
        await ada.sees_tile(person.name, "Hand raised")
    await ada.people()
    raised = ada.page.locator("#panel-people section").filter(has_text="Raised hands").get_by_role("listitem")
    await expect(raised).to_contain_text([person.name for person in speakers])
    await ada.press("Close panel")
    for person in speakers:
        await person.press("Lower hand")
        await ada.sees_tile(person.name, without="Hand raised")


async def read_what_is_said(ada: Visitor, ben: Visitor) -> None:
    """Captions of what somebody says, who is told of it."""
    await ada.press("More")
    await ada.press("Captions")
    await ben.sees("Your words are shown as captions")
    await ben.page.evaluate("hear('Beans need a pole.', true)")
    await expect(ada.page.get_by_role("region", name="Captions")).to_contain_text("Ben Beans need a pole.")
    await ada.press("More")
    await ada.press("Captions off")


async def write(ada: Visitor, ben: Visitor, *others: Visitor) -> None:
    """To all with a link and an emoji, to one alone, and in answer."""
    for person in (ada, ben, *others):
        await person.press("Chat")
    log = {person: person.page.get_by_role("log", name="Messages") for person in (ada, ben, *others)}
    await ada.says("Seeds: https://example.org/seeds")
    for person in (ben, *others):
        await expect(log[person].get_by_role("link", name="https://example.org/seeds")).to_be_visible()
    await ben.press("Emoji")
    await ben.press("🌞")
    await ben.page.keyboard.press("Enter")
    await expect(log[ada].get_by_text("🌞")).to_be_visible()
    receivers = ada.page.get_by_role("combobox", name="To")
    if others:
        await receivers.select_option("Ben")
    await ada.says("Bring the spade, please")
    if others:
        await receivers.select_option("Everybody")
    asked = log[ben].get_by_role("article").filter(has_text="Bring the spade")
    await asked.hover()
    await asked.get_by_role("button", name="Reply").click()
    await ben.says("I will")
    answer = log[ada].get_by_role("article").filter(has_text="I will")
    await expect(answer.get_by_role("blockquote")).to_contain_text("Bring the spade")
    for person in others:
        await expect(log[person].get_by_text("spade")).to_have_count(0)


async def hand_over_a_file(ada: Visitor, ben: Visitor) -> None:
    """From browser to browser."""
    seeds: FilePayload = {"name": "seeds.txt", "mimeType": "text/plain", "buffer": b"beans\npeas\n"}
    await ada.page.locator("#panel-chat input[type=file]").set_input_files(seeds)
    async with ben.page.expect_download() as download:
        await ben.press("Download: seeds.txt")
    assert (await (await download.value).path()).read_text() == "beans\npeas\n"


async def vote(ada: Visitor, ben: Visitor, *others: Visitor) -> None:
    """The host asks, everybody else answers."""
    await ada.press("Poll")
    await ada.textbox("Question").fill("Beans or peas?")
    await ada.textbox("Choice 1").fill("Beans")
    await ada.textbox("Choice 2").fill("Peas")
    await ada.press("Ask everybody")
    for person in (ben, *others):
        await person.page.get_by_role("group", name="Beans or peas?").get_by_role("radio", name="Peas").check()
        await person.press("Vote")
    voters = len(others) + 1
    await expect(ada.page.get_by_text(f"{voters} people voted" if voters > 1 else "1 person voted")).to_be_visible()
    for person in (ada, ben, *others):
        await person.press("Close panel")


async def answer_without_words(ada: Visitor, ben: Visitor, *others: Visitor) -> None:
    """A reaction is seen by everybody for a moment, and gone."""
    await ben.press("React")
    await ben.press("🎉")
    for person in (ada, *others):
        await expect(person.page.get_by_role("status").filter(has_text=re.compile("🎉.*Ben"))).to_be_attached()
    await expect(ada.page.get_by_text("🎉")).to_have_count(0)


async def look_at_what_matters(ada: Visitor, ben: Visitor, *others: Visitor) -> None:
    """Everybody alike or one large; a picture pinned for oneself, then one for all."""
    await ben.tile("Ada").hover()
    await ben.press("Pin Ada")
    await expect(ben.button("Pin Ada")).to_have_attribute("aria-pressed", "true")
    await ben.press("Pin Ada")
    if not others:
        return
    await ada.press("People")
    await ada.press(f"More for {others[0].name}")
    await ada.press(f"Pin {others[0].name} for everybody")

    async def width(name: str) -> float:
        box = await ben.tile(name).bounding_box()
        return box["width"] if box else 0

    async def is_large() -> None:
        assert await width(others[0].name) > 1.4 * await width("Ada")

    await eventually(is_large)
    await ada.press(f"More for {others[0].name}")
    await ada.press(f"Unpin {others[0].name} for everybody")
    await ada.press("Close panel")


async def watch_the_time(ada: Visitor, *others: Visitor) -> None:
    await ada.press("More")
    await ada.press("Timer")
    await ada.press("5 minutes")
    for person in (ada, *others):
        await expect(person.page.get_by_role("timer")).to_have_text(re.compile("4:5|5:00"))


async def show_a_screen(ben: Visitor, *others: Visitor) -> None:
    """One of those who see it draws on it; who shares it, and everybody else, sees that."""
    await ben.press("Share screen")
    for person in others:
        await person.sees_screen_of("Ben")
    drawer = others[0]
    shared = drawer.tile(f"Ben{APOSTROPHE}s screen")
    await shared.get_by_role("button", name="Draw on the screen").click()
    await expect(shared.locator("canvas")).to_be_visible()
    await drawer.stands_still()
    box = await shared.locator("video").bounding_box()
    assert box
    await drawer.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await drawer.page.mouse.down()
    await drawer.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2, steps=8)
    await drawer.page.mouse.up()
    for person in (ben, *others[1:]):
        drawn = person.page.get_by_role("img", name=f"Drawn on the screen by: {drawer.name}")
        await expect(drawn).to_be_visible()
    await ben.press("Stop sharing")
    for person in others:
        await expect(person.page.locator("video[data-screen]")).to_have_count(0)


async def note_and_draw(ada: Visitor, ben: Visitor, *others: Visitor) -> None:
    """Notes that all write, each takes home; and a board that all see."""
    await ada.press("More")
    await ada.press("Shared notes")
    await ada.textbox("Shared notes").fill("Peas along the fence")
    await ben.press("More")
    await ben.press("Shared notes")
    await expect(ben.textbox("Shared notes")).to_have_value("Peas along the fence")
    async with ben.page.expect_download() as saved:
        await ben.press("Markdown file")
    assert (await (await saved.value).path()).read_text() == "Peas along the fence"
    for person in (ada, ben):
        await person.press("Close panel")

    for person in (ada, ben, *others):
        await person.press("More")
        await person.press("Whiteboard")
    await ada.press("Add a note")
    await ada.page.keyboard.type("Fence here")
    for person in (ben, *others):
        await expect(person.textbox("Words on the board")).to_have_value("Fence here")
    for person in (ada, ben, *others):
        await person.press("Close whiteboard")


async def look_better(ben: Visitor) -> None:
    """Another background, and no noise."""
    await ben.press("Choose camera")
    await ben.button("Background and noise").click()
    await ben.page.get_by_role("radio", name="Hills", exact=True).check(force=True)
    await expect(ben.page.get_by_role("radio", name="Hills", exact=True)).to_be_checked()
    await ben.page.get_by_role("radio", name="As it is", exact=True).check(force=True)
    quiet = ben.page.get_by_role("switch", name="Suppress noise")
    await quiet.check()
    await quiet.uncheck()
    await ben.page.keyboard.press("Escape")


async def save_power(ben: Visitor, ada: Visitor) -> None:
    """Audio only for a while: no pictures either way."""
    await ben.press("More")
    await ben.press("Audio only")
    await ben.shows_no_picture_of("Ada")
    await ada.shows_no_picture_of("Ben")
    await ben.receives_more_of(await ada.id(), picture=False)
    await ben.press("More")
    await ben.press("Pictures again")
    await hear_and_see_each_other(ada, ben)


async def keep_the_meeting_in_a_small_window(ada: Visitor, ben: Visitor) -> None:
    await ada.press("More")
    async with ada.page.context.expect_page() as opened:
        await ada.press("Small window")
    small = await opened.value
    await small.get_by_role("button", name="Turn off camera").click()
    await ben.shows_no_picture_of("Ada")
    await small.get_by_role("button", name="Turn on camera").click()
    async with small.expect_event("close"):
        await small.get_by_role("button", name="Back to the meeting").click()
    await ben.receives_more_of(await ada.id())


async def record(ada: Visitor, ben: Visitor, *others: Visitor) -> None:
    """Nobody is recorded without being told."""
    await ada.page.evaluate("delete window.showSaveFilePicker")
    await ada.press("More")
    await ada.press("Record")
    await ada.press("Tell everybody and record")
    for person in (ben, *others):
        await expect(person.page.get_by_text("Ada records", exact=True)).to_be_visible()
    await ada.frames_pass(await ben.id(), 20)
    async with ada.page.expect_download(timeout=90_000) as download:  # what is still to be encoded, on few cores
        await ada.press("Stop recording")
    assert (await (await download.value).path()).stat().st_size > 0
    await expect(ben.page.get_by_text("Ada records", exact=True)).to_have_count(0)


async def split_up_and_meet_again(*people: Visitor) -> None:
    """Half of them go next door, and come back."""
    ada, next_door = people[0], people[len(people) // 2 :]
    stay = [person for person in people if person not in next_door]
    await ada.press("More")
    await ada.press("Breakout rooms")
    for person in people[1:]:
        room = "Room 2" if person in next_door else "Room 1"
        await ada.page.get_by_role("combobox", name=f"Room of {person.name}").select_option(room)
    await ada.press("Open the rooms")
    for person in next_door:
        await person.sees_only(*(other.name for other in next_door if other is not person))
    for person in stay[1:]:
        await person.sees_only(*(other.name for other in stay[1:] if other is not person))
    await ada.press("Breakout rooms")
    await ada.press("Close the rooms")
    await ada.press("Close at once")
    await ada.page.keyboard.press("Escape")
    for person in people:
        await person.sees_only(*(other.name for other in people if other is not person))
    await hear_and_see_each_other(ada, next_door[0], seconds=60)


async def lead(ada: Visitor, ben: Visitor, *others: Visitor) -> None:
    """Mute, ask, switch a camera off, lock, share the lead, remove."""
    if others:
        await ada.press("Mute all")
    else:
        await ada.press("People")
        await ada.press("Mute Ben")
        await ada.press("Close panel")
    await ben.sees("The host turned off your microphone")
    await ada.press("People")
    await ada.press("More for Ben")
    await ada.press("Ask Ben to unmute")
    await ben.press("Unmute")
    await ada.sees_tile("Ben", without="Microphone off")
    await ada.press("More for Ben")
    await ada.press(f"Turn off Ben{APOSTROPHE}s camera")
    await expect(ben.button("Turn on camera")).to_be_visible()
    await ada.press("More for Ben")
    await ada.press("Make Ben a co-host")
    await ben.sees("You are a co-host now")
    await ada.press("Who may come in")
    await ada.page.get_by_role("switch", name="Lock the meeting").check()
    await ada.page.keyboard.press("Escape")
    if others:
        leaving = others[-1]
        await ada.press(f"More for {leaving.name}")
        await ada.press(f"Remove {leaving.name}")
        await ada.page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
        await leaving.is_in("ended")
        await leaving.sees("You were removed from the meeting")
    await ada.press("More for Ben")
    await ada.press("Make Ben the host")
    await ada.press("Hand over")
    await ben.sees("You are a host now")


async def end(ada: Visitor, *people: Visitor) -> None:
    """The new host ends it for everybody."""
    ben = people[1]
    await ben.press("End for all")
    for person in (ada, ben):
        await person.is_in("ended")
        await person.sees("The meeting is over")
