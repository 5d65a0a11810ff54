"""From the landing page into a meeting, and every way that this can fail."""

import re

import pytest
from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.site_process import MOST_GUESSES, SiteProcess
from e2e.visitor import hear_and_see_each_other


async def test_from_the_landing_page_to_a_meeting_of_two_and_out_again(arrive: Arrivals, site: SiteProcess) -> None:
    ada, ben = await arrive("Ada"), await arrive("Ben")

    await ada.open("/")
    await ada.press("New meeting")
    await ada.textbox("Your name").fill("Ada")
    await ada.press("Start meeting")
    await ada.is_in("prejoin")
    await expect(ada.textbox("Your name")).to_have_value("Ada")
    await ada.sees("You are the host.")
    await ada.press("Join now")
    await ada.is_in("live")
    await ada.sees("You are the only one here")
    link = ada.page.url
    assert re.fullmatch(rf"{re.escape(site.address)}/m/\w{{3}}-\w{{4}}-\w{{3}}#k=[\w-]{{22}}", link)

    await ben.open(link)
    await ben.sees("Ada is the host.")
    await ben.textbox("Your name").fill("Ben")
    await ben.press("Join now")
    await ben.is_in("live")
    await hear_and_see_each_other(ada, ben)
    await expect(ada.button("End for all")).to_be_visible()
    await expect(ben.button("End for all")).to_have_count(0)
    await expect(ben.button("Mute all")).to_have_count(0)

    await ben.press("Leave")
    await ben.is_in("ended")
    await ben.sees("You have left the meeting")
    await ada.sees_only()
    await ben.press("Rejoin")
    await expect(ben.textbox("Your name")).to_have_value("Ben")
    await ben.press("Join now")
    await ada.sees_only("Ben")


@pytest.mark.parametrize("written", ["{code}", " {spaced} ", "{CODE}", "{bare}", "{link}", "Come to {link}, please"])
async def test_a_code_is_read_however_it_is_written(written: str, arrive: Arrivals, site: SiteProcess) -> None:
    code = (await site.create())["code"]
    forms = {
        "code": code,
        "CODE": code.upper(),
        "bare": code.replace("-", ""),
        "spaced": code.replace("-", "  "),
        "link": f"{site.address}/m/{code}",
    }
    ben = await arrive("Ben")

    await ben.open("/")
    await ben.textbox("Meeting code or link").fill(written.format(**forms))
    await ben.press("Join meeting")

    await ben.is_in("prejoin")
    assert ben.page.url == f"{site.address}/m/{code}"


async def test_what_is_no_code_is_said_beside_the_field(arrive: Arrivals, site: SiteProcess) -> None:
    ben = await arrive("Ben")
    await ben.open("/")

    for typed, said in (("", "Type the code"), ("not a code", "That is no meeting code")):
        await ben.textbox("Meeting code or link").fill(typed)
        await ben.press("Join meeting")
        await expect(ben.textbox("Meeting code or link")).to_have_accessible_description(re.compile(said))
        await expect(ben.textbox("Meeting code or link")).to_be_focused()

    assert ben.page.url == f"{site.address}/"


async def test_an_unknown_code_and_an_unknown_page_say_what_to_do(arrive: Arrivals) -> None:
    arrive.forgive("status of 404")
    ben = await arrive("Ben")

    await ben.open("/m/abc-defg-hjk")
    await ben.sees("There is no meeting with this code")
    await ben.shoot("meeting-unknown")
    await ben.page.get_by_role("link", name="Start a new meeting").click()
    await expect(ben.textbox("Your name")).to_be_focused()

    await ben.open("/m/nonsense")
    await ben.sees("There is no meeting with this code")

    await ben.open("/no/such/page")
    await ben.sees("There is nothing here")
    await ben.shoot("page-unknown")
    await ben.page.get_by_role("link", name="Go to the start page").click()
    await expect(ben.button("New meeting")).to_be_visible()


async def test_a_meeting_that_is_over_says_so(arrive: Arrivals, site: SiteProcess) -> None:
    meeting = await site.create()
    ben = await arrive("Ben")
    await ben.open_meeting(meeting["code"])
    await site.http.post(
        f"/api/meetings/{meeting['code']}/end", headers={"Authorization": f"Bearer {meeting['token']}"}
    )

    await ben.textbox("Your name").fill("Ben")
    await ben.press("Join now")
    await ben.sees("This meeting is over")

    late = await arrive("Late")
    await late.open(f"/m/{meeting['code']}")
    await late.sees("This meeting is over")
    await late.shoot("meeting-over")


async def test_a_password_is_asked_for_until_it_is_right(arrive: Arrivals, site: SiteProcess) -> None:
    meeting = await site.create(password="open sesame")
    ada = await (await arrive("Ada")).host(meeting)
    ben = await arrive("Ben")

    await ben.open_meeting(meeting["code"])
    await ben.textbox("Your name").fill("Ben")
    await ben.press("Join now")
    await ben.sees("This meeting needs a password.")
    password = ben.page.get_by_label("Meeting password")
    await password.fill("open barley")
    await ben.press("Join now")
    await ben.sees("That is not the password of this meeting.")
    await expect(password).to_be_focused()
    await ben.shoot("prejoin-wrong-password")
    await password.fill("open sesame")
    await ben.press("Join now")

    await ben.is_in("live")
    await ada.sees_only("Ben")


async def test_too_many_guesses_are_told_to_wait(arrive: Arrivals, site: SiteProcess) -> None:
    meeting = await site.create(password="open sesame")
    ben = await arrive("Ben")
    await ben.open_meeting(meeting["code"])
    await ben.textbox("Your name").fill("Ben")

    for guess in range(MOST_GUESSES + 1):
        await ben.page.get_by_label("Meeting password").fill(f"guess {guess}")
        await ben.press("Join now")
        await ben.is_in("prejoin")
        await ben.sees(re.compile("That is not the password|Please try again in"))

    await ben.sees(re.compile(r"Please try again in \d+ (second|minute)s?\."))


async def test_the_host_link_gives_host_rights_in_another_browser(arrive: Arrivals) -> None:
    ada = await arrive("Ada")
    await ada.open("/")
    await ada.press("New meeting")
    await ada.textbox("Your name").fill("Ada")
    await ada.press("Start meeting")
    await ada.press("Join now")
    await ada.is_in("live")
    await ada.press("Invite")
    dialog = ada.page.get_by_role("dialog", name="Invite")
    await expect(dialog.get_by_role("img", name="QR code of the meeting link")).to_be_visible()
    mail = await dialog.get_by_role("link", name="Write e-mail").get_attribute("href")
    assert mail
    assert mail.startswith("mailto:")
    host_link = await dialog.get_by_text("#host=").inner_text()
    await ada.shoot("room-invite")

    phone = await arrive("Ada on her phone")
    await phone.open(f"http://{host_link}")
    await phone.sees("You are the host.")
    assert "#host=" not in phone.page.url, "the key stays in the address bar"
    await phone.textbox("Your name").fill("Ada on her phone")
    await phone.press("Join now")
    await phone.is_in("live")
    await expect(phone.button("End for all")).to_be_visible()


async def test_a_name_is_asked_for_and_remembered(arrive: Arrivals, site: SiteProcess) -> None:
    first, second = await site.create(), await site.create()
    ben = await arrive("Ben")
    await ben.open_meeting(first["code"])
    await ben.press("Join now")
    await ben.sees("Please enter a name")
    await expect(ben.textbox("Your name")).to_be_focused()
    await ben.join(first["code"])
    await ben.press("Leave")

    await ben.open_meeting(second["code"])

    await expect(ben.textbox("Your name")).to_have_value("Ben")
