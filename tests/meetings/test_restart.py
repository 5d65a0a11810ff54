"""A server that stops and starts again on the same data: nobody is forgotten, nobody is judged too soon."""

from datetime import timedelta

from room_copy import RoomCopy
from running_server import TurnedClock, running, until
from videocall.settings import Settings


async def test_who_was_there_is_there_and_goes_on_as_if_nothing_had_been(
    settings: Settings, clock: TurnedClock
) -> None:
    async with running(settings, clock) as server:
        meeting, begin = await server.create(password="sesame"), clock.now()
        host = await server.enter(meeting)
        grace = await server.enter(meeting, "Grace", password="sesame")
        clock.turn(seconds=20)
        await server.beat(host, grace)
    assert [await client.closed() for client in (host, grace)] == [1012, 1012]
    clock.turn(seconds=15)
    async with running(settings, clock) as server:
        back = RoomCopy(await server.enter(meeting, token=host.token, session=host.session))
        people = {one["name"]: one for one in back.state["participants"]}
        assert people["Ada"]["away_since"] is None
        assert people["Grace"]["away_since"] is not None
        assert (people["Grace"]["id"], people["Grace"]["session"]) == (grace.id, grace.session)
        clock.turn(seconds=20)
        await server.enter(meeting, token=grace.token, session=grace.session)
        await back.wait_for(grace.id, away=False)
        assert await server.visits(meeting) == {"Ada": [(begin, None)], "Grace": [(begin, None)]}
        newcomer = await server.enter(meeting, "Joan", password="sesame")
        assert [one["name"] for one in newcomer.snapshot["participants"]] == ["Ada", "Grace", "Joan"]


async def test_who_does_not_come_back_after_a_restart_left_at_the_last_heartbeat(
    settings: Settings, clock: TurnedClock
) -> None:
    async with running(settings, clock) as server:
        meeting, begin = await server.create(), clock.now()
        host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
        clock.turn(seconds=20)
        await server.beat(host, grace)
        last = clock.now()
        clock.turn(seconds=5)
    async with running(settings, clock) as server:
        back = await server.enter(meeting, session=host.session)
        clock.turn(seconds=30)
        left = await back.next("participant_left")
        assert (left["id"], left["why"]) == (grace.id, "lost")
        await until(lambda: server.visits(meeting), lambda visits: visits["Grace"] == [(begin, last)])


async def test_nothing_is_judged_until_people_had_time_to_come_back(settings: Settings, clock: TurnedClock) -> None:
    async with running(settings, clock) as server:
        meeting, begin = await server.create(), clock.now()
        await server.beat(await server.enter(meeting))
    clock.turn(minutes=20)
    async with running(settings, clock) as server:
        other = await server.create()
        watcher = await server.enter(other)
        for _ in range(2):
            # A person who is lost shows that the loops have run since the clock was turned.
            await server.post(other, "join", name="Grace")
            clock.turn(seconds=30)
            await server.beat(watcher)
            await watcher.next("participant_left")
        assert (await server.view(meeting))["status"] == "live"
        clock.turn(seconds=31)
        view = await until(lambda: server.view(meeting), lambda view: view["status"] == "ended")
        assert view["end_reason"] == "abandoned"
        assert await server.visits(meeting) == {"Ada": [(begin, begin)]}


async def test_who_waited_finds_their_place_again(settings: Settings, clock: TurnedClock) -> None:
    async with running(settings, clock) as server:
        meeting = await server.create(lobby=True)
        waiting = await server.knock(meeting, "Grace")
    async with running(settings, clock) as server:
        host, back = await server.enter(meeting), await server.knock(meeting, token=waiting.token)
        assert back.id == waiting.id
        assert (await host.next("waiting_changed"))["waiting"][0]["name"] == "Grace"


async def test_a_meeting_that_ended_stays_ended(settings: Settings, clock: TurnedClock) -> None:
    async with running(settings, clock) as server:
        meeting, begin = await server.create(), clock.now()
        host = await server.enter(meeting)
        clock.turn(seconds=5)
        await host.send("end")
        await host.closed()
    async with running(settings, clock) as server:
        late = await server.live(meeting["code"])
        assert (await late.join(token=meeting["token"]))["code"] == "meeting-ended"
        assert (await server.view(meeting))["end_reason"] == "host"
        assert await server.visits(meeting) == {"Ada": [(begin, begin + timedelta(seconds=5))]}


async def test_another_installation_takes_none_of_the_tokens(settings: Settings, clock: TurnedClock) -> None:
    async with running(settings, clock) as server:
        meeting = await server.create()
    (settings.data / "secret.key").write_bytes(bytes(32))
    async with running(settings, clock) as server:
        late = await server.live(meeting["code"])
        assert (await late.join(token=meeting["token"]))["code"] == "invalid-token"
