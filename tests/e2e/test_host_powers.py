import re

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.visitor import Send


async def test_the_lobby_lets_in_who_is_admitted_and_turns_away_who_is_refused(
    arrive: Arrivals, site: SiteProcess
) -> None:
    meeting = await site.create(lobby=True)
    ada = await (await arrive("Ada")).host(meeting)
    ben, eve = await arrive("Ben"), await arrive("Eve")
    for one in (ben, eve):
        await one.open_meeting(meeting["code"])
        await one.textbox("Your name").fill(one.name)
        await one.press("Join now")
        await one.is_in("lobby")
        await one.sees("be let in soon")
        await ada.sees(one.name)
        await one.shoot("lobby")
        if one is ben:
            await ada.shoot("room-knock")
            await ada.press("People")
            await ada.press("More for Ben")
            await ada.press("This will take a few minutes.")
            await ada.sees("Told: This will take a few minutes.")
            await expect(ben.page.get_by_text("This will take a few minutes.")).to_be_visible()
            await ben.shoot("lobby-told")
            await ada.shoot("room-told")
            await ada.press("Admit")
            await ben.is_in("live")
    await ada.press("Refuse")

    await eve.is_in("ended")
    await eve.sees("You were not let in")
    await eve.shoot("exit-refused")
    await ada.sees_only("Ben")
    await ada.receives_more_of(await ben.id())

    # Who was let in once comes back without waiting.
    await ben.page.reload()
    await ben.press("Join now")
    await ben.is_in("live")
    record = await site.record(meeting)
    visited = {one["name"]: len(one["visits"]) for one in record["participants"] if one["visits"]}
    assert visited == {"Ada": 1, "Ben": 2}


async def test_everybody_who_waits_is_admitted_at_once(arrive: Arrivals, site: SiteProcess) -> None:
    meeting = await site.create(lobby=True)
    ada = await (await arrive("Ada")).host(meeting)
    guests = [await arrive(name) for name in ("Ben", "Cem", "Dunja")]
    for guest in guests:
        await guest.open_meeting(meeting["code"])
        await guest.textbox("Your name").fill(guest.name)
        await guest.press("Join now")
        await guest.is_in("lobby")

    await ada.press("Admit all")

    for guest in guests:
        await guest.is_in("live")
    await ada.sees_only("Ben", "Cem", "Dunja")


async def test_mute_all_switches_off_every_other_microphone_until_its_owner_switches_it_on(arrive: Arrivals) -> None:
    _, (ada, ben, cem) = await arrive.meeting("Ada", "Ben", "Cem", send=Send.SOUND)

    await ada.press("Mute all")

    for one in (ben, cem):
        await expect(one.button("Turn on microphone")).to_be_visible()
        await one.sees("The host turned off your microphone")
        await ada.sees_tile(one.name, "Microphone off")
    await expect(ada.button("Turn off microphone")).to_be_visible()
    await ben.press("Turn on microphone")
    await ada.sees_tile("Ben", without="Microphone off")
    await ada.receives_more_of(await ben.id(), picture=False)

    await ada.press("People")
    await ada.press("Mute Ben")
    await expect(ben.button("Turn on microphone")).to_be_visible()


async def test_end_for_all_brings_everybody_to_the_exit_page(arrive: Arrivals, site: SiteProcess) -> None:
    meeting, (ada, ben, cem) = await arrive.meeting("Ada", "Ben", "Cem", send=Send.NOTHING)

    await ada.press("End for all")

    for one in (ada, ben, cem):
        await one.is_in("ended")
        await one.sees("The meeting is over")
    await ben.sees("The host ended it for everybody.")
    await ben.shoot("exit-ended")
    record = await site.record(meeting)
    assert (record["status"], record["end_reason"]) == ("ended", "host")
    assert all(visit["left_at"] for one in record["participants"] for visit in one["visits"])


async def test_end_for_all_can_be_taken_back(arrive: Arrivals) -> None:
    _, (ada, ben) = await arrive.meeting("Ada", "Ben")
    who = await ben.id()

    await ada.press("End for all")
    await ada.press("Undo")

    await expect(ada.page.get_by_text("The meeting ends for everybody")).to_have_count(0)
    await ada.frames_pass(who, 100)  # longer than the time to undo
    await ben.is_in("live")


async def test_who_is_removed_is_out_and_banned_if_the_host_wants(arrive: Arrivals) -> None:
    meeting, (ada, ben) = await arrive.meeting("Ada", "Ben", send=Send.NOTHING)

    await ada.press("People")
    await ada.press("More for Ben")
    await ada.press("Remove Ben")
    dialog = ada.page.get_by_role("dialog", name="Remove Ben?")
    await dialog.get_by_label("Do not let them in again").check()
    await ada.shoot("room-remove")
    await dialog.get_by_role("button", name="Remove", exact=True).click()

    await ben.is_in("ended")
    await ben.sees("You were removed from the meeting")
    await ada.sees_only()
    await ben.open(f"/m/{meeting['code']}")
    await ben.press("Join now")
    await ben.sees("You cannot join this meeting")
    await ada.sees_only()


async def test_the_last_one_out_leaves_a_meeting_that_ends_after_a_while(
    arrive: Arrivals, quick_site: SiteProcess
) -> None:
    meeting, (ada,) = await arrive.meeting("Ada", site=quick_site, send=Send.NOTHING)
    await ada.press("Leave")
    await ada.is_in("ended")

    await quick_site.is_ended(meeting, "abandoned")

    await ada.open(f"/m/{meeting['code']}")
    await ada.sees("This meeting is over")
    await expect(ada.page.get_by_text(re.compile("Join now"))).to_have_count(0)


async def test_a_host_names_a_cohost_locks_asks_for_sound_and_hands_over(arrive: Arrivals) -> None:
    meeting, (ada, ben) = await arrive.meeting("Ada", "Ben", send=Send.NOTHING)

    await ada.press("People")
    await ada.press("More for Ben")
    await ada.shoot("room-person-menu")
    await ada.press("Ask Ben to unmute")
    await ben.press("Unmute")
    await ada.sees_tile("Ben", without="Microphone off")
    await ada.press("More for Ben")
    await ada.press("Make Ben a co-host")
    await ben.sees("You are a co-host now")
    assert "Co-host" in (await ada.people())["Ben"]

    await ben.press("People")
    await ben.press("Who may come in")
    await ben.page.get_by_role("switch", name="Lock the meeting").check()
    await ben.shoot("room-access")
    await ben.page.keyboard.press("Escape")
    await ada.sees("Locked: nobody new can come in")
    eve = await arrive("Eve")
    await eve.open_meeting(meeting["code"])
    await eve.textbox("Your name").fill("Eve")
    await eve.press("Join now")
    await eve.sees("This meeting is locked")
    await ben.page.reload()
    await ben.press("Join now")
    await ben.is_in("live")
    await ben.press("People")
    await expect(ben.button("Who may come in")).to_be_visible()

    await ada.press("More for Ben")
    await ada.press("Make Ben the host")
    await ada.press("Hand over")
    await ben.sees("You are a host now")
    await expect(ada.button("End for all")).to_have_count(0)
    await ben.press("Who may come in")
    await ben.textbox("Password").fill("tea for two")
    await ben.press("Save password")
    await expect(ben.page.get_by_text("Saved", exact=True)).to_be_visible()
    await ben.page.keyboard.press("Escape")
    await ben.press("End for all")
    await ada.is_in("ended")
