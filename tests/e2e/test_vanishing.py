"""Browsers that end without goodbye, tabs that come back, and tabs too many."""

from datetime import datetime
from pathlib import Path

from playwright.async_api import BrowserType

from e2e.arrivals import Arrivals
from e2e.browsers import KillableChromium
from e2e.site_process import SiteProcess
from e2e.visitor import Visitor


async def test_killed_browsers_leave_the_room_and_then_a_closed_meeting(
    tmp_path: Path, arrive: Arrivals, chromium: BrowserType
) -> None:
    site = SiteProcess(
        tmp_path / "site",
        heartbeat_seconds=0.5,
        reconnect_grace_seconds=3,
        presence_write_seconds=0.2,
        sweep_seconds=0.2,
        abandoned_after_seconds=4,
        empty_after_seconds=600,
    )
    await site.start()
    try:
        meeting = await site.create()
        first = await KillableChromium.start(chromium, tmp_path / "first")
        second = await KillableChromium.start(chromium, tmp_path / "second")
        ada = await (await arrive("Ada", browser=first.browser, site=site)).host(meeting)
        ben = await (await arrive("Ben", browser=second.browser, site=site)).join(meeting["code"])
        await ada.sees_only("Ben")

        second.kill()
        await ada.sees_tile("Ben", "Reconnecting")
        await ada.sees_only()
        assert ada.page.is_closed() is False
        assert ben.page.is_closed()
        assert (await site.record(meeting))["status"] == "live"

        first.kill()
        killed_at = datetime.now().astimezone()

        await site.is_ended(meeting, "abandoned")
        record = await site.record(meeting)
        left = {one["name"]: datetime.fromisoformat(one["visits"][0]["left_at"]) for one in record["participants"]}
        assert [len(one["visits"]) for one in record["participants"]] == [1, 1]
        assert left["Ben"] < left["Ada"]
        assert abs((killed_at - left["Ada"]).total_seconds()) < 1.5, "left is not the last heartbeat"
    finally:
        await site.close()


async def test_a_closed_and_reopened_tab_is_the_same_person_on_a_second_visit(
    arrive: Arrivals, site: SiteProcess
) -> None:
    meeting, (ada, ben) = await arrive.meeting("Ada", "Ben")
    who = await ben.id()

    await ben.page.close(run_before_unload=True)
    await ada.sees_only()
    again = arrive.watch(await Visitor.another_tab(ben.page.context, site.address, "Ben"))
    await again.join(meeting["code"])

    await ada.sees_only("Ben")
    assert await again.id() == who
    await ada.receives_more_of(who)
    await again.receives_more_of(await ada.id())
    record = await site.record(meeting)
    visits = {one["name"]: [bool(visit["left_at"]) for visit in one["visits"]] for one in record["participants"]}
    assert visits == {"Ada": [False], "Ben": [True, False]}


async def test_a_reloaded_page_is_the_same_person_without_a_ghost(arrive: Arrivals, site: SiteProcess) -> None:
    meeting, (ada, ben) = await arrive.meeting("Ada", "Ben")
    who = await ben.id()

    await ben.page.reload()
    await ben.press("Join now")
    await ben.is_in("live")

    await ada.sees_only("Ben")
    assert await ben.id() == who
    await ada.receives_more_of(who)
    await ben.receives_more_of(await ada.id())
    record = await site.record(meeting)
    assert sorted(one["name"] for one in record["participants"]) == ["Ada", "Ben"]


async def test_a_second_tab_takes_over_and_the_first_says_so(arrive: Arrivals, site: SiteProcess) -> None:
    meeting, (ada, ben) = await arrive.meeting("Ada", "Ben")
    who = await ben.id()
    second = arrive.watch(await Visitor.another_tab(ben.page.context, site.address, "Ben"))

    await second.join(meeting["code"])

    await ben.is_in("ended")
    await ben.sees("You are in this meeting in another tab")
    await ben.shoot("exit-replaced")
    await ada.sees_only("Ben")
    await ada.receives_more_of(who)
    await second.receives_more_of(await ada.id())
    assert await second.id() == who
