"""Processes whose clocks differ by half a minute: nobody is thrown out early, and what is due happens once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from msgspec.structs import replace

from redis_server import RedisServer
from running_server import RunningServer, TurnedClock, running, until
from videocall.app import create_app
from videocall.meetings.admission import AdmissionService
from videocall.meetings.model import Meeting, Person
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.upkeep import Upkeep
from videocall.settings import Settings
from videocall.store.base import Store

pytest_plugins = ("conformance.engines",)
# PyMongo leaves a socket to the garbage collector when it is cancelled while it connects: these servers stop at once.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

STALE = 40
OFFSETS = (-30, 0, 15, 30)


def upkeep_of(app: Litestar) -> Upkeep:
    part: Any = app.dependencies["upkeep"]
    upkeep: Upkeep = part.dependency()
    return upkeep


def admission_of(app: Litestar) -> AdmissionService:
    part: Any = app.dependencies["admission"]
    admission: AdmissionService = part.dependency()
    return admission


def clock_showing(offset: float) -> TurnedClock:
    clock = TurnedClock()
    clock.turn(seconds=offset)
    return clock


async def add_stale_meetings(store: Store) -> None:
    """Meetings in which somebody was last heard of an hour ago."""
    repository = MeetingRepository(store)
    await repository.prepare()
    then = TurnedClock().now() - timedelta(hours=1)
    for number in range(STALE):
        code = f"m{number:02}"
        meeting = Meeting(
            code=code,
            title="Tea",
            description="",
            kind="instant",
            status="live",
            engine="direct",
            server=None,
            lobby=False,
            password_sealed=None,
            host_id=f"h{number}",
            host_name="Ada",
            host_email=None,
            host_key_digest="",
            created_at=then,
            started_at=then,
            seen_at=then,
        )
        await repository.add(meeting, Person(id=f"h{number}", meeting=code, name="Ada", role="host", created_at=then))


async def test_four_sweepers_end_forty_stale_meetings_once_each(
    store_url: str,
    open_at: Callable[[str], AbstractAsyncContextManager[Store]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("videocall.meetings.upkeep._MOST_AT_ONCE", 7)  # so that one sweep takes several looks
    settings = Settings(data=tmp_path / "data", store=store_url, sweep_seconds=3600)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_at(store_url))
        await add_stale_meetings(store)
        clocks = [clock_showing(offset) for offset in OFFSETS]
        apps = [create_app(settings, clock=clock) for clock in clocks]
        for app in apps:
            await stack.enter_async_context(app.lifespan())
        for clock in clocks:
            clock.turn(seconds=100)
        ended = await asyncio.gather(*(upkeep_of(app).sweep() for app in apps))
        assert sum(ended) == STALE, "each by one of them, also without a lease"
        assert await store.count("meetings", {"status": "ended", "end_reason": "abandoned"}) == STALE
        assert await asyncio.gather(*(upkeep_of(app).sweep() for app in apps)) == [0, 0, 0, 0]


async def test_only_who_holds_the_lease_sweeps(
    store_url: str,
    open_at: Callable[[str], AbstractAsyncContextManager[Store]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sweepers: list[Upkeep] = []

    async def sweep(upkeep: Upkeep) -> int:
        sweepers.append(upkeep)
        return 0

    monkeypatch.setattr(Upkeep, "sweep", sweep)
    settings = Settings(data=tmp_path / "data", store=store_url, sweep_seconds=0.02)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_at(store_url))
        await add_stale_meetings(store)
        for _ in OFFSETS:
            await stack.enter_async_context(create_app(settings, clock=TurnedClock()).lifespan())
        await until(lambda: asyncio.sleep(0, len(sweepers)), lambda sweeps: sweeps > 20)
    assert len(set(map(id, sweepers))) == 1


@pytest.fixture
async def two_servers(tmp_path: Path) -> AsyncIterator[tuple[RunningServer, RunningServer]]:
    """The clock of the second is half a minute ahead."""
    redis = RedisServer(tmp_path)
    await redis.start()
    # The tests sweep: a sweep of its own in between would judge by a clock that was turned before anybody could beat.
    settings = Settings(data=tmp_path / "data", redis_url=redis.url, sweep_seconds=3600, presence_write_seconds=0.05)
    behind, ahead = clock_showing(0), clock_showing(30)
    async with running(replace(settings, port=0), behind) as one, running(replace(settings, port=0), ahead) as two:
        yield one, two
    await redis.stop()


async def test_who_lost_the_connection_is_expected_back_for_the_whole_time_of_grace(
    two_servers: tuple[RunningServer, RunningServer],
) -> None:
    one, two = two_servers
    meeting = await one.create()
    grace = await one.enter(meeting, "Grace")
    ada = await two.enter(meeting)
    await grace.close()
    away = await ada.next("participant_changed")
    assert away["participant"]["away_since"]

    async def turn(seconds: float) -> None:
        for server in two_servers:
            server.clock.turn(seconds=seconds)
            await admission_of(server.app).lose_overdue()

    await turn(25)
    assert not [message for message in await ada.told() if message["type"] == "participant_left"]
    await turn(10)
    assert (await ada.next("participant_left"))["id"] == grace.id


async def test_whoever_beats_behind_is_not_silent_to_who_looks_ahead(
    two_servers: tuple[RunningServer, RunningServer],
) -> None:
    one, two = two_servers
    meeting = await one.create()
    ada = await one.enter(meeting)

    async def written(server: RunningServer) -> datetime:
        [visit] = await server.app.state.store.find("visits", {})
        return datetime.fromisoformat(visit["seen_at"])

    for server in two_servers:
        server.clock.turn(seconds=100)
    for _ in range(20):
        for server in two_servers:
            server.clock.turn(seconds=10)
        await ada.told()
        await until(lambda: written(one), lambda moment: moment == one.clock.now())
        await upkeep_of(two.app).sweep()
        view = await two.view(meeting)
        assert view["status"] == "live"
        assert view["participants"][0]["visits"][0]["left_at"] is None
