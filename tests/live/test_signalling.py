"""Descriptions and candidates from browser to browser: only between people in the room, only to the page meant."""

from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from running_server import LiveClient, RunningServer

OFFER = {"type": "offer", "sdp": "v=0\r\n" + "a=candidate\r\n" * 400}
CANDIDATE = {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}


def signals(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in messages if message["type"] == "peer_signal"]


@pytest.fixture
async def pair(server: RunningServer) -> tuple[dict[str, Any], LiveClient, LiveClient]:
    meeting = await server.create()
    return meeting, await server.enter(meeting), await server.enter(meeting, "Grace")


Pair = tuple[dict[str, Any], LiveClient, LiveClient]


async def test_what_is_sent_arrives_as_it_was_and_in_order(pair: Pair) -> None:
    _, host, grace = pair
    for number in range(3):
        await host.send("signal", to=grace.id, to_session=grace.session, description=OFFER, proof=f"opaque {number}")
        await host.send("signal", to=grace.id, to_session=grace.session, candidates=[CANDIDATE, {"candidate": ""}])
    await host.told()
    arrived = signals(await grace.told())
    sender = {"sender": host.id, "sender_session": host.session}
    assert [(one["sender"], one["sender_session"]) for one in arrived] == [tuple(sender.values())] * 6
    assert [one["description"] for one in arrived] == [OFFER, None] * 3
    assert [one["proof"] for one in arrived] == ["opaque 0", None, "opaque 1", None, "opaque 2", None]
    assert [one["candidate"] for one in arrived[1]["candidates"]] == [CANDIDATE["candidate"], ""]
    assert arrived[1]["candidates"][0] == {**CANDIDATE, "usernameFragment": None}


async def test_a_proof_has_a_limit(pair: Pair) -> None:
    _, host, grace = pair
    await host.send("signal", to=grace.id, to_session=grace.session, description=OFFER, proof="x" * 129)
    assert await host.closed() == 4400


async def test_what_is_meant_for_another_page_is_dropped(server: RunningServer, pair: Pair) -> None:
    meeting, host, grace = pair
    reloaded = await server.enter(meeting, token=grace.token)
    await host.answer("signal", to=grace.id, to_session=grace.session, description=OFFER)
    assert signals(await reloaded.told()) == []
    await host.answer("signal", to=grace.id, to_session=reloaded.session, description=OFFER)
    assert len(signals(await reloaded.told())) == 1


async def test_what_is_meant_for_nobody_or_for_another_meeting_is_dropped(server: RunningServer, pair: Pair) -> None:
    _, host, _ = pair
    other = await server.create()
    stranger = await server.enter(other)
    for to in ("nobody", stranger.id):
        answer = await host.answer("signal", to=to, to_session=stranger.session, description=OFFER)
        assert "refused" not in {message["type"] for message in answer}
    assert await stranger.told() == []


async def test_who_has_left_by_http_has_no_socket_any_more(server: RunningServer, pair: Pair) -> None:
    meeting, host, grace = pair
    assert (await server.post(meeting, "leave", grace.token)).status_code == 204
    assert await grace.closed() == 4403, "and its page is not to come back by itself"
    left = await host.next("participant_left")
    assert (left["id"], left["why"]) == (grace.id, "left")


async def test_what_a_page_sends_after_it_was_replaced_is_not_heard(server: RunningServer, pair: Pair) -> None:
    meeting, host, grace = pair
    newer = await server.enter(meeting, token=grace.token)
    with suppress(ConnectionClosed):  # it may have been closed by now
        await grace.send("signal", to=host.id, to_session=host.session, description=OFFER)
        await grace.send("set_hand", raised=True)
    assert await grace.closed() == 4403
    told = await host.told()
    assert signals(told) == []
    assert [one["participant"]["session"] for one in told if one["type"] == "participant_changed"] == [newer.session]


async def test_chat_has_no_way_through_the_server(pair: Pair) -> None:
    _, host, grace = pair
    await host.send("chat", text="hello")
    assert await host.closed() == 4400
    assert [message for message in await grace.told() if message["type"] != "participant_changed"] == []
