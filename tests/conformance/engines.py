"""Every test that takes `store` runs on both engines; a plugin, named in `pytest_plugins` of the tests that need it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from videocall.store.base import Store
from videocall.store.opening import open_store

pytest_plugins = ("mongodb_server",)

OpenStore = Callable[[str], AbstractAsyncContextManager[Store]]


@pytest.fixture(params=["sqlite", "mongodb"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    return str(request.getfixturevalue("mongodb_url"))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = open_store(url, Path())
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
def open_at() -> OpenStore:
    return opened


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    async with opened(store_url) as store:
        yield store


@pytest.fixture
async def both_stores(tmp_path: Path, mongodb_url: str) -> AsyncIterator[tuple[Store, Store]]:
    async with opened(f"sqlite:///{tmp_path / 'store.db'}") as sqlite, opened(mongodb_url) as mongodb:
        yield sqlite, mongodb
