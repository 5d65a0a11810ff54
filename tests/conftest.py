"""Fixtures for all tests."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from post_office import PostOffice, open_post_office
from running_server import RunningServer, TurnedClock, running
from videocall.settings import Settings


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> TurnedClock:
    """The library that counts rates has no clock to be handed; it reads this one too."""
    clock = TurnedClock()
    time = SimpleNamespace(time=lambda: clock.now().timestamp())
    monkeypatch.setattr("limits.aio.storage.memory.time", time)
    return clock


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path / "data", site_url="https://meet.example", sweep_seconds=0.05, presence_write_seconds=0.05
    )


@pytest.fixture
async def server(settings: Settings, clock: TurnedClock) -> AsyncIterator[RunningServer]:
    async with running(settings, clock) as running_server:
        yield running_server


@pytest.fixture
async def post_office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as office:
        yield office
