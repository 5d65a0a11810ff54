"""Ways around the lobby: none leads in, and the room hears nothing of them but the knock."""

from typing import Any

from room_copy import RoomCopy
from running_server import LiveClient, RunningServer, bearer

SDP = {"type": "offer", "sdp": "v=0"}


async def names_inside(host: RoomCopy) -> list[str]:
    await host.catch_up()
    return [one["name"] for one in host.state["participants"]]


async def test_ten_reloads_are_one_person_at_the_door(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host, eve = RoomCopy(await server.enter(meeting)), await server.knock(meeting, "Eve")
    token = eve.token
    for _ in range(10):
        again = await server.live(meeting["code"])
        assert (await again.join("Eve", token=token))["type"] == "in_lobby"
    assert await names_inside(host) == ["Ada"]
    assert [one["name"] for one in host.state["waiting"]] == ["Eve"]


async def test_nothing_of_who_waits_reaches_a_browser_inside(server: RunningServer) -> None:
    """The media and the chat go from browser to browser: without a signal from outside there is no way to them."""
    meeting = await server.create(lobby=True)
    host, eve = await server.enter(meeting), await server.knock(meeting, "Eve")
    await host.next("waiting_changed")
    signals: list[dict[str, Any]] = [{"description": SDP}, {"candidates": []}]
    for fields in signals:
        assert await eve.refusal("signal", to=host.id, to_session=host.session, **fields) == "not-allowed"
    assert await eve.refusal("engine_status", epoch=0, state="ready") == "not-allowed"
    assert await eve.refusal("engine_failed", epoch=0, reason="error") == "not-allowed"
    assert await host.told() == []
    assert {"ice", "participants", "meeting"}.isdisjoint({key for message in eve.received for key in message})


async def test_a_token_of_the_lobby_opens_nothing_over_http(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host, eve = RoomCopy(await server.enter(meeting)), await server.knock(meeting, "Eve")
    joined = (await server.post(meeting, "join", eve.token)).json()
    assert joined["admission"] == "waiting"
    assert not {"room", "ice", "place"} & {key for key, value in joined.items() if value}
    assert (await server.post(meeting, "heartbeat", eve.token)).status_code == 204, "who waits without a socket"
    assert (await server.post(meeting, "end", eve.token)).status_code == 403
    record = await server.http.get(f"/api/meetings/{meeting['code']}/record", headers=bearer(str(eve.token)))
    assert record.status_code in {403, 404}
    assert await names_inside(host) == ["Ada"]


async def test_a_ticket_is_good_for_one_meeting_and_no_longer_than_the_ban(server: RunningServer) -> None:
    guarded, open_one = await server.create(lobby=True), await server.create()
    host = RoomCopy(await server.enter(guarded))
    elsewhere = await server.enter(open_one, "Eve")
    stolen = await server.live(guarded["code"])
    assert (await stolen.join("Eve", token=elsewhere.token)).get("code") == "invalid-token"

    eve = await server.knock(guarded, "Eve")
    await host.client.answer("refuse", id=eve.id, ban=True)
    for name in ("Eve", "Grace", "Ada"):
        back = await server.live(guarded["code"])
        assert (await back.join(name, token=eve.token)).get("code") == "banned", name
    # Who throws the ticket away is a stranger, who waits like any other.
    fresh: LiveClient = await server.live(guarded["code"])
    answer: dict[str, Any] = await fresh.join("Ada")
    assert answer["type"] == "in_lobby"
    assert await names_inside(host) == ["Ada"]


async def test_the_host_link_is_not_guessed(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host = RoomCopy(await server.enter(meeting))
    for key in ("", "x", "0" * 32, str(meeting["code"])):
        eve = await server.live(meeting["code"])
        assert (await eve.join("Eve", host_key=key))["type"] in {"in_lobby", "refused"}
    assert await names_inside(host) == ["Ada"]
