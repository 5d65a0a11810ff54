"""One process lets go of somebody while another welcomes them back: exactly one visit stays open."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta

from videocall.meetings.model import Visit
from videocall.meetings.repository import MeetingRepository
from videocall.store.base import Store

pytest_plugins = ("conformance.engines",)

NOON = datetime(2026, 6, 22, 12, tzinfo=UTC)


def visit(name: str, seconds: float) -> Visit:
    now = NOON + timedelta(seconds=seconds)
    return Visit(id=name, meeting="m", person="ada", session="page", joined_at=now, seen_at=now)


async def test_who_is_back_before_the_other_process_has_written_stays(
    store: Store, store_url: str, open_at: Callable[[str], AbstractAsyncContextManager[Store]]
) -> None:
    async with open_at(store_url) as other_store:
        one, two = MeetingRepository(store), MeetingRepository(other_store)
        for repository in (one, two):
            await repository.prepare()
        await one.arrive(visit("first", 0))
        read_before = await one.visits_of("ada")
        await two.arrive(visit("second", -30))  # by a clock that is behind
        assert await one.lapse(read_before) is False
        [open_visit] = await one.open_visits("m")
        assert open_visit.id == "first"

        assert await one.lapse(await one.visits_of("ada")) is True
        await two.arrive(visit("third", 60))
        assert [entry.id for entry in await one.visits("m") if entry.left_at is None] == ["third"]
