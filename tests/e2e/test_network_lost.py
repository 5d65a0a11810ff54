"""A real cable is pulled: one browser lives in a network namespace of its own."""

from pathlib import Path

import pytest
from playwright.async_api import BrowserType

from e2e.arrivals import Arrivals
from e2e.browsers import KillableChromium
from e2e.namespaces import allowed, namespace
from e2e.site_process import SiteProcess
from e2e.waiting import eventually

AWAY_SECONDS = 20
BACK_WITHIN_SECONDS = 10


@pytest.mark.skipif(not allowed(), reason="making a network namespace needs root")
async def test_after_a_lost_network_the_same_person_is_back_within_seconds(
    tmp_path: Path, arrive: Arrivals, chromium: BrowserType
) -> None:
    arrive.forgive(r"WebSocket connection to .* failed|ERR_(NETWORK|INTERNET|ADDRESS|CONNECTION|TIMED)")
    async with namespace() as cable:
        site = SiteProcess(tmp_path / "site", host=cable.here)
        near = await KillableChromium.start(chromium, tmp_path / "near", trusting=site.address)
        far = await KillableChromium.start(chromium, tmp_path / "far", inside=cable.name, trusting=site.address)
        try:
            await site.start()
            meeting = await site.create()
            ada = await (await arrive("Ada", browser=near.browser, site=site)).host(meeting)
            ben = await (await arrive("Ben", browser=far.browser, site=site)).join(meeting["code"])
            who = await ben.id()
            await ada.receives_more_of(who)
            await ben.receives_more_of(await ada.id())

            async with cable.pulled(AWAY_SECONDS):
                await ben.is_in("reconnecting")
                await ada.sees_tile("Ben", "Reconnecting")
                await ben.shoot("room-network-lost")

            await ben.is_in("live", seconds=BACK_WITHIN_SECONDS)
            await ada.receives_more_of(who, seconds=BACK_WITHIN_SECONDS)
            await ben.receives_more_of(await ada.id(), seconds=BACK_WITHIN_SECONDS)
            assert await ben.id() == who
            await ada.sees_only("Ben")
            await ada.sees_tile("Ben", without="Reconnecting")

            async def one_visit() -> None:
                record = await site.record(meeting)
                visits = {one["name"]: [visit["left_at"] for visit in one["visits"]] for one in record["participants"]}
                assert visits == {"Ada": [None], "Ben": [None]}

            await eventually(one_visit)
        finally:
            await near.browser.close()
            await far.browser.close()
            await site.close()
