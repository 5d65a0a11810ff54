"""Several processes on one store and one Redis are to people what one process is, and stay so when parts die."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from e2e.site_process import SiteProcess
from e2e.waiting import eventually
from mongodb_server import MongodbServer
from redis_server import RedisServer
from scale.page import Page

pytestmark = pytest.mark.asyncio(loop_scope="module")

GRACE_SECONDS = 3
LIMIT = 8


class Cluster:
    """Four server processes on one store and one Redis, with everything that can be killed at hand."""

    def __init__(self, sites: list[SiteProcess], redis: RedisServer, mongodb: MongodbServer | None) -> None:
        self.sites = sites
        self.redis = redis
        self.mongodb = mongodb
        self._pages: list[Page] = []
        self._dead: list[SiteProcess | RedisServer | MongodbServer] = []

    async def meeting(self, at: int = 0, **wish: Any) -> tuple[dict[str, Any], Page]:
        """A new meeting, and its host in the room."""
        meeting = await self.sites[at].create(**wish)
        host = self.page(meeting, token=meeting["token"])
        answer = await host.join(self.sites[at])
        assert answer["type"] == "snapshot", answer
        return meeting, host

    def page(self, meeting: dict[str, Any], name: str | None = None, token: str | None = None) -> Page:
        page = Page(meeting["code"], name, token)
        self._pages.append(page)
        return page

    async def guest(self, meeting: dict[str, Any], name: str, at: int) -> Page:
        """A new person in the room."""
        page = self.page(meeting, name)
        answer = await page.join(self.sites[at])
        assert answer["type"] == "snapshot", answer
        return page

    async def restore(self) -> None:
        """Close the pages of a test, and start again what it killed and did not start itself."""
        for page in self._pages:
            await page.leave_socket()
        self._pages.clear()
        for part in [*self._dead]:
            await self.start(part)

    async def kill(self, part: SiteProcess | RedisServer | MongodbServer) -> None:
        """SIGKILL: no goodbye."""
        self._dead.append(part)
        if isinstance(part, MongodbServer):
            await asyncio.to_thread(part.kill)
        elif isinstance(part, RedisServer):
            await part.stop()
        else:
            await part.kill()

    async def start(self, part: SiteProcess | RedisServer | MongodbServer) -> None:
        """Start what was killed, and wait until it answers."""
        self._dead.remove(part)
        await (asyncio.to_thread(part.start) if isinstance(part, MongodbServer) else part.start())


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "mongodb"])
async def running_cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cluster]:
    folder = tmp_path_factory.mktemp(f"cluster-{request.param}")
    async with AsyncExitStack() as stack:
        mongodb = None
        if request.param == "mongodb":
            mongodb = MongodbServer()
            stack.callback(mongodb.remove)
            await asyncio.to_thread(mongodb.start)
        redis = RedisServer(folder)
        stack.push_async_callback(redis.stop)
        await redis.start()
        settings: dict[str, Any] = {
            "data": folder / "data",
            "store": mongodb.url if mongodb else f"sqlite:///{folder / 'store.db'}",
            "redis_url": redis.url,
            "direct_limit": LIMIT,
            "heartbeat_seconds": 1,
            "reconnect_grace_seconds": GRACE_SECONDS,
            "presence_write_seconds": 0.5,
            "sweep_seconds": 0.5,
            "abandoned_after_seconds": 8,
        }
        sites = [SiteProcess(folder / f"site{number}", **settings) for number in range(4)]
        for site in sites:
            stack.push_async_callback(site.close)
        await asyncio.gather(*(site.start() for site in sites))
        yield Cluster(sites, redis, mongodb)


@pytest_asyncio.fixture(loop_scope="module")
async def cluster(running_cluster: Cluster) -> AsyncIterator[Cluster]:
    yield running_cluster
    await running_cluster.restore()


def visits(record: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The stays of each person, from what a host may read."""
    return {person["name"]: person["visits"] for person in record["participants"]}


async def attendance(site: SiteProcess, meeting: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The stays of each person in a meeting that is over; fails while one of them goes on."""
    record = visits(await site.record(meeting))
    assert all(visit["left_at"] for times in record.values() for visit in times), record
    return record


async def test_people_on_different_processes_see_each_other_and_signals_cross(cluster: Cluster) -> None:
    meeting, ada = await cluster.meeting(at=0)
    grace = await cluster.guest(meeting, "Grace", at=1)
    await ada.until(lambda: ada.names == ["Ada", "Grace"])
    assert grace.names == ["Ada", "Grace"]

    await grace.send("set_media", media={"microphone": True, "camera": False, "screen": False})
    await ada.until(lambda: ada.room[grace.id]["media"]["microphone"])
    await ada.send("set_hand", raised=True)
    await grace.until(lambda: grace.room[ada.id]["hand"] is not None)

    offer = {"type": "offer", "sdp": "v=0"}
    await ada.send("signal", to=grace.id, to_session=grace.session, description=offer)
    heard = await grace.other("peer_signal")
    assert (heard["sender"], heard["description"]) == (ada.id, offer)
    await grace.send("signal", to=ada.id, to_session=ada.session, candidates=[{"candidate": "candidate:1"}])
    assert (await ada.other("peer_signal"))["sender"] == grace.id

    await grace.send("leave")
    await ada.until(lambda: ada.names == ["Ada"])
    assert ada.gaps == grace.gaps == 0


async def test_lobby_and_host_powers_cross_processes(cluster: Cluster) -> None:
    meeting, ada = await cluster.meeting(at=0, lobby=True)
    people = {name: cluster.page(meeting, name) for name in ("Grace", "Alan", "Edsger")}
    for at, page in enumerate(people.values(), start=1):
        assert (await page.join(cluster.sites[at]))["type"] == "in_lobby"
    await ada.until(lambda: sorted(person["name"] for person in ada.waiting) == sorted(people))

    await ada.send("admit", id=people["Grace"].id)
    await ada.send("refuse", id=people["Alan"].id)
    assert (await people["Alan"].other("dismissed"))["why"] == "refused"
    await ada.until(lambda: ada.names == ["Ada", "Grace"])
    await ada.send("admit", id=None)
    await ada.until(lambda: ada.names == ["Ada", "Edsger", "Grace"] and not ada.waiting)
    await people["Grace"].until(lambda: people["Grace"].names == ["Ada", "Edsger", "Grace"])

    await ada.send("mute", id=None)
    for name in ("Grace", "Edsger"):
        assert (await people[name].other("mute_requested"))["by"] == ada.id
    await ada.send("remove", id=people["Edsger"].id, ban=True)
    assert (await people["Edsger"].other("dismissed"))["why"] == "removed"
    assert (await people["Edsger"].join(cluster.sites[0]))["code"] == "banned"
    assert ada.gaps == 0


async def test_the_end_for_all_reaches_every_process(cluster: Cluster) -> None:
    meeting, ada = await cluster.meeting(at=0)
    people = [await cluster.guest(meeting, f"P{at}", at=at) for at in range(4)]
    await ada.send("end")
    for page in [ada, *people]:
        assert (await page.other("meeting_ended"))["why"] == "host"
        await page.until_closed(4410)
    assert (await cluster.page(meeting, "Late").join(cluster.sites[2]))["code"] == "meeting-ended"
    record = await eventually(partial(attendance, cluster.sites[3], meeting))
    assert len(record) == 5


async def test_the_same_person_on_another_process_replaces_the_page_they_had(cluster: Cluster) -> None:
    meeting, ada = await cluster.meeting(at=0)
    grace = await cluster.guest(meeting, "Grace", at=1)
    second = cluster.page(meeting, token=grace.token)
    await second.join(cluster.sites[2])
    assert (await grace.other("dismissed"))["why"] == "replaced"
    await second.until(lambda: second.here == ["Ada", "Grace"])
    await ada.until(lambda: ada.room[second.id]["session"] == second.session)


async def test_a_page_that_moves_to_another_process_is_not_marked_away_by_its_old_one(cluster: Cluster) -> None:
    meeting, ada = await cluster.meeting(at=0)
    grace = await cluster.guest(meeting, "Grace", at=1)
    moved = cluster.page(meeting, token=grace.token)
    moved.session = grace.session
    await moved.join(cluster.sites[2])
    before = ada.seq
    await grace.leave_socket()
    await ada.until(lambda: ada.seq >= before + 2)
    await ada.until(lambda: ada.here == ["Ada", "Grace"])


async def test_a_killed_process_leaves_the_room_whole(cluster: Cluster) -> None:
    meeting, ada = await cluster.meeting(at=0)
    people = [await cluster.guest(meeting, name, at=at) for name, at in (("Grace", 1), ("Alan", 1), ("Edsger", 2))]
    everybody = ["Ada", "Alan", "Edsger", "Grace"]
    await ada.until(lambda: ada.names == everybody)

    await cluster.kill(cluster.sites[1])
    for page in people[:2]:
        await page.until_closed()
        assert (await page.join(cluster.sites[2]))["type"] == "snapshot"
    for page in [ada, *people]:
        await page.until_here(everybody)
    await people[0].send("signal", to=ada.id, to_session=ada.session, candidates=[])
    assert (await ada.other("peer_signal"))["sender"] == people[0].id
    await cluster.start(cluster.sites[1])

    await ada.send("end")
    await people[0].other("meeting_ended")

    record = await eventually(partial(attendance, cluster.sites[1], meeting))
    assert sorted(record) == everybody
    assert all(len(times) == 1 for times in record.values()), "whoever came back went on with the same visit"


async def test_who_does_not_come_back_from_a_killed_process_is_let_go(cluster: Cluster) -> None:
    meeting, ada = await cluster.meeting(at=0)
    await cluster.guest(meeting, "Grace", at=3)
    await ada.until(lambda: ada.names == ["Ada", "Grace"])
    await cluster.kill(cluster.sites[3])
    await ada.until(lambda: ada.names == ["Ada"])
    await cluster.start(cluster.sites[3])
    [visit] = visits(await cluster.sites[3].record(meeting))["Grace"]
    assert visit["left_at"] is not None


async def test_redis_lost_and_back_keeps_sockets_and_tells_everybody_the_room_anew(cluster: Cluster) -> None:
    meeting, ada = await cluster.meeting(at=0)
    people = [ada, *[await cluster.guest(meeting, f"P{at}", at=at) for at in (1, 2, 3)]]
    everybody = ["Ada", "P1", "P2", "P3"]
    await ada.send("set_hand", raised=True)
    await people[3].until(lambda: people[3].names == everybody and people[3].room[ada.id]["hand"] is not None)
    seen = [page.snapshots for page in people]

    await cluster.kill(cluster.redis)
    await ada.send("set_media", media={"microphone": True, "camera": False, "screen": False})
    assert (await ada.other("refused"))["code"] == "unavailable"
    answer = await cluster.sites[1].http.post("/api/meetings", json={"kind": "instant", "guest": {"name": "Bo"}})
    assert answer.status_code == 201, "what needs no room goes on, and no rate locks anybody out"
    await cluster.start(cluster.redis)

    for page, before in zip(people, seen, strict=True):
        await page.until_told_anew(before)
        await page.until_here(everybody)
        assert page.closed is None
    await ada.until(lambda: ada.room[ada.id]["hand"] is not None)
    gaps = [page.gaps for page in people]
    await people[1].send("set_hand", raised=True)
    for page in people:
        await page.until_hand_of(people[1])
    assert len({page.seq for page in people}) == 1
    assert [page.gaps for page in people] == gaps
    record = visits(await cluster.sites[2].record(meeting))
    assert [len(times) for times in record.values()] == [1, 1, 1, 1]


async def test_mongodb_lost_and_back_is_refused_clearly_meanwhile(cluster: Cluster) -> None:
    if cluster.mongodb is None:
        return  # an embedded file does not go away
    meeting, ada = await cluster.meeting(at=0)
    grace = await cluster.guest(meeting, "Grace", at=1)
    await cluster.kill(cluster.mongodb)
    answer = await cluster.sites[1].http.post(
        "/api/meetings", json={"kind": "instant", "guest": {"name": "Bo"}}, timeout=30
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    await grace.send("set_hand", raised=True)
    await ada.until(lambda: ada.room[grace.id]["hand"] is not None)
    await cluster.start(cluster.mongodb)
    late = cluster.page(meeting, "Late")

    async def let_in() -> None:
        assert (await late.join(cluster.sites[2]))["type"] == "snapshot"

    await eventually(let_in)
    for page in (ada, grace, late):
        await page.until_here(["Ada", "Grace", "Late"])
        assert page.closed is None


async def test_of_two_hundred_who_race_for_the_seats_never_more_than_the_limit_are_in(cluster: Cluster) -> None:
    meeting, ada = await cluster.meeting(at=3)

    async def join(number: int) -> str | None:
        """Who one became in the meeting; None for whom there was no seat."""
        site = cluster.sites[number % 4]
        body = {"name": f"P{number}", "session": secrets.token_urlsafe(8)}
        answer = await site.http.post(f"/api/meetings/{meeting['code']}/join", json=body, timeout=60)
        if answer.status_code == 409:
            assert answer.json()["code"] == "meeting-full"
            return None
        assert (answer.status_code, answer.json()["admission"]) == (200, "admitted")
        return str(answer.json()["participant"]["id"])

    entered = {who for who in await asyncio.gather(*(join(number) for number in range(200))) if who}
    await ada.until(lambda: len(ada.came) == len(entered))
    assert ada.gaps == 0, "every change was seen, one by one"
    assert ada.most == LIMIT, "all seats were taken, and at no moment more"
    assert sorted(ada.came) == sorted(entered), "who was told so came in, once, and nobody else"
    record = await cluster.sites[1].record(meeting)
    assert {person["id"] for person in record["participants"]} == {*entered, ada.id}, "who got no seat was never there"


async def test_nobody_is_left_inside_a_meeting_that_ends_while_they_join(cluster: Cluster) -> None:
    meetings = [await cluster.meeting(at=number % 4) for number in range(5)]
    pages = [cluster.page(meeting, f"P{number}") for number in range(6) for meeting, _ in meetings]

    async def join(number: int, page: Page) -> None:
        await asyncio.sleep(secrets.randbelow(100) / 1000)
        with contextlib.suppress(OSError):
            await page.join(cluster.sites[number % 4])

    async def end(host: Page) -> None:
        await asyncio.sleep(secrets.randbelow(100) / 1000)
        await host.send("end")

    await asyncio.gather(
        *(join(number, page) for number, page in enumerate(pages)), *(end(host) for _, host in meetings)
    )
    for page in pages:
        await page.until_closed(4410)
    for meeting, _ in meetings:
        await eventually(partial(attendance, cluster.sites[1], meeting))
