"""Planning meetings as people do: a weekly series, single dates, answers, coming too early, attendance."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.members import received, register, text_of
from e2e.site_process import SiteProcess
from e2e.visitor import Visitor

BERLIN: dict[str, Any] = {"timezone_id": "Europe/Berlin", "locale": "en-GB"}
NEW_YORK: dict[str, Any] = {"timezone_id": "America/New_York", "locale": "en-GB"}

WEEKLY: dict[str, Any] = {
    "kind": "scheduled",
    "title": "Choir practice",
    "starts_at": "2027-03-24T08:30:00Z",
    "time_zone": "Europe/Berlin",
    "recurrence": {"freq": "weekly", "weekdays": ["we"]},
    "invitees": ["ben@example.org"],
}


def in_minutes(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


async def test_a_weekly_meeting_is_put_right_and_made_once(arrive: Arrivals, site: SiteProcess) -> None:
    member = await register(site)
    await member.verify()
    ada = await member.sits_at(await arrive("Ada", **BERLIN))
    page = ada.page
    await ada.open("/dashboard")
    await page.get_by_role("link", name="Schedule a meeting").first.click()

    # An address that is none, no day of the week, an end before the beginning.
    await ada.textbox("Title").fill("Weekly planning")
    await page.get_by_label("Date", exact=True).fill("2027-03-24")
    await page.get_by_label("Time", exact=True).fill("09:30")
    await page.get_by_label("Repeats").select_option("weekly")
    await page.get_by_label("Wednesday").uncheck()
    await page.get_by_label("Ends").select_option("until")
    await page.get_by_label("Last day").fill("2027-03-01")
    await page.get_by_label("Invite by e-mail").fill("ben@example.org; nonsense")
    await ada.press("Schedule meeting")
    await ada.sees("Choose at least one day.")
    await ada.sees("Choose a day that is not before the first.")
    await ada.sees(re.compile("nonsense.* does not look like an e-mail address"))

    # Going away and coming back, everything is still there.
    await page.get_by_role("link", name="Your meetings").click()
    await page.go_back()
    await expect(ada.textbox("Title")).to_have_value("Weekly planning")
    await page.get_by_label("Wednesday").check()
    await page.get_by_label("Last day").fill("2027-06-30")
    await ada.press("Remove nonsense")
    await page.get_by_label("Time zone").select_option("America/New_York")
    await ada.sees(re.compile("for you"))
    await page.get_by_label("Time zone").select_option("Europe/Berlin")
    await ada.sees("every week on Wednesday until 30 June 2027")
    await ada.sees("The clock in Berlin changes")
    await ada.button("Schedule meeting").dblclick()

    await ada.sees("Your meeting is scheduled. The invitation is on its way.")
    await ada.sees(re.compile("24 March 2027"))
    assert len((await member.call("GET", "/api/me/meetings?view=upcoming"))["items"]) == 1, "a double click made two"
    await page.go_back()
    await expect(page.get_by_role("heading", name="Your meetings")).to_be_visible()
    await expect(page.get_by_role("link", name="Weekly planning", exact=True)).to_be_visible()


async def test_dates_of_a_series_are_cancelled_and_moved_and_guests_answer(arrive: Arrivals, site: SiteProcess) -> None:
    arrive.forgive("status of 410")
    member = await register(site)
    await member.verify()
    code = await member.meeting(**WEEKLY)
    ada = await member.sits_at(await arrive("Ada", **BERLIN))
    page, dialog = ada.page, ada.page.get_by_role("dialog")
    dates = page.get_by_role("region", name="Dates to come")
    await ada.open(f"/meetings/{code}")

    await dates.get_by_role("button", name=re.compile("More for Wed,? 31 Mar")).click()
    await ada.press("Cancel this date")
    await expect(dialog).to_contain_text("all other dates stay")
    await dialog.get_by_role("button", name="Cancel this date").click()
    await expect(dates.get_by_text(re.compile("31 Mar"))).to_have_count(0)
    await dates.get_by_role("button", name=re.compile("More for Wed,? 7 Apr")).click()
    await ada.press("Edit this date")
    await page.get_by_label("Time", exact=True).fill("14:00")
    await ada.press("Save changes")
    await ada.sees("Your changes are saved")
    await expect(dates.get_by_text("Changed")).to_have_count(1)

    # Looking at an invitation answers nothing; a press does.
    link = re.search(
        r"http\S+/rsvp#\S+", text_of(await received(site, "ben@example.org", "Invitation: Choir practice"))
    )
    assert link
    ben = await arrive("Ben", **NEW_YORK)
    await ben.open(link[0])
    await ben.sees("You have not answered yet.")
    await ben.sees(re.compile("09:30 in Berlin for Ada"))
    await ada.page.reload()
    await ada.sees("0 yes · 0 maybe · 0 no · 1 open")
    await ben.press("Maybe")
    await ben.sees("the host knows that you may come")
    await ada.page.reload()
    await ada.sees("0 yes · 1 maybe · 0 no · 0 open")

    await page.get_by_role("link", name="Edit", exact=True).click()
    await ada.textbox("Title").fill("Singing")
    await ada.press("Save changes")
    await expect(page.get_by_role("heading", name="Singing", exact=True)).to_be_visible()
    await ada.press("More for Singing")
    await ada.press("Cancel meeting")
    await dialog.get_by_label("The whole series").check()
    await dialog.get_by_role("button", name="Cancel meeting").click()
    await ada.sees("Cancelled. Everybody who was invited is told by mail.")
    await ben.page.reload()
    await ben.sees("This meeting was cancelled.")
    await ben.open("/rsvp#no-such-invitation")
    await ben.sees("This invitation is not valid any more")


async def test_who_comes_too_early_goes_in_with_the_host_and_is_in_the_attendance(
    arrive: Arrivals, site: SiteProcess, tmp_path: Path
) -> None:
    member = await register(site, "Grace Hopper")
    code = await member.meeting(
        kind="scheduled", title="Review", starts_at=in_minutes(40), time_zone="America/New_York", early_entry_minutes=10
    )
    ben = await arrive("Ben", **BERLIN)
    await ben.open_meeting(code)
    await ben.textbox("Your name").fill("Ben")
    await ben.press("Turn off camera")
    await ben.press("Join now")
    await ben.sees("A little early")
    await expect(ben.page.get_by_role("timer")).to_have_text(re.compile(r"^(2[6-9]|30):\d\d$"))

    grace = await member.sits_at(await arrive("Grace", **BERLIN))
    await grace.open("/dashboard")
    await grace.sees(re.compile("Starts in (3[6-9]|40) min"))
    await grace.page.get_by_role("link", name="Start Review").click()
    await grace.press("Turn off camera")
    await grace.press("Join now")
    await grace.is_in("live")
    await ben.is_in("live")
    await grace.sees_only("Ben")
    await ben.press("Leave")
    await grace.press("End for all")
    await grace.is_in("ended")

    await grace.open(f"/meetings/{code}")
    await expect(grace.page.get_by_role("img", name=re.compile("2 people were there"))).to_be_visible()
    await grace.press_summary("As a table")
    rows = await grace.page.get_by_role("table").get_by_role("row").all_inner_texts()
    assert [row.split("\t")[:2] for row in rows[1:]] == [["Grace Hopper", "Host"], ["Ben", "Participant"]]
    await grace.sees("ended by the host")
    async with grace.page.expect_download() as downloading:
        await grace.press("Download CSV")
    table = tmp_path / "attendance.csv"
    await (await downloading.value).save_as(table)
    assert "Ben" in table.read_text()


async def test_two_tabs_change_different_things_and_both_stay(arrive: Arrivals, site: SiteProcess) -> None:
    member = await register(site)
    code = await member.meeting(kind="scheduled", title="Tea", starts_at=in_minutes(600), time_zone="Europe/Berlin")
    one = await member.sits_at(await arrive("Ada", **BERLIN))
    other = arrive.watch(await Visitor.another_tab(one.page.context, site.address, "Ada"))
    for tab in (one, other):
        await tab.open(f"/schedule?meeting={code}")
        await expect(tab.textbox("Title")).to_have_value("Tea")
    await one.textbox("Title").fill("Tea and cake")
    await one.press("Save changes")
    await one.sees("Your changes are saved")
    await other.textbox("Description (optional)").fill("Bring cups.")
    await other.press("Save changes")
    await expect(other.page.get_by_role("heading", name="Tea and cake")).to_be_visible()
    await other.sees("Bring cups.")


async def test_inviting_takes_a_confirmed_address(arrive: Arrivals, site: SiteProcess) -> None:
    arrive.forgive("status of 403")
    ada = await (await register(site)).sits_at(await arrive("Ada"))
    await ada.open("/schedule")
    await ada.page.get_by_label("Invite by e-mail").fill("ben@example.org")
    await ada.press("Schedule meeting")
    await ada.sees("please confirm your own e-mail address")
    await ada.press("Send me the link")
    await ada.sees("The link is on its way")
    await expect(ada.page.get_by_text("ben@example.org")).to_be_visible()
