"""The room of a meeting on a server, as it looks before, on the way, inside, and while there is no server."""

import asyncio
from pathlib import Path

from e2e.arrivals import Arrivals
from e2e.pool_site import pool_site
from e2e.test_accessibility import has_no_barriers
from e2e.visitor import Visitor

LOOKS = {
    "Ada": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "Ben": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
    "Cem": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "Dunja": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}


async def test_a_meeting_on_a_server_has_no_barriers_from_its_door_to_its_waiting_page(
    tmp_path: Path, arrive: Arrivals
) -> None:
    async with pool_site(tmp_path, arrive, servers=1, seconds={"notice": 1}) as pool:
        (server,) = pool.servers
        meeting = await pool.site.create(engine="jitsi")
        people = [await pool.come(name, **look) for name, look in LOOKS.items()]

        async def look_at(what: str) -> None:
            for person in people:
                await person.shoot(f"hall-{what}-{person.name}")
                await has_no_barriers(person, f"{what}, {person.name}")

        async def join(person: Visitor) -> None:
            await person.textbox("Your name").fill(person.name)
            await person.press("Turn off microphone")
            await person.press("Turn off camera")
            await person.press("Join now")

        await people[0].open(meeting["host_link"])
        for person in people[1:]:
            await person.open_meeting(meeting["code"])
        for person in people:
            await person.sees("a server of Operator")
        await look_at("prejoin")
        await asyncio.gather(*(join(person) for person in people))
        await pool.on(server, *people)
        for person in people:
            await person.press("About " + server.domain)
            await person.sees("They are not encrypted end to end")
        await look_at("trust")
        await server.kill()
        for person in people:
            await person.sees("Waiting for a server")
        await look_at("waiting")

        await server.start()
        await server.break_down("never_joined")
        await pool.forgive(server)
        for person in people:
            await person.sees("Moving to another server")
        await look_at("moving")
