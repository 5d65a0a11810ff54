"""The site as an installed app: what a browser asks of one, what is shown without a network, what other apps share."""

from pathlib import Path

import msgspec
import pytest
from playwright.async_api import expect

from e2e.arrivals import Arrivals
from e2e.members import PASSWORD, register
from e2e.site_process import SiteProcess
from e2e.visitor import Send, Visitor
from e2e.waiting import eventually

NOTCHES = [
    (390, 844, {"top": 47, "right": 0, "bottom": 34, "left": 0}),
    (844, 390, {"top": 0, "right": 47, "bottom": 21, "left": 47}),
]
"""Phones as makers sell them, upright and lying: width, height, and what the screen itself covers, in CSS pixels."""
OFFLINE_FILES = {"/offline.html", "/offline.css", "/offline.js", "/theme.js", "/favicon.svg"}


async def test_chromium_finds_nothing_against_installing_the_site(arrive: Arrivals) -> None:
    ada = await arrive("Ada")
    await ada.open("/")
    await ada.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    devtools = await ada.page.context.new_cdp_session(ada.page)
    await devtools.send("Page.enable")
    manifest = await devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    # A window without a profile on disk can install nothing; that is the browser's own remark, not one on the site.
    found = (await devtools.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert [error["errorId"] for error in found if error["errorId"] != "in-incognito"] == []


@pytest.mark.parametrize(("width", "height", "safe"), NOTCHES, ids=["upright", "lying"])
async def test_nothing_lies_under_the_notch_of_a_phone(
    width: int, height: int, safe: dict[str, int], arrive: Arrivals, site: SiteProcess
) -> None:
    arrive.forgive("status of 401")
    ada = await arrive("Ada", viewport={"width": width, "height": height}, has_touch=True, is_mobile=True)
    devtools = await ada.page.context.new_cdp_session(ada.page)
    await devtools.send("Emulation.setSafeAreaInsetsOverride", {"insets": safe})

    async def keeps_clear(name: str) -> None:
        await ada.stands_still()
        await ada.shoot(f"notch-{name}-{width}")
        insets = await ada.page.evaluate(
            "['top', 'bottom', 'left'].map((side) =>"
            " parseInt(getComputedStyle(document.documentElement).getPropertyValue(`--safe-${side}`)))"
        )
        assert insets == [safe["top"], safe["bottom"], safe["left"]], "this Chromium knows no safe areas"
        # The parts of the console are one line that is moved with a finger.
        parts = tuple(
            await ada.page.get_by_role("navigation", name="Parts of the console").locator("a").all_inner_texts()
        )
        outside = await ada.page.evaluate("(safe) => recorder.outside(safe)", safe)
        assert [one for one in outside if not parts or not one.startswith(parts)] == [], name

    await ada.open("/")
    await keeps_clear("landing")
    await ada.press("New meeting")
    await ada.press_summary("More options")
    dialog = await ada.page.get_by_role("dialog").bounding_box()
    assert dialog
    assert dialog["y"] >= safe["top"]
    assert dialog["y"] + dialog["height"] <= height - safe["bottom"]
    assert dialog["x"] >= safe["left"]
    await keeps_clear("dialog")
    await ada.open("/login")
    await keeps_clear("sign-in")
    await ada.host(await site.create(), send=Send.NOTHING)
    await keeps_clear("room")
    await ada.press("People")
    await keeps_clear("people")
    await site.make_admin(f"notch-{width}")
    await ada.open("/admin")
    await ada.textbox("Name").fill(f"notch-{width}")
    await ada.page.get_by_label("Password", exact=True).fill(PASSWORD)
    await keeps_clear("console-sign-in")
    await ada.press("Sign in")
    await ada.sees("Meetings by day")
    await keeps_clear("console")
    await ada.open("/admin/administrators")
    await ada.sees("Table (CSV)")
    await keeps_clear("administrators")


async def test_without_a_server_a_page_says_so_and_goes_on_by_itself(tmp_path: Path, arrive: Arrivals) -> None:
    arrive.forgive("ERR_")
    site = SiteProcess(tmp_path)
    await site.start()
    try:
        ada = await arrive("Ada", site=site, viewport={"width": 390, "height": 844})
        await ada.open("/")
        await ada.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        kept = await ada.page.evaluate(
            """async () => (await Promise.all((await caches.keys()).map(async (name) =>
                (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))).flat()"""
        )
        assert set(kept) == OFFLINE_FILES, "anything else that is kept could be shown after it has changed"

        await site.kill()
        await ada.open("/login")
        await expect(ada.page.get_by_role("heading", name="Not connected")).to_be_visible()
        await ada.stands_still()
        await ada.shoot("offline-phone")
        await ada.press("Try again")
        await ada.sees("Still no answer")
        await site.start()
        await expect(ada.page.get_by_role("heading", name="Welcome back")).to_be_visible()
    finally:
        await site.close()


async def test_a_link_that_another_app_shares_is_ready_to_be_joined_and_no_server_sees_it(
    arrive: Arrivals, site: SiteProcess
) -> None:
    shared = f"Come in: {(await site.create())['host_link']}"
    assert "#host=" in shared
    ada = await arrive("Ada")
    await ada.open("/")
    await ada.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await ada.page.evaluate(
        """(text) => {
            const form = Object.assign(document.createElement('form'), { action: '/share', method: 'post' })
            form.enctype = 'multipart/form-data'
            form.append(Object.assign(document.createElement('input'), { name: 'text', value: text }))
            document.body.append(form)
            form.submit()
        }""",
        shared,
    )
    await expect(ada.textbox("Meeting code or link")).to_have_value(shared)
    await ada.press("Join meeting")
    await ada.is_in("prejoin")
    assert "#host=" not in site.log()


async def shown(visitor: Visitor) -> list[list[str]]:
    """Title and text of every notification that the worker shows."""
    found: list[list[str]] = await visitor.page.evaluate(
        """navigator.serviceWorker.ready
            .then((worker) => worker.getNotifications())
            .then((all) => all.map((one) => [one.title, one.body]))"""
    )
    return found


async def test_a_push_message_is_shown_unless_its_meeting_is_looked_at(arrive: Arrivals, site: SiteProcess) -> None:
    """The push service of Chromium's maker is out of reach here: the developer tools hand the message over."""
    meeting = await site.create()
    ada = await arrive("Ada", permissions=["notifications", "camera", "microphone"])
    await ada.open("/")
    await ada.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    devtools = await ada.page.context.new_cdp_session(ada.page)
    registered: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registered.extend(one["registrationId"] for one in event["registrations"]),
    )
    await devtools.send("ServiceWorker.enable")

    async def is_registered() -> None:
        assert registered

    async def push(title: str, path: str) -> None:
        message = {"title": title, "body": "Open it to let them in.", "path": path, "tag": title}
        data = {"registrationId": registered[0], "data": msgspec.json.encode(message).decode()}
        await devtools.send("ServiceWorker.deliverPushMessage", {"origin": site.address, **data})

    async def is_shown(*titles: str) -> None:
        async def check() -> None:
            assert sorted(title for title, _ in await shown(ada)) == sorted(titles)

        await eventually(check)

    await eventually(is_registered)
    await push("Grace is waiting", f"/m/{meeting['code']}")
    await is_shown("Grace is waiting")
    await ada.open_meeting(meeting["code"])
    await push("Ben is waiting", f"/m/{meeting['code']}")
    await push("Cem is waiting", "/m/another-meeting")
    await is_shown("Grace is waiting", "Cem is waiting")


async def test_notifications_are_asked_for_only_when_somebody_switches_them_on(
    arrive: Arrivals, site: SiteProcess
) -> None:
    arrive.forgive("Push API in incognito mode")
    member = await register(site)
    ada = await member.sits_at(await arrive("Ada", permissions=["notifications"]))
    await ada.page.add_init_script(
        """window.asked = 0
        const ask = Notification.requestPermission
        Notification.requestPermission = () => { window.asked += 1; return ask.call(Notification) }"""
    )
    await ada.open("/profile")
    switch = ada.page.get_by_role("switch", name="Notifications")
    await expect(switch).not_to_be_checked()
    assert await ada.page.evaluate("asked") == 0
    await switch.click()
    await ada.sees("The push service of your browser did not answer")
    await expect(switch).not_to_be_checked()
    assert await ada.page.evaluate("asked") == 1
    await ada.page.get_by_role("heading", name="On this device").scroll_into_view_if_needed()
    await ada.shoot("profile-notifications")
