"""The dashboard as somebody uses it: begin, come back, look for what is over, start again, forget."""

import asyncio

from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.members import register
from e2e.site_process import SiteProcess
from e2e.visitor import Visitor


async def test_a_meeting_goes_from_a_press_over_live_to_history_and_out_of_it(
    arrive: Arrivals, site: SiteProcess
) -> None:
    member = await register(site)
    ada = await member.sits_at(await arrive("Ada"))
    await ada.open("/dashboard")
    await ada.sees("Nothing is planned")
    await ada.sees("Meetings that are over appear here")

    await ada.button("New meeting").dblclick()
    await ada.is_in("prejoin")
    await ada.press("Turn off camera")
    await ada.press("Join now")
    await ada.is_in("live")

    other_tab = arrive.watch(await Visitor.another_tab(ada.page.context, site.address, "Ada"))
    await other_tab.open("/dashboard")
    await expect(other_tab.page.get_by_role("heading", name="Live now")).to_be_visible()
    rejoin = other_tab.page.get_by_role("link", name="Rejoin Ada Lovelace's meeting")
    await expect(rejoin).to_have_count(1)
    await rejoin.click()
    await other_tab.press("Join now")
    await other_tab.is_in("live")
    await ada.sees("You are in this meeting in another tab")
    await other_tab.press("End for all")
    await other_tab.is_in("ended")

    await ada.open("/dashboard")
    await ada.sees("ended by the host")
    await expect(ada.page.get_by_role("heading", name="Live now")).to_have_count(0)
    await ada.press("Start again")
    await ada.is_in("prejoin")
    await ada.page.go_back()
    await expect(ada.page.get_by_role("heading", name="Live now")).to_be_visible()
    await ada.press("More for Ada Lovelace's meeting")
    await ada.press("Delete from my history")
    dialog = ada.page.get_by_role("dialog", name="Delete from your history?")
    await dialog.get_by_role("button", name="Delete from my history").click()
    await ada.sees("Meetings that are over appear here")


async def test_long_histories_come_in_pages_and_are_searched(arrive: Arrivals, site: SiteProcess) -> None:
    member = await register(site, "Grace Hopper")
    await asyncio.gather(*(member.past_meeting(f"Standup {number}") for number in range(44)))
    await member.past_meeting("Budget talk")
    grace = await member.sits_at(await arrive("Grace"))
    rows = grace.page.get_by_role("button", name="Start again")

    await grace.open("/dashboard")
    await expect(rows).to_have_count(20)
    await grace.press("Show more")
    await expect(rows).to_have_count(40)
    await grace.press("Show more")
    await expect(rows).to_have_count(45)
    await expect(grace.button("Show more")).to_have_count(0)

    search = grace.page.get_by_role("searchbox", name="Search history")
    await search.fill("budget")
    await expect(rows).to_have_count(1)
    await expect(grace.page.get_by_role("link", name="Budget talk")).to_be_visible()
    await search.fill("no such meeting")
    await grace.sees("No meeting matches")
    await search.fill("")
    await expect(rows).to_have_count(20)
    await grace.page.get_by_role("radio", name="Others").check()
    await grace.sees("There is no such meeting so far.")
    await grace.page.get_by_role("radio", name="Mine").check()
    await expect(rows).to_have_count(20)


async def test_the_calendar_address_is_shown_when_asked_for_and_renewed(arrive: Arrivals, site: SiteProcess) -> None:
    ada = await (await register(site)).sits_at(await arrive("Ada"))
    await ada.open("/dashboard")
    await ada.press("Show calendar address")
    line = ada.page.get_by_text("/api/feeds/")
    before = await line.inner_text()
    assert (await site.http.get(before)).text.startswith("BEGIN:VCALENDAR")
    await ada.press("Renew address")
    dialog = ada.page.get_by_role("dialog", name="Renew the address?")
    await dialog.get_by_role("button", name="Renew address").click()
    await expect(line).not_to_have_text(before)
    assert (await site.http.get(before)).is_client_error
    assert (await site.http.get(await line.inner_text())).is_success


async def test_without_a_network_it_says_so_and_goes_on_when_it_is_back(arrive: Arrivals, site: SiteProcess) -> None:
    arrive.forgive("Failed to load resource")
    ada = await (await register(site)).sits_at(await arrive("Ada"))
    await ada.page.route("**/api/me/meetings*", lambda route: route.abort())
    await ada.open("/dashboard")
    await ada.sees("The server could not be reached")
    await ada.page.unroute("**/api/me/meetings*")
    await ada.button("Try again").first.click()
    await ada.sees("Nothing is planned")


async def test_strangers_are_asked_to_sign_in_on_the_spot(arrive: Arrivals) -> None:
    ben = await arrive("Ben")
    await ben.open("/dashboard")
    await expect(ben.button("Sign in")).to_be_visible()
    await ben.open("/schedule")
    await expect(ben.button("Sign in")).to_be_visible()
