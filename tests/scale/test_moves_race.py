"""Two processes hear of the same dead server, or find the same meeting full, at the same moment: it moves once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from people import part
from pool_of_words import ONE, TWO, bring_down, fill, in_place, is_recorded, moved, record, shut
from redis_server import RedisServer
from running_server import LiveClient, RunningServer, TurnedClock, running
from videocall.live.client_messages import EngineFailed
from videocall.settings import Settings

ROUNDS = 5
LIMIT = 6
"""People in a direct meeting, as by default."""


@asynccontextmanager
async def two_processes(settings: Settings, clock: TurnedClock, folder: Path) -> AsyncIterator[list[RunningServer]]:
    """Two sites that share nothing but the store, the Redis, and the data folder."""
    redis = RedisServer(folder)
    await redis.start()
    shared = replace(settings, redis_url=redis.url, direct_limit=LIMIT, bcrypt_cost=4)
    try:
        async with running(shared, clock) as left, running(shared, clock) as right:
            yield [left, right]
    finally:
        await redis.stop()


async def spread(sites: list[RunningServer], **wish: Any) -> tuple[dict[str, Any], list[LiveClient]]:
    """A meeting with people at both sites; one that is not on a server is full."""
    meeting = await sites[0].create(**wish)
    on_server = wish.get("engine") == "jitsi"
    names = [None, "Grace", "Joan", "Mary", *(() if on_server else ("Eve", "Hedy"))]
    people = [await sites[at % 2].enter(meeting, name) for at, name in enumerate(names)]
    if on_server:
        await in_place(sites[0], meeting, *people)
    return meeting, people


async def test_reports_on_two_processes_at_once_give_one_move(
    settings: Settings, clock: TurnedClock, tmp_path: Path
) -> None:
    async with two_processes(settings, clock, tmp_path) as sites:
        verdicts = await fill(sites[0], ONE, TWO)
        await fill(sites[1], verdicts=verdicts)
        meetings = [await spread(sites, engine="jitsi") for _ in range(ROUNDS)]
        verdicts.down.add(ONE)
        for meeting, people in meetings:
            failure = EngineFailed(epoch=0, reason="error")
            await asyncio.gather(
                *(
                    part(sites[at % 2], "live").moves.failed(meeting["code"], one.id, failure)
                    for at, one in enumerate(people)
                )
            )
            there = [await moved(client, 1) for client in people]
            assert there[1:] == [shut(there[0])] * (len(people) - 1)
            assert there[0]["place"]["server"] == TWO
            ((*move, reason),) = await record(sites[1], meeting)
            assert (move, reason in {"down", "reports"}) == ([1, ONE, TWO], True)


async def test_the_seventh_and_the_eighth_who_come_at_once_to_two_processes_move_it_once(
    settings: Settings, clock: TurnedClock, tmp_path: Path
) -> None:
    async with two_processes(settings, clock, tmp_path) as sites:
        await fill(sites[1], verdicts=await fill(sites[0], ONE, TWO))
        for _ in range(ROUNDS):
            meeting, people = await spread(sites)
            seventh, eighth = await asyncio.gather(*(site.enter(meeting, "Ida") for site in sites))
            assert seventh.snapshot["meeting"] == eighth.snapshot["meeting"]
            for client in people:
                assert shut(await moved(client, 1)) == seventh.snapshot["meeting"]
            assert await record(sites[0], meeting) == [(1, "direct", ONE, "outgrown")]


@pytest.mark.parametrize("goes_on", [0, 1])
async def test_a_room_that_was_not_told_of_a_move_catches_up(
    settings: Settings, clock: TurnedClock, tmp_path: Path, goes_on: int
) -> None:
    """Whoever moved it died between the store and the room."""
    async with two_processes(settings, clock, tmp_path) as sites:
        verdicts = await fill(sites[0], ONE, TWO)
        await fill(sites[1], verdicts=verdicts)
        meeting, people = await spread(sites, engine="jitsi")
        store = sites[0].app.state.store
        await store.update("meetings", {"_id": meeting["code"]}, {"$set": {"epoch": 1, "server": TWO}})
        assert (await moved(people[goes_on], 1))["place"]["server"] == TWO
        await bring_down(sites[0], verdicts, TWO)
        assert (await moved(people[goes_on], 2))["place"]["server"] == ONE
        await is_recorded(sites[1], meeting, (2, TWO, ONE, "down"))
