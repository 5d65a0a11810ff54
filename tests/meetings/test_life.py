"""How visits and meetings begin and end; who was there when is what the creator reads."""

import asyncio
from datetime import datetime, timedelta

import pytest

from room_copy import RoomCopy
from running_server import RunningServer, TurnedClock, until
from videocall.meetings.rules import UNSTARTED_AFTER


def at(clock: TurnedClock, **span: float) -> datetime:
    """A time from now on, or before."""
    return clock.now() + timedelta(**span)


async def test_a_reconnect_within_the_grace_is_the_same_visit(server: RunningServer) -> None:
    meeting, begin = await server.create(), server.clock.now()
    host, grace = RoomCopy(await server.enter(meeting)), await server.enter(meeting, "Grace")
    await grace.close()
    await host.wait_for(grace.id, away=True)
    server.clock.turn(seconds=29)
    back = await server.enter(meeting, token=grace.token, session=grace.session)
    await host.wait_for(grace.id, away=False, session=grace.session)
    assert back.id == grace.id
    assert (await server.visits(meeting))["Grace"] == [(begin, None)]


async def test_who_comes_back_after_the_grace_has_two_visits_and_is_one_person(server: RunningServer) -> None:
    meeting, begin = await server.create(), server.clock.now()
    host, grace = RoomCopy(await server.enter(meeting)), await server.enter(meeting, "Grace")
    server.clock.turn(seconds=10)
    await server.beat(grace)
    server.clock.turn(seconds=5)
    await grace.close()
    await host.wait_for(grace.id, away=True)
    server.clock.turn(seconds=30)
    left = await host.client.next("participant_left")
    assert (left["id"], left["why"]) == (grace.id, "lost")
    server.clock.turn(seconds=10)
    back = await server.enter(meeting, token=grace.token, session=grace.session)
    assert back.id == grace.id
    assert (await server.visits(meeting))["Grace"] == [
        (begin, at(server.clock, seconds=-45)),
        (server.clock.now(), None),
    ]


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_leaving_ends_a_visit_at_once(server: RunningServer, way: str) -> None:
    meeting, begin = await server.create(), server.clock.now()
    host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
    server.clock.turn(seconds=7)
    if way == "socket":
        await grace.send("leave")
    else:
        assert (await server.post(meeting, "leave", grace.token)).status_code == 204
        assert (await server.post(meeting, "leave", grace.token)).status_code == 204
    assert await grace.closed() == {"socket": 1000, "http": 4403}[way]
    left = await host.next("participant_left")
    assert (left["id"], left["why"]) == (grace.id, "left")
    end = server.clock.now()
    assert (await server.visits(meeting))["Grace"] == [(begin, end)]
    server.clock.turn(seconds=7)
    await server.enter(meeting, token=grace.token, session=grace.session)
    assert (await server.visits(meeting))["Grace"] == [(begin, end), (server.clock.now(), None)]


async def test_a_reload_is_a_new_visit_of_the_same_person(server: RunningServer) -> None:
    meeting, begin = await server.create(), server.clock.now()
    host, grace = RoomCopy(await server.enter(meeting)), await server.enter(meeting, "Grace")
    server.clock.turn(seconds=10)
    await server.beat(grace)
    server.clock.turn(seconds=5)
    reloaded = await server.enter(meeting, token=grace.token)
    await host.wait_for(grace.id, session=reloaded.session)
    assert [one["id"] for one in host.state["participants"]].count(grace.id) == 1
    assert (await server.visits(meeting))["Grace"] == [
        (begin, at(server.clock, seconds=-5)),
        (server.clock.now(), None),
    ]


async def test_two_tabs_that_open_at_once_leave_one_visit_open(server: RunningServer) -> None:
    meeting = await server.create()
    grace = await server.enter(meeting, "Grace")
    await asyncio.gather(*(server.enter(meeting, token=grace.token) for _ in range(6)))
    visits = (await server.visits(meeting))["Grace"]
    assert [left for _, left in visits].count(None) == 1


async def test_a_meeting_that_everybody_left_ends_after_a_while(server: RunningServer) -> None:
    meeting = await server.create()
    host = await server.enter(meeting)
    server.clock.turn(seconds=30)
    await server.beat(host)
    await host.send("leave")
    await host.closed()
    end = server.clock.now()
    server.clock.turn(seconds=60)
    assert (await server.view(meeting))["status"] == "live"
    again = await server.enter(meeting)
    await server.beat(again)
    await again.send("leave")
    await again.closed()
    server.clock.turn(seconds=61)
    view = await until(lambda: server.view(meeting), lambda view: view["status"] == "ended")
    assert view["end_reason"] == "abandoned"
    assert (await server.visits(meeting))["Ada"] == [
        (at(server.clock, seconds=-151), end),
        (at(server.clock, seconds=-61),) * 2,
    ]


async def test_a_meeting_is_not_empty_when_somebody_came_as_the_last_one_left(server: RunningServer) -> None:
    meeting = await server.create()
    host = await server.enter(meeting)
    await server.app.state.store.update(
        "meetings", {"_id": meeting["code"]}, {"$set": {"empty_since": server.clock.now()}}
    )
    for _ in range(3):
        server.clock.turn(seconds=40)
        await server.beat(host)

    async def empty_since() -> object:
        return (await server.app.state.store.find("meetings", {"_id": meeting["code"]}))[0]["empty_since"]

    await until(empty_since, lambda since: since is None)
    assert (await server.view(meeting))["status"] == "live"


async def test_a_meeting_without_heartbeats_ends_and_people_left_at_their_last_one(server: RunningServer) -> None:
    meeting, begin = await server.create(), server.clock.now()
    host, grace, joan = (
        await server.enter(meeting),
        await server.enter(meeting, "Grace"),
        await server.enter(meeting, "Joan"),
    )
    server.clock.turn(seconds=20)
    await server.beat(host, grace)
    server.clock.turn(seconds=20)
    await server.beat(host)
    last = server.clock.now()
    for client in (host, grace, joan):
        await client.close()
    server.clock.turn(seconds=91)
    view = await until(lambda: server.view(meeting), lambda view: view["status"] == "ended")
    assert view["end_reason"] == "abandoned"
    assert await server.visits(meeting) == {
        "Ada": [(begin, last)],
        "Grace": [(begin, begin + timedelta(seconds=20))],
        "Joan": [(begin, begin)],
    }


async def test_heartbeats_keep_a_meeting_alive_by_socket_and_by_http(server: RunningServer) -> None:
    by_socket, by_http, silent = await server.create(), await server.create(), await server.create()
    host = await server.enter(by_socket)
    joined = (await server.post(by_http, "join", by_http["token"])).json()
    await server.enter(silent)
    for _ in range(6):
        server.clock.turn(seconds=25)
        await server.beat(host)
        assert (await server.post(by_http, "heartbeat", joined["token"])).status_code == 204
    await until(lambda: server.view(silent), lambda view: view["status"] == "ended")
    assert [(await server.view(meeting))["status"] for meeting in (by_socket, by_http)] == ["live", "live"]


async def test_who_joined_by_http_and_falls_silent_is_lost(server: RunningServer) -> None:
    meeting, begin = await server.create(), server.clock.now()
    host = await server.enter(meeting)
    await server.post(meeting, "join", name="Grace")
    server.clock.turn(seconds=30)
    assert (await host.next("participant_left"))["why"] == "lost"
    await until(lambda: server.visits(meeting), lambda visits: visits["Grace"] == [(begin, begin)])


async def test_a_meeting_that_nobody_entered_ends_after_a_day(server: RunningServer) -> None:
    meeting = await server.create()
    server.clock.turn(seconds=UNSTARTED_AFTER.total_seconds() - 1)
    young = await server.create()
    await server.post(young, "end", young["token"])
    assert (await server.view(meeting))["status"] == "scheduled"
    server.clock.turn(seconds=2)
    view = await until(lambda: server.view(meeting), lambda view: view["status"] == "ended")
    assert (view["end_reason"], view["participants"]) == ("abandoned", [])


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_a_host_ends_the_meeting_for_everybody(server: RunningServer, way: str) -> None:
    meeting, begin = await server.create(), server.clock.now()
    host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
    server.clock.turn(seconds=30)
    if way == "socket":
        await host.send("end")
    else:
        for _ in range(2):
            assert (await server.post(meeting, "end", meeting["token"])).status_code == 204
    for client in (host, grace):
        assert await client.closed() == 4410
        assert client.received[-1]["why"] == "host"
    view = await server.view(meeting)
    assert (view["status"], view["end_reason"]) == ("ended", "host")
    assert await server.visits(meeting) == {name: [(begin, server.clock.now())] for name in ("Ada", "Grace")}
    assert (await server.post(meeting, "leave", grace.token)).status_code == 204, "too late, and no harm"


@pytest.mark.parametrize("lobby", [False, True])
async def test_who_comes_during_the_end_is_not_left_behind(server: RunningServer, lobby: bool) -> None:  # noqa: FBT001 -- both ways
    for _ in range(5):
        meeting = await server.create(lobby=lobby)
        host = await server.enter(meeting)
        sockets = [await server.live(meeting["code"]) for _ in range(4)]

        async def end(meeting: dict[str, str] = meeting) -> None:
            await server.post(meeting, "end", meeting["token"])

        await asyncio.gather(*(client.join(f"Guest {number}") for number, client in enumerate(sockets)), end())
        assert [await client.closed() for client in (host, *sockets)] == [4410] * 5
        visits = [visit for visits in (await server.visits(meeting)).values() for visit in visits]
        assert visits
        assert None not in [left for _, left in visits]
