import asyncio
import re

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.visitor import Send, Visitor
from e2e.waiting import eventually


async def test_a_shared_screen_is_seen_by_the_others(arrive: Arrivals) -> None:
    _, (ada, ben, cem) = await arrive.meeting("Ada", "Ben", "Cem", send=Send.NOTHING)

    await ben.press("Share screen")

    for other in (ada, cem):
        await other.sees_screen_of("Ben")
    await ada.shoot("room-screen-shared")
    await expect(ben.page.locator("video[data-screen][data-local]")).to_have_count(1)

    await ben.press("Stop sharing")
    for one in (ada, ben, cem):
        await expect(one.page.locator("video[data-screen]")).to_have_count(0)
    await expect(ben.button("Share screen")).to_be_visible()


async def test_a_newcomer_sees_what_is_already_shared(arrive: Arrivals) -> None:
    meeting, (ada, _) = await arrive.meeting("Ada", "Ben", send=Send.NOTHING)
    await ada.press("Share screen")

    cem = await (await arrive("Cem")).join(meeting["code"], send=Send.NOTHING)

    await cem.sees_screen_of("Ada")


async def test_marks_for_microphone_and_camera_follow_on_every_screen(arrive: Arrivals) -> None:
    _, (ada, ben, cem) = await arrive.meeting("Ada", "Ben", "Cem")

    await ben.press("Turn off microphone")
    await ben.press("Turn off camera")

    for other in (ada, cem):
        await other.sees_tile("Ben", "Microphone off")
        await other.shows_no_picture_of("Ben")
    await ada.shoot("room-muted-and-dark")

    await ben.press("Turn on microphone")
    await ben.press("Turn on camera")
    for other in (ada, cem):
        await other.sees_tile("Ben", without="Microphone off")
        await other.receives_more_of(await ben.id())


async def test_who_is_muted_is_not_heard(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben")
    who = await ben.id()
    await ada.receives_more_of(who)

    await ben.press("Turn off microphone")
    await ada.sees_tile("Ben", "Microphone off")

    async def silent() -> None:
        before = (await ada.flows())[who]
        await ada.frames_pass(who, 15)
        after = (await ada.flows())[who]
        assert after.energy - before.energy < 1e-6  # a decoder gives back silence with its last bit flickering

    await eventually(silent)


async def test_chat_goes_to_everybody_in_order_and_never_through_the_server(
    arrive: Arrivals, site: SiteProcess
) -> None:
    meeting, people = await arrive.meeting("Ada", "Ben", "Cem", send=Send.NOTHING)
    lines = {person.name: [f"{person.name} says walrus {number}" for number in range(8)] for person in people}
    for person in people:
        await person.press("Chat")

    await asyncio.gather(*(person.says(*lines[person.name]) for person in people))

    for person in people:
        log = person.page.get_by_role("log", name="Messages")
        await expect(log.get_by_text("walrus")).to_have_count(24)
        texts = await log.get_by_text("walrus").all_inner_texts()
        for name, said in lines.items():
            assert [text for text in texts if text.startswith(name)] == said, f"on the screen of {person.name}"
    await people[0].shoot("room-chat")

    newcomer = await (await arrive("Dunja")).join(meeting["code"], send=Send.NOTHING)
    await newcomer.press("Chat")
    await people[0].says("walrus for the newcomer")
    await newcomer.sees("walrus for the newcomer")
    await expect(newcomer.page.get_by_role("log").get_by_text("walrus")).to_have_count(1)

    for person in [*people, newcomer]:
        assert any('"join"' in frame for frame in person.sent), "the recording of what was sent does not work"
        assert not [frame for frame in person.sent + person.received + person.posted if "walrus" in frame]
    kept = [path.name for path in site.folder.rglob("*") if path.is_file() and b"walrus" in path.read_bytes()]
    assert kept == []


async def test_hands_stand_in_the_same_order_on_every_screen(arrive: Arrivals) -> None:
    meeting, (ada, ben, cem) = await arrive.meeting("Ada", "Ben", "Cem", send=Send.NOTHING)
    people = [ada, ben, cem]
    for person in people:
        await person.press("People")

    async def agree(people: list[Visitor], *names: str) -> None:
        for person in people:
            expected = ["You" if name == person.name else name for name in names]

            async def check(person: Visitor = person, expected: list[str] = expected) -> None:
                assert await person.hands() == expected, f"on the screen of {person.name}"

            await eventually(check)

    await cem.press("Raise hand")
    await agree(people, "Cem")
    await ada.press("Raise hand")
    await agree(people, "Cem", "Ada")
    # At the same moment: whichever was first, everybody agrees.
    await asyncio.gather(ben.press("Raise hand"), cem.press("Lower hand"))
    await agree(people, "Ada", "Ben")
    await asyncio.gather(cem.press("Raise hand"), ada.press("Lower hand"))
    await agree(people, "Ben", "Cem")
    await ada.sees_tile("Ben", "Hand raised")
    await ada.shoot("room-people-and-hands")

    newcomer = await (await arrive("Dunja")).join(meeting["code"], send=Send.NOTHING)
    await newcomer.press("People")
    await agree([*people, newcomer], "Ben", "Cem")


async def test_unread_messages_are_counted_until_they_are_read(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben", send=Send.NOTHING)
    await ben.press("Chat")
    await ben.says("one", "two")

    await expect(ada.button("Chat")).to_have_accessible_description(re.compile("2 unread messages"))
    await ada.press("Chat")
    await ada.sees("two")
    await expect(ada.button("Chat")).to_have_accessible_description("")
