"""The socket behind the page /test: what it gives to anybody, and where it stops."""

import asyncio

import msgspec
import pytest
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from running_server import RunningServer, TurnedClock, running
from videocall.settings import Settings
from videocall.web import connection_test
from videocall.web.connection_test import MOST_BYTES, PIECE, PIECES


def dial(server: RunningServer, origin: Origin | None = None) -> connect:
    return connect(f"ws://127.0.0.1:{server.settings.port}/api/connection-test", compression=None, origin=origin)


async def ask(socket: ClientConnection, text: str) -> str | bytes:
    await socket.send(text)
    async with asyncio.timeout(10):
        return await socket.recv()


async def test_it_gives_a_relay_for_minutes_and_measures(settings: Settings, clock: TurnedClock) -> None:
    turn = replace(settings, turn_urls=("turn:turn.example.org",), turn_secret="geheim")
    async with running(turn, clock) as server, dial(server) as socket:
        ice = msgspec.json.decode(await socket.recv())
        expiry = int(ice["servers"][0]["username"].partition(":")[0])
        assert expiry == int(clock.now().timestamp()) + 120
        assert await ask(socket, "ping") == "pong"
        pieces = [await ask(socket, "download"), *[await socket.recv() for _ in range(PIECES - 1)]]
        assert pieces == [PIECE] * PIECES
        await socket.send("download")  # once is enough
        for _ in range(4):
            await socket.send(PIECE)
        assert await ask(socket, "upload") == str(4 * len(PIECE) + len("ping" + "download" * 2))


async def test_it_takes_and_lasts_only_so_much(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dial(server) as socket:
        for _ in range(MOST_BYTES // len(PIECE) + 1):
            await socket.send(PIECE)
        await socket.recv()
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    monkeypatch.setattr(connection_test, "SECONDS", 0.2)
    async with dial(server) as socket:
        await socket.recv()
        with pytest.raises(ConnectionClosed):
            await socket.recv()


async def test_other_sites_and_whoever_asks_too_often_get_nothing(server: RunningServer) -> None:
    async with dial(server, Origin("https://evil.example")) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4429
    for _ in range(20):
        async with dial(server) as socket:
            await socket.recv()
    async with dial(server) as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
