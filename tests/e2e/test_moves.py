"""Meetings that move: from browsers to a server, from one server to the next, and back, with everybody together."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from e2e.arrivals import Arrivals
from e2e.pool_site import PoolSite, pool_site, sees_there
from e2e.visitor import Send
from e2e.waiting import PATIENCE, eventually


async def moves(pool: PoolSite, meeting: dict[str, Any]) -> list[tuple[str | None, str | None, str]]:
    """The record of the meeting: from where, to where, and why."""
    record = await pool.site.record(meeting)
    return [(move["from"], move["to"], move["reason"]) for move in record["moves"]]


async def test_three_people_meet_on_a_server_with_everything_around_it_ours(tmp_path: Path, arrive: Arrivals) -> None:
    async with pool_site(tmp_path, arrive) as pool:
        created = await pool.site.create(engine="jitsi", lobby=False)
        early = await pool.come("Ada")
        await early.open(created["host_link"])
        await early.sees("a server of Operator")
        await early.shoot("jitsi-prejoin")
        await early.close()

        meeting, (ada, ben, cem) = await pool.meeting("Ada", "Ben", "Cem", engine="jitsi", send=Send.SOUND)
        await pool.where(ada, ben, cem)
        await sees_there(ada, "Ada, no camera", "Ben, no camera", "Cem, no camera")
        await ben.says_in_chat("hello from over there")
        await ada.press("Chat")
        await ada.sees("hello from over there")
        await ada.press("Mute all")
        await sees_there(cem, "Ada, no camera", "Ben, muted, no camera", "Cem, muted, no camera")
        assert set(await ada.people()) == {"Ada", "Ben", "Cem"}
        await cem.press("Leave")
        await sees_there(ada, "Ada, no camera", "Ben, muted, no camera")
        await ada.press("End for all")
        await ben.is_in("ended")
        record = await pool.site.record(meeting)
        assert [len(person["visits"]) for person in record["participants"]] == [1, 1, 1]
        assert await moves(pool, meeting) == []


ROUNDS = int(os.environ.get("ROUNDS", "5"))
"""As many as show that it is no chance; more by hand (`ROUNDS=20`)."""


async def test_a_killed_server_is_left_by_everybody_together_whatever_process_they_are_at(
    tmp_path: Path, arrive: Arrivals
) -> None:
    async with pool_site(tmp_path, arrive, seconds={"notice": 1}, processes=2) as pool:
        meeting, people = await pool.meeting("Ada", "Ben", "Cem", engine="jitsi", send=Send.SOUND)
        here = await pool.where(*people)
        await people[1].press("Turn off microphone")
        for round_ in range(ROUNDS):
            await here.kill()
            killed = time.monotonic()
            there = await pool.where(*people, seconds=60)
            assert there is not here
            print(f"{round_ + 1}: together again after {time.monotonic() - killed:.1f} s")  # noqa: T201 -- for docs
            await sees_there(people[0], "Ada, no camera", "Ben, muted, no camera", "Cem, no camera")
            told = await moves(pool, meeting)
            assert len(told) == round_ + 1, "one move each"
            assert told[-1][:2] == (here.domain, there.domain)
            await here.start()
            await pool.forgive(here)
            here = there

        # Nothing is said by the pages of a server that dies silently: the probe finds it, and the others are told.
        (other,) = {*pool.servers} - {here}
        await other.break_down("silent")
        await here.kill()
        await pool.on(other, *people, seconds=60)
        await here.start()
        await pool.forgive(here)
        await other.kill()
        killed = time.monotonic()
        await pool.on(here, *people, seconds=60)
        print(f"silent: together again after {time.monotonic() - killed:.1f} s")  # noqa: T201 -- for docs
        assert (await moves(pool, meeting))[-1] == (other.domain, here.domain, "down")


FAULTS = os.environ.get("FAULTS", "no_ready bridge").split()
"""The others take longer, and were seen by hand (docs/pool.md)."""

SAID = {
    "login": "asks people to log in there.",
    "login_silent": "asks people to log in there.",
    "refused": "does not let other sites show its meetings.",
}
"""What people read of a server that kept them out by itself."""


@pytest.mark.parametrize("fault", FAULTS)
async def test_everybody_leaves_a_server_that_is_broken_in_this_way(
    tmp_path: Path, arrive: Arrivals, fault: str
) -> None:
    async with pool_site(tmp_path, arrive, pool_probe_seconds=600) as pool:
        meeting = await pool.site.create(engine="jitsi")
        server = {one.domain: one for one in pool.servers}[(await pool.site.record(meeting))["server"]["domain"]]
        await server.break_down(fault)
        people = [await pool.come(name) for name in ("Ada", "Ben", "Cem")]
        began = time.monotonic()
        await people[0].open(meeting["host_link"])
        for person in people[1:]:
            await person.open_meeting(meeting["code"])
        for person in people:
            await person.textbox("Your name").fill(person.name)
            await person.press("Turn off camera")
            await person.press("Join now")
        if fault in SAID:
            said = people[0].page.get_by_text(f"{server.domain} {SAID[fault]}")
            await said.first.wait_for(timeout=90_000)
        (there,) = {*pool.servers} - {server}
        await pool.on(there, *people, seconds=90)
        print(f"{fault}: together after {time.monotonic() - began:.1f} s, {await moves(pool, meeting)}")  # noqa: T201
        assert [to for _, to, _ in await moves(pool, meeting)] == [there.domain], "one move"


LIMIT = int(os.environ.get("DIRECT_LIMIT", "2"))
"""People that a direct meeting of the test has room for; six, as by default, take a quiet machine."""
NAMES = ("Ada", "Ben", "Cem", "Dunja", "Ege", "Finn", "Gül", "Hana", "Ida", "Jan")

MEASURE_CALM = """() => {
  window.calm = 0
  let since = null
  new MutationObserver(() => {
    const moving = document.documentElement.dataset.callState === 'moving'
    if (moving) since ??= performance.now()
    else if (since !== null) { window.calm += performance.now() - since; since = null }
  }).observe(document.documentElement, { attributeFilter: ['data-call-state'] })
}"""
"""How long a page says that everybody moves, in milliseconds."""
CALM_AT_MOST = 3 * PATIENCE


async def test_a_direct_meeting_that_grows_goes_to_a_server_in_one_step(tmp_path: Path, arrive: Arrivals) -> None:
    async with pool_site(tmp_path, arrive, direct_limit=LIMIT) as pool:
        before, late = NAMES[:LIMIT], NAMES[LIMIT : LIMIT + 2]
        meeting, people = await pool.meeting(*before, send=Send.SOUND)
        ada, ben = people[:2]
        await ada.sees_only(*before[1:])
        await ada.says_in_chat("said before")
        await ben.press("Turn off microphone")
        newcomers = [await pool.come(name) for name in late]
        # The second comes in the middle of it.
        began = time.monotonic()
        for person in people:
            await person.page.evaluate(MEASURE_CALM)
        await asyncio.gather(*(one.join(meeting["code"], send=Send.NOTHING) for one in newcomers))
        await pool.where(*people, *newcomers, seconds=60)
        calm = [round(await person.page.evaluate("window.calm / 1000"), 1) for person in people]
        print(f"{len(people) + 2} people together after {time.monotonic() - began:.1f} s, calm: {calm}")  # noqa: T201
        assert all(0 < seconds < CALM_AT_MOST for seconds in calm)
        sound = {"Ben": "muted, no camera", **dict.fromkeys(late, "muted, no camera")}
        await sees_there(ada, *(f"{name}, {sound.get(name, 'no camera')}" for name in (*before, *late)))
        await ada.sees("said before")
        assert [(origin, why) for origin, _, why in await moves(pool, meeting)] == [("direct", "outgrown")]
        for person in newcomers:
            await person.press("Leave")
            await person.is_in("ended")
        await pool.where(*people)


async def test_without_servers_a_small_meeting_goes_on_directly_and_another_waits(
    tmp_path: Path, arrive: Arrivals
) -> None:
    async with pool_site(tmp_path, arrive, servers=1, seconds={"notice": 1}, direct_limit=2) as pool:
        (server,) = pool.servers
        auto, (ada, ben, cem) = await pool.meeting("Ada", "Ben", "Cem")
        await pool.on(server, ada, ben, cem)
        await cem.press("Leave")
        fixed, (dunja,) = await pool.meeting("Dunja", engine="jitsi")
        await server.kill()
        await dunja.sees("Waiting for a server")
        await dunja.is_in("moving")
        for person in (ada, ben):
            await person.is_in("live", 40)
        await ada.sees_only("Ben")
        await ben.sees_only("Ada")
        assert [to for _, to, _ in await moves(pool, auto)][-1] == "direct"

        await server.start()
        await pool.forgive(server)
        await pool.on(server, dunja, seconds=60)

        async def recorded() -> None:
            assert [to for _, to, _ in await moves(pool, fixed)] == [None, server.domain]

        await eventually(recorded)
