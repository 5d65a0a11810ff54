"""The whole application behind a real socket of this machine, with a clock that the test turns."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import uvicorn
from litestar import Litestar
from msgspec.structs import replace
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from videocall.app import create_app
from videocall.serving import configured
from videocall.settings import Settings
from videocall.store.base import Store

DEADLINE_SECONDS = 30
"""Generous: what is waited for comes at once, but not on a machine that is very busy."""


class TurnedClock:
    """A clock that stands still until a test turns it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 6, 22, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def turn(self, **span: float) -> None:
        self.time += timedelta(**span)


async def until(
    look: Callable[[], Awaitable[Any]], right: Callable[[Any], object], seconds: float = DEADLINE_SECONDS
) -> Any:
    """Look again and again until what is seen is right."""
    async with asyncio.timeout(seconds):
        while not right(seen := await look()):  # noqa: ASYNC110 -- looking again is the point
            await asyncio.sleep(0.01)
        return seen


class LiveClient:
    """One live socket, read as a stream of messages."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.sent: list[str] = []
        self.received: list[dict[str, Any]] = []
        self.snapshot: dict[str, Any] = {}

    @property
    def id(self) -> str:
        """Who one is in the meeting."""
        you: str = self.snapshot["you"]
        return you

    @property
    def token(self) -> str:
        """What lets one come back."""
        token: str = self.snapshot["token"]
        return token

    @property
    def session(self) -> str:
        """The page that sits at this socket."""
        return f"session-{id(self)}"

    async def send(self, kind: str, **fields: Any) -> None:
        self.sent.append(kind)
        await self._socket.send(msgspec.json.encode({"type": kind, **fields}).decode())

    async def send_raw(self, frame: str | bytes) -> None:
        await self._socket.send(frame)

    async def next(self, kind: str | None = None) -> dict[str, Any]:
        """The next message, or the next of a kind; what comes before it is kept in `received`."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while True:
                message: dict[str, Any] = msgspec.json.decode(await self._socket.recv())
                self.received.append(message)
                if kind in {None, message["type"]}:
                    return message

    async def told(self) -> list[dict[str, Any]]:
        """All that the server has said to this socket so far and that has not been read yet."""
        begin = len(self.received)
        await self.send("heartbeat")
        await self.next("alive")
        return self.received[begin:-1]

    async def answer(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        """Send a message; all that is said until it has been dealt with."""
        await self.send(kind, **fields)
        return await self.told()

    async def refusal(self, kind: str, **fields: Any) -> str:
        """Send a message that is to be refused; the code of the problem."""
        await self.send(kind, **fields)
        code: str = (await self.next("refused"))["code"]
        return code

    async def join(self, name: str | None = None, **fields: Any) -> dict[str, Any]:
        """Ask to be let in; the answer, whatever it is."""
        wish = {"name": name, **fields} if name else fields
        await self.send("join", **{"session": self.session, **wish})
        answer = await self.next()
        if answer["type"] in {"snapshot", "in_lobby"}:
            self.snapshot = answer
        return answer

    async def close(self) -> None:
        await self._socket.close()

    async def closed(self) -> int:
        """Wait for the server to close; the closing code."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            with suppress(ConnectionClosed):
                while True:
                    self.received.append(msgspec.json.decode(await self._socket.recv()))
        return self._socket.close_code or 0


class RunningServer:
    """The whole application behind a real socket of this machine."""

    def __init__(
        self,
        app: Litestar,
        settings: Settings,
        clock: TurnedClock,
        http: httpx.AsyncClient,
        sockets: AsyncExitStack,
    ) -> None:
        self.app = app
        self.settings = settings
        self.clock = clock
        self.http = http
        self._sockets = sockets

    async def create(self, **wish: Any) -> dict[str, Any]:
        """A new meeting of the guest Ada; the answer, with `code` at hand."""
        answer = await self.http.post("/api/meetings", json={"kind": "instant", "guest": {"name": "Ada"}, **wish})
        assert answer.status_code == 201, answer.text
        return {**answer.json(), "code": answer.json()["meeting"]["code"]}

    async def live(self, code: str, address: str = "127.0.0.1") -> LiveClient:
        """A live socket of a meeting from one of this machine's addresses, closed at the end of the test."""
        url = f"ws://127.0.0.1:{self.settings.port}/api/meetings/{code}/live"
        opening = connect(url, compression=None, proxy=None, local_addr=(address, 0))
        return LiveClient(await self._sockets.enter_async_context(opening))

    async def enter(self, meeting: dict[str, Any], name: str | None = None, **fields: Any) -> LiveClient:
        """Somebody in the room: its host when no name is given."""
        client = await self.live(meeting["code"])
        who = fields if name or "token" in fields else {"token": meeting["token"], **fields}
        answer = await client.join(name, **who)
        assert answer["type"] == "snapshot", answer
        return client

    async def knock(self, meeting: dict[str, Any], name: str | None = None, **fields: Any) -> LiveClient:
        """Somebody in the lobby."""
        client = await self.live(meeting["code"])
        answer = await client.join(name, **fields)
        assert answer["type"] == "in_lobby", answer
        return client

    def from_address(self, address: str) -> httpx.AsyncClient:
        """An HTTP client at another of this machine's addresses (127.0.0.2 and so on)."""
        transport = httpx.AsyncHTTPTransport(local_address=address, verify=False)
        return httpx.AsyncClient(base_url=self.http.base_url, transport=transport, trust_env=False)

    async def post(self, meeting: dict[str, Any], action: str, token: str | None = None, **body: Any) -> httpx.Response:
        """A call of the HTTP API on a meeting."""
        headers = bearer(token) if token else {}
        return await self.http.post(f"/api/meetings/{meeting['code']}/{action}", json=body, headers=headers)

    async def view(self, meeting: dict[str, Any]) -> dict[str, Any]:
        """The meeting as its creator sees it."""
        answer = await self.http.get(f"/api/meetings/{meeting['code']}", headers=bearer(meeting["token"]))
        assert answer.status_code == 200, answer.text
        view: dict[str, Any] = answer.json()
        return view

    async def visits(self, meeting: dict[str, Any]) -> dict[str, list[tuple[datetime, datetime | None]]]:
        """The attendance record as its creator sees it: by name, from when to when."""
        return {
            person["name"]: [
                (
                    datetime.fromisoformat(visit["joined_at"]),
                    visit["left_at"] and datetime.fromisoformat(visit["left_at"]),
                )
                for visit in person["visits"]
            ]
            for person in (await self.view(meeting))["participants"]
        }

    async def beat(self, *clients: LiveClient) -> None:
        """Have people report that they are there, and wait until that is kept."""
        for client in clients:
            await client.told()
        people = [client.id for client in clients]
        now = msgspec.to_builtins(self.clock.now())

        async def kept() -> list[Any]:
            found = await self.app.state.store.find("visits", {"person": {"$in": people}, "left_at": None})
            return [msgspec.to_builtins(visit["seen_at"]) for visit in found]

        await until(kept, lambda seen: [one[:19] for one in seen] == [now[:19]] * len(people))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def running(settings: Settings, clock: TurnedClock, store: Store | None = None) -> AsyncIterator[RunningServer]:
    """Serve until the end of the context, in this event loop."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        settings = replace(settings, port=listener.getsockname()[1])
        app = create_app(settings, clock=clock, store=store)
        server = uvicorn.Server(configured(app, settings))
        sockets = AsyncExitStack()
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await until(lambda: asyncio.sleep(0, server.started or serving.done()), bool)
            address = f"http://127.0.0.1:{settings.port}"
            # Nothing here is encrypted; reading the certificates of the machine would be half the start.
            async with httpx.AsyncClient(base_url=address, trust_env=False, verify=False) as http:  # noqa: S501
                yield RunningServer(app, settings, clock, http, sockets)
        finally:
            server.should_exit = True
            await serving
            await sockets.aclose()
