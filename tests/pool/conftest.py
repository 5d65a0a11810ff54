"""A real Prosody behind nginx for all tests of the pool, and a server that may look at this machine."""

import asyncio
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from jitsi_target import JitsiTarget
from videocall.settings import Settings


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JitsiTarget]:
    jitsi = JitsiTarget(tmp_path_factory.mktemp("jitsi") / "target")
    asyncio.run(jitsi.start())
    yield jitsi
    asyncio.run(jitsi.stop())


@pytest.fixture
def settings(settings: Settings, target: JitsiTarget) -> Settings:
    return replace(settings, bcrypt_cost=4, pool_private_addresses=True, pool_ca=target.ca_file, pool_probe_seconds=2)
