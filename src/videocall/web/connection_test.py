"""The server's side of the page /test: what a browser needs to try its network before anybody joins."""

import asyncio
import contextlib
import secrets
from typing import Any

import msgspec
from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect, WebSocketException
from msgspec.structs import replace

from videocall.clock import Clock
from videocall.live.ice import ice_for
from videocall.live.socket import CLOSE_TOO_MUCH
from videocall.problems import NotAllowed, TooManyRequests
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.web.access import access, address_of, check_origin

AnyWebSocket = WebSocket[Any, Any, Any]
RATE = "20/10 minutes"
SECONDS = 30.0
MOST_BYTES = 1024 * 1024
PIECE = bytes(32 * 1024)
PIECES = 16
TURN_SECONDS = 120
"""The relay is for meetings: a stranger may find out whether they reach it, and not much more."""


class ConnectionTests:
    """Answers the sockets of that page."""

    def __init__(self, settings: Settings, clock: Clock, rates: Rates) -> None:
        self._settings = settings
        self._short = replace(settings, turn_ttl_seconds=TURN_SECONDS)
        self._clock = clock
        self._rates = rates

    async def run(self, socket: AnyWebSocket) -> None:
        """Serve one socket to its end, half a minute at most."""
        await socket.accept()
        try:
            check_origin(socket, self._settings, required=False)
            await self._rates.hit(RATE, "connection test", address_of(socket))
        except (NotAllowed, TooManyRequests):
            await socket.close(CLOSE_TOO_MUCH)
            return
        with contextlib.suppress(WebSocketDisconnect, WebSocketException):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SECONDS):
                    await self._answer(socket)
            await socket.close()

    async def _answer(self, socket: AnyWebSocket) -> None:
        ice = ice_for(f"test-{secrets.token_hex(4)}", self._short, self._clock)
        await socket.send_data(msgspec.json.encode(ice).decode())
        received, downloads = 0, 1
        while received <= MOST_BYTES:
            message = await socket.receive()
            if message["type"] != "websocket.receive":
                return
            text = message.get("text")
            received += len(text or message.get("bytes") or b"")
            if text == "ping":
                await socket.send_data("pong")
            elif text == "upload":
                await socket.send_data(str(received - len(text)))
            elif text == "download" and downloads:
                downloads -= 1
                for _ in range(PIECES):
                    await socket.send_data(PIECE, mode="binary")


@websocket("/api/connection-test", opt=access("anyone"))
async def connection_test(socket: AnyWebSocket, tests: NamedDependency[ConnectionTests]) -> None:
    """First comes the `Ice` of a call, good for two minutes.

    Then `ping` is answered by `pong`, `download` by half a megabyte in binary messages, and `upload` by how many bytes
    arrived before it.
    """
    await tests.run(socket)
