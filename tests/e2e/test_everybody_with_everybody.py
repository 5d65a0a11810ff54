import asyncio
from typing import Any

import pytest
from playwright.async_api import BrowserType

from e2e.arrivals import Arrivals
from e2e.browsers import start_crowd_chromium
from e2e.site_process import SiteProcess
from e2e.visitor import Send, hear_and_see_each_other
from e2e.waiting import eventually

SMALL: dict[str, Any] = {"viewport": {"width": 640, "height": 480}}
"""Six people are thirty pictures to encode and to decode: small and few, or a test machine does nothing else."""
NAMES = ["Ada", "Ben", "Chidi", "Dunja", "Emeka", "Fen"]


@pytest.mark.parametrize("count", [2, 4, 6])
async def test_everybody_sees_and_hears_everybody(
    count: int, arrive: Arrivals, site: SiteProcess, chromium: BrowserType
) -> None:
    crowd = {"browser": await start_crowd_chromium(chromium), **SMALL} if count > 4 else {}
    meeting, people = await arrive.meeting(*NAMES[:count], screen=crowd)

    for person in people:
        await person.sees_only(*(other.name for other in people if other is not person))
    await hear_and_see_each_other(*people, seconds=90)

    async def lists_are_right() -> None:
        rows = await asyncio.gather(*(person.people() for person in people))
        for person, seen in zip(people, rows, strict=True):
            you = {person.name: ["You"]}
            expected = {other.name: you.get(other.name, []) + ["Host"] * (other is people[0]) for other in people}
            assert seen == expected, f"on the screen of {person.name}"

    await eventually(lists_are_right, seconds=60)

    record = await site.record(meeting)
    assert {one["name"]: (one["role"], len(one["visits"])) for one in record["participants"]} == {
        name: ("host" if name == "Ada" else "guest", 1) for name in NAMES[:count]
    }


async def test_one_more_than_the_limit_is_told_that_the_meeting_is_full(arrive: Arrivals) -> None:
    meeting, people = await arrive.meeting(*NAMES, send=Send.NOTHING)
    seventh = await arrive("Gul")

    await seventh.open_meeting(meeting["code"])
    await seventh.textbox("Your name").fill("Gul")
    await seventh.press("Join now")

    await seventh.sees("This meeting is full")
    await seventh.shoot("meeting-full")
    await people[0].sees_only(*NAMES[1:])

    await people[5].press("Leave")
    await people[0].sees_only(*NAMES[1:5])
    await seventh.press("Try again")
    await seventh.press("Join now")
    await seventh.is_in("live")
    await people[0].sees_only(*NAMES[1:5], "Gul")
