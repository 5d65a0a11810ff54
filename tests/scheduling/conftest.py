"""A server with a mail server beside it, and hashes that cost little."""

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from post_office import PostOffice
from running_server import RunningServer, TurnedClock, running
from videocall.settings import Settings


@pytest.fixture
def settings(settings: Settings, post_office: PostOffice) -> Settings:
    return replace(settings, bcrypt_cost=4, smtp_url=post_office.url)


@pytest.fixture
async def server(settings: Settings, clock: TurnedClock) -> AsyncIterator[RunningServer]:
    async with running(settings, clock) as running_server:
        yield running_server
