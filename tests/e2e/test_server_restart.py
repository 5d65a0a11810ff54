"""The server dies in the middle of a meeting and comes back: what people see and hear does not depend on it."""

from pathlib import Path

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.visitor import Send, count_connections, hear_and_see_each_other
from e2e.waiting import eventually

LONGEST_STALL_MS = 2000
"""Without a new picture; a busy test machine alone causes some hundred."""


async def test_a_killed_server_interrupts_nothing_and_loses_nothing(tmp_path: Path, arrive: Arrivals) -> None:
    arrive.forgive(r"WebSocket connection to .* failed|ERR_CONNECTION_(REFUSED|RESET)")
    site = SiteProcess(tmp_path, presence_write_seconds=1)
    await site.start()
    try:
        meeting, people = await arrive.meeting("Ada", "Ben", "Cem", site=site)
        ada, ben, cem = people
        for person in people:
            await person.has_everything()
        await hear_and_see_each_other(*people)
        await ben.press("Raise hand")
        await cem.press("Turn off camera")
        await ada.sees_tile("Ben", "Hand raised")
        ids = {person.name: await person.id() for person in people}
        built = await count_connections(people)
        for person in people:
            await person.page.evaluate("void (window.stalls = recorder.watchStalls())")

        await site.kill()
        for person in people:
            await person.is_in("reconnecting")
        await ada.shoot("room-reconnecting")
        await ada.receives_more_of(ids["Ben"])
        await ben.says_in_chat("The server is away, and we talk on")
        await ada.press("Chat")
        await ada.sees("and we talk on")
        await site.start()
        for person in people:
            await person.is_in("live")

        await ada.receives_more_of(ids["Ben"])
        for person in people:
            stalls: dict[str, float] = await person.page.evaluate("stalls()")
            assert set(stalls) == {*ids.values()} - {ids[person.name]}
            moving = {who: stall for who, stall in stalls.items() if who != ids["Cem"]}
            assert max(moving.values()) < LONGEST_STALL_MS, f"{person.name} waited: {stalls}"
        assert await count_connections(people) == built, "media was negotiated anew"
        assert {person.name: await person.id() for person in people} == ids

        dunja = await (await arrive("Dunja", site=site)).join(meeting["code"])
        for person in people:
            await person.sees_only(*({"Ada", "Ben", "Cem", "Dunja"} - {person.name}))
        await dunja.sees_tile("Ben", "Hand raised")
        await dunja.shows_no_picture_of("Cem")
        await dunja.receives_more_of(ids["Ada"])
        await ada.receives_more_of(await dunja.id())

        record = await site.record(meeting)
        attendance = {one["name"]: [visit["left_at"] for visit in one["visits"]] for one in record["participants"]}
        assert attendance == {"Ada": [None], "Ben": [None], "Cem": [None], "Dunja": [None]}
    finally:
        await site.close()


async def test_who_leaves_while_the_server_is_away_is_no_ghost_afterwards(tmp_path: Path, arrive: Arrivals) -> None:
    arrive.forgive(r"WebSocket connection to .* failed|ERR_CONNECTION_(REFUSED|RESET)")
    site = SiteProcess(tmp_path, presence_write_seconds=0.5, heartbeat_seconds=1, reconnect_grace_seconds=4)
    await site.start()
    try:
        meeting, (ada, ben, cem) = await arrive.meeting("Ada", "Ben", "Cem", site=site)
        for person in (ada, ben, cem):
            await person.has_everything()
        await site.kill()
        await cem.is_in("reconnecting")
        await cem.close()
        await site.start()

        await ada.is_in("live")
        await ada.sees_only("Ben")
        await ben.sees_only("Ada")

        async def recorded() -> None:
            record = await site.record(meeting)
            left = {one["name"]: one["visits"][-1]["left_at"] is not None for one in record["participants"]}
            assert left == {"Ada": False, "Ben": False, "Cem": True}

        await eventually(recorded)
    finally:
        await site.close()


async def test_a_panel_that_could_not_be_fetched_comes_when_the_server_is_back(arrive: Arrivals) -> None:
    arrive.forgive("ERR_FAILED")
    (ada,) = (await arrive.meeting("Ada", send=Send.NOTHING))[1]
    # As if the server had gone just before: the page that is loaded anew gets no panels for a while.
    away = True
    await ada.page.route("**/late-*.js", lambda route: route.abort() if away else route.continue_())
    await ada.page.reload()
    await ada.press("Join now")
    await ada.is_in("live")
    await ada.press("Chat")
    await ada.sees("Loading it again usually helps.")
    await ada.shoot("room-panel-not-there")
    away = False
    await expect(ada.textbox("Write a message")).to_be_visible()


async def test_without_a_network_the_menu_opens_and_the_exit_page_is_shown(arrive: Arrivals) -> None:
    arrive.forgive("ERR_FAILED|ERR_INTERNET_DISCONNECTED")
    (ada,) = (await arrive.meeting("Ada", send=Send.NOTHING))[1]
    await ada.has_everything()
    await ada.page.context.set_offline(True)
    await ada.press("More")
    await expect(ada.button("Camera and sound")).to_be_visible()
    await ada.page.keyboard.press("Escape")
    await ada.press("Leave")
    await ada.sees("You have left the meeting")
