"""TURN: with `relay` as the only way, two browsers meet through a real coturn, if their credentials are right."""

from pathlib import Path

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.turn_server import turn_server
from e2e.visitor import hear_and_see_each_other

SECRET = "shared between coturn and the site"


async def test_two_people_meet_through_a_relay(tmp_path: Path, arrive: Arrivals) -> None:
    async with turn_server(tmp_path, SECRET) as address:
        site = SiteProcess(tmp_path / "site", turn_urls=address, turn_secret=SECRET, ice_policy="relay")
        await site.start()
        try:
            _, people = await arrive.meeting("Ada", "Ben", site=site)

            await hear_and_see_each_other(*people)

            for person in people:
                assert await person.page.evaluate("recorder.routes()") == [["relay", "relay"]]
        finally:
            await site.close()


async def test_a_wrong_secret_opens_no_relay(tmp_path: Path, arrive: Arrivals) -> None:
    async with turn_server(tmp_path, SECRET) as address:
        site = SiteProcess(tmp_path / "site", turn_urls=address, turn_secret="another", ice_policy="relay")
        await site.start()
        try:
            _, (ada, ben) = await arrive.meeting("Ada", "Ben", site=site)

            for person in (ada, ben):
                await person.is_refused_by_relay()
                assert await person.page.evaluate("recorder.routes()") == []
            assert [flow.frames for flow in (await ada.flows()).values()] == [0]
        finally:
            await site.close()
