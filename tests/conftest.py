"""Fixtures for all tests, and the choice of their store."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from own_store import CHOSEN, ENGINES, drop_stores, own_store
from post_office import PostOffice, open_post_office
from running_server import RunningServer, TurnedClock, running
from videocall.settings import Settings

SERVERS = {"store_address", "site", "quick_site"}
"""Fixtures that put a server on the store of `--store`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--store", choices=ENGINES, default=ENGINES[0], help="where the servers of the tests keep documents"
    )


def pytest_configure(config: pytest.Config) -> None:
    os.environ[CHOSEN] = config.getoption("--store")


def pytest_unconfigure() -> None:
    drop_stores()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another store than the first only those tests run again that put a server on it; the rest knows of none."""
    if config.getoption("--store") == ENGINES[0]:
        return
    again = [item for item in items if not SERVERS.isdisjoint(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[item for item in items if item not in again])
    items[:] = again


@pytest.fixture
def store_address() -> Iterator[str]:
    with own_store() as address:
        yield address


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture
def settings(tmp_path: Path, store_address: str) -> Settings:
    return Settings(
        data=tmp_path / "data",
        store=store_address,
        site_url="https://meet.example",
        sweep_seconds=0.05,
        presence_write_seconds=0.05,
    )


@pytest.fixture
async def server(settings: Settings, clock: TurnedClock) -> AsyncIterator[RunningServer]:
    async with running(settings, clock) as running_server:
        yield running_server


@pytest.fixture
async def post_office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as office:
        yield office
