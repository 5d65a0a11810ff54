"""TURN: with `relay` as the only way, two browsers meet through a real coturn, if their credentials are right."""

from pathlib import Path

from e2e.arrivals import Arrivals
from e2e.site_process import SiteProcess
from e2e.turn_server import turn_server
from e2e.visitor import Send, hear_and_see_each_other
from e2e.waiting import eventually

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


async def test_whose_network_blocks_udp_is_told_so_and_so_is_the_host(tmp_path: Path, arrive: Arrivals) -> None:
    async with turn_server(tmp_path, SECRET, udp=False, tcp=True) as addresses:
        site = SiteProcess(tmp_path / "site", turn_urls=addresses, turn_secret=SECRET, ice_policy="relay")
        await site.start()
        try:
            # Without pictures, whose cost could be told instead on a busy machine.
            _, (ada, ben) = await arrive.meeting("Ada", "Ben", site=site, send=Send.SOUND)

            async def the_host_knows() -> None:
                assert "Network blocks UDP: relayed" in (await ada.people())["Ben"]

            await eventually(the_host_knows)
            assert "Network blocks UDP: relayed" not in (await ben.people())["Ada"]
            for person in (ada, ben):
                await person.sees("Your network blocks UDP, so the call goes through a relay.")
                assert await person.page.evaluate("recorder.routes()") == [["relay", "relay"]]
            await ada.shoot("room-udp-blocked")
        finally:
            await site.close()
