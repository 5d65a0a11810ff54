"""What a broken or hostile page can do at the live socket: lose its own connection, and nothing more."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, get_args

import pytest
from msgspec.structs import replace
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from room_copy import RoomCopy
from running_server import LiveClient, RunningServer, TurnedClock, running, until
from videocall.live.client_messages import ClientMessage
from videocall.live.socket import MOST_QUEUED, MOST_QUEUED_CHARACTERS, LiveSocket
from videocall.settings import Settings
from videocall.web import websockets as transport

UNREADABLE: list[str | bytes] = [
    b'{"type":"heartbeat"}',
    "",
    "heartbeat",
    "[]",
    "null",
    "{}",
    '{"type":null}',
    '{"type":"unknown"}',
    '{"type":"heartbeat","more":1}',
    '{"type":"set_hand","raised":"yes"}',
    '{"type":"set_media","media":null}',
    '{"type":"join"}',
    '{"type":"join","session":"short"}',
    '{"type":"join","session":"session-1\\n"}',
    '{"type":"join","session":"session-1","name":"' + "x" * 61 + '"}',
    '{"type":"join","session":"session-1","name":"\\ud800"}',
    '{"type":"signal","to":"x","to_session":"session-1","candidates":' + "[" * 5000,
    '{"more":' + "[" * 100_000,
]


async def test_a_frame_that_cannot_be_read_closes_its_socket_and_no_other(server: RunningServer) -> None:
    meeting = await server.create()
    host = RoomCopy(await server.enter(meeting))
    for number, frame in enumerate(UNREADABLE):
        bad = await server.enter(meeting, "Eve")
        await bad.send_raw(frame)
        assert await bad.closed() == 4400, frame[:60]
        await host.wait_for(bad.id, away=True)
        await host.client.answer("remove", id=bad.id)
        await host.check()
        server.clock.turn(seconds=1)
        assert len(host.state["participants"]) == 1, number


async def test_a_frame_over_the_limit_closes_its_socket(server: RunningServer) -> None:
    meeting = await server.create()
    eve = await server.enter(meeting, "Eve")
    await eve.send_raw('{"type":"heartbeat"}' + " " * 256 * 1024)
    assert await eve.closed() == 1009


async def test_a_flood_is_cut_off(server: RunningServer) -> None:
    meeting = await server.create()
    host, eve = RoomCopy(await server.enter(meeting)), await server.enter(meeting, "Eve")
    for _ in range(server.settings.messages_per_second):
        await eve.send("set_hand", raised=True)
    assert await eve.closed() == 4429
    assert eve.received[-1] == {"type": "dismissed", "why": "too_many_messages"}
    await host.wait_for(eve.id, away=True)


async def test_a_steady_stream_is_not_a_flood(server: RunningServer) -> None:
    eve = await server.enter(await server.create(), "Eve")
    for _ in range(3):
        for _ in range(server.settings.messages_per_second - 1):
            await eve.send("set_hand", raised=True)
        server.clock.turn(seconds=1)
        await eve.told()
        server.clock.turn(seconds=1)


@pytest.mark.parametrize("beating", [False, True])
async def test_who_does_not_join_in_time_is_let_go(settings: Settings, clock: TurnedClock, beating: bool) -> None:  # noqa: FBT001 -- both ways
    async with running(replace(settings, messages_per_second=10_000), clock) as server:
        meeting = await server.create(lobby=True)
        member, waiting = await server.enter(meeting), await server.knock(meeting, "Grace")
        services: Any = server.app.dependencies["live"]
        live = services.dependency()
        live.settings = replace(live.settings, join_within_seconds=0.3)  # only now: those two may take their time
        idle = await server.live(meeting["code"])
        with suppress(ConnectionClosed):
            async with asyncio.timeout(5):
                while beating:
                    await idle.told()
        assert await idle.closed() == 4408
        await member.told()
        await waiting.told()


async def test_before_joining_nothing_is_done(server: RunningServer) -> None:
    meeting = await server.create()
    host, stranger = await server.enter(meeting), await server.live(meeting["code"])
    fields: dict[str, dict[str, Any]] = {
        "signal": {"to": host.id, "to_session": host.session},
        "set_media": {"media": {"camera": True}},
        "set_hand": {"raised": True},
        "refuse": {"id": host.id},
        "tell_waiting": {"word": "soon"},
        "remove": {"id": host.id},
        "ask_to_unmute": {"id": host.id},
        "stop_camera": {"id": host.id},
        "set_role": {"id": host.id, "role": "guest"},
        "hand_over": {"id": host.id},
        "open_breakouts": {"rooms": [{"name": "Mine"}]},
        "move_to_breakout": {"id": host.id},
        "rename_breakout": {"room": "1", "name": "Mine"},
        "tell_breakouts": {"word": "finish"},
        "ask_for_help": {"asking": True},
        "engine_status": {"epoch": 0, "state": "joined"},
        "engine_failed": {"epoch": 0, "reason": "error"},
    }
    for kind in {kind.__struct_config__.tag for kind in get_args(ClientMessage)} - {"join", "heartbeat"}:
        assert await stranger.refusal(str(kind), **fields.get(str(kind), {})) == "not-allowed", kind
    await stranger.send("heartbeat")
    assert await stranger.next() == {"type": "alive", "seq": 0}
    assert await host.told() == []


async def test_one_socket_is_one_person(server: RunningServer) -> None:
    meeting = await server.create()
    host, eve = RoomCopy(await server.enter(meeting)), await server.enter(meeting, "Eve")
    assert await eve.refusal("join", session="session-2", name="Mallory") == "not-allowed"
    assert await eve.refusal("join", session="session-2", token=meeting["token"]) == "not-allowed"
    await host.check()
    assert [one["name"] for one in host.state["participants"]] == ["Ada", "Eve"]
    await eve.close()
    await host.wait_for(eve.id, away=True)


@asynccontextmanager
async def deaf(server: RunningServer, meeting: dict[str, Any]) -> AsyncIterator[LiveClient]:
    """Somebody who joins and then reads nothing more, over a connection that holds little."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", server.settings.port))
    url = f"ws://127.0.0.1:{server.settings.port}/api/meetings/{meeting['code']}/live"
    async with connect(url, sock=line, compression=None, proxy=None, max_queue=1, close_timeout=0.1) as connection:
        client = LiveClient(connection)
        await client.join("Eve")
        yield client


async def talk_at(host: RoomCopy, eve: LiveClient) -> None:
    """Send to somebody until the server gives them up."""
    offer = {"type": "offer", "sdp": "x" * 60_000}
    for _ in range(40):
        for _ in range(10):
            await host.client.send("signal", to=eve.id, to_session=eve.session, description=offer)
        await host.catch_up()
        if any(one["id"] == eve.id and one["away_since"] for one in host.state["participants"]):
            return
    raise AssertionError("24 MB were taken for somebody who reads nothing")


@pytest.fixture
async def busy_server(settings: Settings, clock: TurnedClock) -> AsyncIterator[RunningServer]:
    async with running(replace(settings, messages_per_second=10_000), clock) as server:
        yield server


async def test_who_reads_nothing_is_given_up_and_nobody_else_notices(busy_server: RunningServer) -> None:
    meeting = await busy_server.create()
    host, grace = RoomCopy(await busy_server.enter(meeting)), await busy_server.enter(meeting, "Grace")
    async with deaf(busy_server, meeting) as eve:
        await talk_at(host, eve)
        await host.client.answer("signal", to=grace.id, to_session=grace.session, candidates=[])
        assert (await grace.told())[-1]["type"] == "peer_signal"
        await host.check()
        assert await eve.closed() == 4429, "who reads on after all is told why"
        assert eve.received[-1] == {"type": "dismissed", "why": "too_slow"}
        back = await busy_server.enter(meeting, token=eve.token)
        assert back.id == eve.id


async def test_a_connection_that_takes_nothing_is_dropped(
    busy_server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "STALLED_SECONDS", 0.2)
    meeting = await busy_server.create()
    host = RoomCopy(await busy_server.enter(meeting))

    async def served() -> int:
        return sum("run_asgi" in repr(task) for task in asyncio.all_tasks())

    before = await served()
    async with deaf(busy_server, meeting) as eve:
        assert await served() == before + 1
        await talk_at(host, eve)
        await until(served, lambda number: number == before)
        assert await eve.closed() == 1006, "there was no goodbye to wait for"


async def test_what_waits_for_one_socket_is_bounded() -> None:
    class Stuck:
        async def send_text(self, _: str) -> None:
            await asyncio.Event().wait()

        async def close(self, code: int) -> None:
            raise AssertionError(code)

    stuck: Any = Stuck()
    nothing: Any = None
    for size, most in ((10, MOST_QUEUED), (10_000, MOST_QUEUED_CHARACTERS // 10_000)):
        live = LiveSocket(stuck, "abc-defg-hjk", "127.0.0.1", nothing)
        queue = live._queue  # noqa: SLF001 -- its length is the case
        longest = 0
        for _ in range(5000):
            live.send("x" * size)
            longest = max(longest, len(queue))
            await asyncio.sleep(0)
        assert longest == most
        assert [len(one) < 100 for one in queue] == [True], "only the goodbye is left"
        for task in live._tasks:  # noqa: SLF001
            task.cancel()
