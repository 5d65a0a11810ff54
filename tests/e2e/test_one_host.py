"""Nothing on this site asks another host for anything. (Every other test of this folder watches for it too.)"""

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.visitor import hear_and_see_each_other


async def test_no_page_asks_another_host_for_anything(arrive: Arrivals) -> None:
    arrive.forgive("status of 404")
    meeting, (ada, ben) = await arrive.meeting("Ada", "Ben")
    await hear_and_see_each_other(ada, ben)
    await ada.press("Invite")
    await ada.sees("Copy invitation")
    visitor = await arrive("Cem")
    for path in ("/", "/api/docs", f"/m/{meeting['code']}", "/m/abc-defg-hjk", "/no/such/page"):
        await visitor.open(path)
        await visitor.page.wait_for_load_state("networkidle")
    assert "videocall" in (await visitor.page.title()).lower()
    assert ada.asked_for > 5, "the recording of requests does not work"
    # What was asked of others, by whom, or refused by the policy is looked at when the fixture ends: see Arrivals.


async def test_the_watch_notices_another_host_and_a_broken_policy(arrive: Arrivals, site: SiteProcess) -> None:
    ada = await arrive("Ada")
    await ada.open("/")
    await ada.page.evaluate("fetch('http://192.0.2.1/pixel').catch(() => undefined)")
    await ada.sees("New meeting")
    policy = await arrive.look_back()
    other = site.address.replace("localhost", "127.0.0.1")
    await ada.open(other)

    noticed = await arrive.look_back()

    assert any("content security policy: connect-src http://192.0.2.1/pixel" in line for line in policy)
    assert any(f"request to another host: {other}" in line for line in noticed)
    arrive.forgive(rf"192.0.2.1|{other}|violates the following Content Security Policy")
