"""The lobby: who waits sees and does nothing, and a host decides."""

from typing import Any

import pytest

from room_copy import RoomCopy
from running_server import LiveClient, RunningServer, bearer, until

MEDIA = {"microphone": True, "camera": True, "screen": False}


def names(snapshot: dict[str, Any], part: str = "waiting") -> list[str]:
    return [person["name"] for person in snapshot[part]]


async def snapshot_of(client: LiveClient) -> dict[str, Any]:
    await client.send("resync")
    return await client.next("snapshot")


async def test_who_waits_can_do_nothing_else(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host, waiting = await server.enter(meeting), await server.knock(meeting, "Eve")
    await host.next("waiting_changed")
    for kind, fields in {
        "resync": {},
        "signal": {"to": host.id, "to_session": host.session},
        "admit": {},
        "refuse": {"id": waiting.id},
        "mute": {},
        "remove": {"id": host.id},
        "end": {},
        "tell_waiting": {"word": "soon"},
        "join": {"session": waiting.session, "name": "Eve again"},
    }.items():
        assert await waiting.refusal(kind, **fields) == "not-allowed", kind
    assert await host.told() == []
    assert {message["type"] for message in waiting.received} == {"in_lobby", "refused"}
    assert (await server.post(meeting, "end", waiting.token)).status_code == 403
    assert (await server.view(meeting))["status"] == "live"


async def test_nothing_reaches_who_waits(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host, waiting = await server.enter(meeting), await server.knock(meeting, "Eve")
    grace = await server.knock(meeting, "Grace")
    await host.answer("admit", id=grace.id)
    await host.answer("set_media", media=MEDIA)
    await host.answer("signal", to=waiting.id, to_session=waiting.session, candidates=[])
    assert await host.refusal("mute", id=waiting.id) == "participant-not-found"
    await host.answer("mute")
    assert await host.refusal("remove", id=waiting.id) == "participant-not-found"
    assert await waiting.told() == []


async def test_a_host_lets_one_in_who_brings_what_they_chose_while_waiting(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host, grace = await server.enter(meeting), await server.knock(meeting, "Grace")
    assert names(await host.next("waiting_changed")) == ["Grace"]
    await grace.answer("set_media", media=MEDIA)
    await grace.answer("set_hand", raised=True)
    await host.send("admit", id=grace.id)
    inside = await grace.next("snapshot")
    (me,) = [person for person in inside["participants"] if person["id"] == grace.id]
    assert (me["media"], me["session"], inside["waiting"]) == (MEDIA, grace.session, None)
    assert me["hand"] == inside["seq"]
    assert (await host.next("waiting_changed"))["waiting"] == []
    assert (await host.next("participant_joined"))["participant"] == me
    await grace.close()
    assert (await server.enter(meeting, token=grace.token)).id == grace.id, "who was let in need not wait again"


async def test_a_host_lets_everybody_in_as_far_as_the_seats_go(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host = await server.enter(meeting)
    waiting = [await server.knock(meeting, f"Guest {number}") for number in range(7)]
    assert await host.refusal("admit", id=None) == "meeting-full"
    for client in waiting[:5]:
        await client.next("snapshot")
    for client in waiting[5:]:
        assert await client.told() == []
    snapshot = await snapshot_of(host)
    assert sorted(names(snapshot, "participants")) == ["Ada", *[f"Guest {number}" for number in range(5)]]
    assert names(snapshot) == ["Guest 5", "Guest 6"]
    assert await host.refusal("admit", id=waiting[5].id) == "meeting-full"
    await waiting[0].send("leave")
    await waiting[0].closed()
    await host.answer("admit", id=waiting[6].id)
    await waiting[6].next("snapshot")
    await host.answer("admit", id=None)


@pytest.mark.parametrize("ban", [False, True])
async def test_a_host_turns_somebody_away(server: RunningServer, ban: bool) -> None:  # noqa: FBT001 -- both ways
    meeting = await server.create(lobby=True)
    host, eve = await server.enter(meeting), await server.knock(meeting, "Eve")
    await host.answer("refuse", id=eve.id, ban=ban)
    assert (await eve.next("dismissed"))["why"] == "refused"
    assert await eve.closed() == 4403
    assert await host.refusal("refuse", id=eve.id) == "participant-not-found"
    again = await server.live(meeting["code"])
    answer = await again.join(token=eve.token)
    assert (answer["type"], answer.get("code")) == (("refused", "banned") if ban else ("in_lobby", None))
    assert [person["name"] for person in (await server.view(meeting))["participants"]] == ["Ada"]


async def test_a_host_says_something_to_who_waits_and_it_is_still_there_after_a_reload(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host = RoomCopy(await server.enter(meeting))
    grace, joan = await server.knock(meeting, "Grace"), await server.knock(meeting, "Joan")
    await host.client.answer("tell_waiting", word="minutes")
    await host.client.answer("tell_waiting", id=grace.id, word="name")
    assert [(await grace.next("word_from_host"))["word"] for _ in range(2)] == ["minutes", "name"]
    assert (await joan.next("word_from_host"))["word"] == "minutes"
    await host.catch_up()
    assert [one["word"] for one in host.state["waiting"]] == ["name", "minutes"]

    again = await server.live(meeting["code"])
    assert (await again.join(token=grace.token))["word"] == "name"
    assert await host.client.refusal("tell_waiting", id="nobody", word="soon") == "participant-not-found"
    await host.client.answer("admit")
    await joan.next("snapshot")
    await host.client.answer("tell_waiting", word="later")
    assert "word_from_host" not in [one["type"] for one in await joan.told()]


async def test_a_place_in_the_lobby_outlives_a_broken_socket_for_the_time_of_grace(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host = RoomCopy(await server.enter(meeting))
    first, second = await server.knock(meeting, "Grace"), await server.knock(meeting, "Joan")
    await first.close()
    await host.wait_for(first.id, away=True)
    assert names(host.state) == ["Grace", "Joan"]
    server.clock.turn(seconds=29)
    back = await server.knock(meeting, token=first.token)
    await host.wait_for(first.id, away=False)
    assert (back.id, names(host.state)) == (first.id, ["Grace", "Joan"])

    await second.close()
    await host.wait_for(second.id, away=True)
    server.clock.turn(seconds=30)
    await until(host.catch_up, lambda state: names(state) == ["Grace"])
    assert await host.client.refusal("admit", id=second.id) == "participant-not-found"


async def test_who_waits_without_a_socket_asks_again_until_let_in(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host = await server.enter(meeting)
    waiting = (await server.post(meeting, "join", name="Grace")).json()
    assert waiting["admission"] == "waiting"
    for _ in range(3):
        server.clock.turn(seconds=20)
        again = (await server.post(meeting, "join", waiting["token"])).json()
        assert (again["admission"], again["participant"]) == ("waiting", waiting["participant"])
    await host.answer("admit", id=waiting["participant"]["id"])
    inside = (await server.post(meeting, "join", waiting["token"])).json()
    assert inside["admission"] == "admitted"
    assert names(await snapshot_of(host), "participants") == ["Ada", "Grace"]


async def test_who_goes_from_the_lobby_is_gone(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host, by_socket, by_http = (
        await server.enter(meeting),
        await server.knock(meeting, "Grace"),
        await server.knock(meeting, "Joan"),
    )
    await by_socket.send("leave")
    assert await by_socket.closed() == 1000
    assert (await server.post(meeting, "leave", by_http.token)).status_code == 204
    assert names(await snapshot_of(host)) == []


async def test_people_who_wait_keep_no_meeting_alive_and_end_none_early(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    early = await server.knock(meeting, "Grace")
    await early.told()
    await early.send("leave")
    await early.closed()
    server.clock.turn(minutes=10)
    other = await server.create()
    await server.enter(other)
    server.clock.turn(seconds=91)
    await until(lambda: server.view(other), lambda view: view["status"] == "ended")
    assert (await server.view(meeting))["status"] == "scheduled", "its host is still to come"
    assert (await server.enter(meeting)).snapshot["type"] == "snapshot"


async def test_everybody_who_waits_hears_of_the_end(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    waiting = await server.knock(meeting, "Grace")
    answer = await server.http.post(f"/api/meetings/{meeting['code']}/end", headers=bearer(meeting["token"]))
    assert answer.status_code == 204
    assert (await waiting.next("meeting_ended"))["why"] == "host"
    assert await waiting.closed() == 4410
