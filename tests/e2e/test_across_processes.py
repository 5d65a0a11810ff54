"""Four people over two processes, with Redis and MongoDB below: each of these dies, and no picture or voice does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import pytest_asyncio
from playwright.async_api import Browser
from prometheus_client.parser import text_string_to_metric_families

from e2e.arrivals import Arrivals
from e2e.balancer import balancer
from e2e.site_process import SiteProcess
from e2e.visitor import Visitor, count_connections, hear_and_see_each_other
from e2e.waiting import eventually
from mongodb_server import MongodbServer
from redis_server import RedisServer

NAMES = ("Ada", "Ben", "Cem", "Dunja")
PATIENCE = 40
"""Seconds for everybody's pictures: four people encode twelve of them on a machine that may be small."""


class Parts(NamedTuple):
    """Everything that can die, and the one address in front."""

    address: str
    sites: list[SiteProcess]
    redis: RedisServer
    mongodb: MongodbServer


@pytest_asyncio.fixture(loop_scope="session")
async def parts(tmp_path: Path) -> AsyncIterator[Parts]:
    async with AsyncExitStack() as stack:
        mongodb, redis = MongodbServer(), RedisServer(tmp_path)
        stack.callback(mongodb.remove)
        stack.push_async_callback(redis.stop)
        await asyncio.gather(asyncio.to_thread(mongodb.start), redis.start())
        front = await stack.enter_async_context(balancer())
        sites = [
            SiteProcess(
                tmp_path / f"site{number}",
                data=tmp_path / "data",
                store=mongodb.url,
                redis_url=redis.url,
                site_url=front.address,
                heartbeat_seconds=1,
                presence_write_seconds=1,
            )
            for number in range(2)
        ]
        for site in sites:
            stack.push_async_callback(site.close)
        await asyncio.gather(*(site.start() for site in sites))
        front.serve([site.address for site in sites])
        yield Parts(front.address, sites, redis, mongodb)


async def connected(site: SiteProcess) -> float:
    """How many people's sockets end in this process."""
    families = text_string_to_metric_families((await site.http.get("/metrics")).text)
    [gauge] = [family for family in families if family.name == "videocall_people_connected"]
    return float(gauge.samples[0].value)


def rooms_told(people: list[Visitor]) -> list[int]:
    """How often each page was told its whole room."""
    return [sum('"type":"snapshot"' in frame for frame in person.received) for person in people]


async def test_a_process_then_redis_then_mongodb_die_and_come_back_under_a_call_of_four(
    parts: Parts, browser: Browser, arrive: Arrivals
) -> None:
    arrive.forgive(r"WebSocket connection to .* failed|ERR_(CONNECTION|EMPTY)")
    meeting = await parts.sites[0].create()
    people = [arrive.watch(await Visitor.arrive(browser, parts.address, name)) for name in NAMES]
    ada, ben, cem, dunja = people
    await ada.host(meeting)
    await asyncio.gather(*(guest.join(meeting["code"]) for guest in people[1:]))

    async def all_is_well() -> None:
        for person in people:
            await person.is_in("live")
            await person.sees_only(*({*NAMES} - {person.name}))
        await hear_and_see_each_other(*people, seconds=PATIENCE)

    await all_is_well()
    for person in people:
        await person.has_everything()
    assert [await connected(site) for site in parts.sites] == [2, 2], "two people on each"
    await ben.press("Raise hand")
    built = await count_connections(people)

    await parts.sites[1].kill()
    await all_is_well()

    async def landed() -> None:
        assert await connected(parts.sites[0]) == 4

    await eventually(landed)
    await parts.sites[1].start()

    await parts.redis.stop()
    await hear_and_see_each_other(*people, seconds=PATIENCE)
    told = rooms_told(people)
    await parts.redis.start()

    async def caught_up() -> None:
        assert all(now > before for now, before in zip(rooms_told(people), told, strict=True)), "each by a snapshot"

    await eventually(caught_up, PATIENCE)
    for person in people:
        await person.sees_only(*({*NAMES} - {person.name}))
    await dunja.sees_tile("Ben", "Hand raised")

    await asyncio.to_thread(parts.mongodb.kill)
    await cem.press("Raise hand")
    await dunja.sees_tile("Cem", "Hand raised")
    await hear_and_see_each_other(*people, seconds=PATIENCE)
    await asyncio.to_thread(parts.mongodb.start)
    await all_is_well()

    assert await count_connections(people) == built, "no media was negotiated anew"

    async def recorded() -> None:
        record = await parts.sites[1].record(meeting)
        left = {one["name"]: [visit["left_at"] for visit in one["visits"]] for one in record["participants"]}
        assert left == {name: [None] for name in NAMES}, "one visit each, which goes on"

    await eventually(recorded)
