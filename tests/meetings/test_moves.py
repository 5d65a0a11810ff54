"""Media goes over to a server when a meeting outgrows itself, and on to another one when that fails."""

from typing import Any

import pytest
from msgspec.structs import replace

from people import part, register
from pool_of_words import ONE, TWO, bring_down, fill, in_place, is_recorded, moved, record, shut
from running_server import LiveClient, RunningServer
from videocall.meetings.moves import Moves
from videocall.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, direct_limit=2, pool_limit=4, bcrypt_cost=4)


async def three_on_a_server(server: RunningServer) -> tuple[dict[str, Any], list[LiveClient]]:
    meeting = await server.create(engine="jitsi")
    people = [await server.enter(meeting), await server.enter(meeting, "Grace"), await server.enter(meeting, "Joan")]
    await in_place(server, meeting, *people)
    return meeting, people


async def report(client: LiveClient, epoch: int = 0, reason: str = "closed") -> None:
    await client.send("engine_failed", epoch=epoch, reason=reason, error="connection.otherError")


# --- coming to a server -----------------------------------------------------------------------------------------------


async def test_a_meeting_that_outgrows_itself_goes_over_at_once_and_never_back_by_itself(server: RunningServer) -> None:
    await fill(server, ONE, TWO)
    meeting = await server.create(lobby=True)
    assert meeting["meeting"]["server"] == {"domain": ONE, "operator": "Club 0", "country": "DE"}
    host, grace = await server.enter(meeting), await server.knock(meeting, "Grace")
    await host.send("admit", id=grace.id)
    assert (await grace.next("snapshot"))["meeting"]["engine"] == "direct"
    joan = await server.knock(meeting, "Joan")
    await host.answer("admit", id=joan.id)
    there = (await host.answer("resync"))[-1]["meeting"]
    place = there["place"]
    assert (there["engine"], there["epoch"], there["limit"]) == ("jitsi", 1, 4)
    assert (place["server"], place["operator"], place["country"], place["open"]) == (ONE, "Club 0", "DE", False)
    assert len(place["room"]) == len(place["password"]) == 32
    assert await moved(grace, 1) == (await joan.next("snapshot"))["meeting"] == shut(there), "the host alone goes first"
    assert not any("place" in str(message) for message in joan.received[:-1]), "the lobby is told nothing of it"
    await host.send("engine_status", epoch=1, state="joined")
    late = await server.knock(meeting, "Mary")
    await host.answer("admit", id=late.id)
    assert (await late.next("snapshot"))["meeting"]["place"] == {**place, "open": True}
    for client in (joan, late, grace):
        await client.send("leave")
        await client.closed()
    assert (await host.answer("resync"))[-1]["meeting"]["epoch"] == 1
    assert await record(server, meeting) == [(1, "direct", ONE, "outgrown")]


async def test_without_a_server_a_full_meeting_is_full_and_its_host_hears_why(server: RunningServer) -> None:
    meeting = await server.create()
    host, _ = await server.enter(meeting), await server.enter(meeting, "Grace")
    third = await server.live(meeting["code"])
    refused = await third.join("Joan")
    assert (refused["type"], refused["code"]) == ("refused", "meeting-full")
    assert "no server" in refused["detail"]
    assert await host.next("turned_away") == {"type": "turned_away", "name": "Joan", "why": "no_server"}


async def test_what_goes_from_browser_to_browser_by_wish_stays_there(server: RunningServer) -> None:
    await fill(server, ONE)
    meeting = await server.create(engine="direct")
    host, _ = await server.enter(meeting), await server.enter(meeting, "Grace")
    third = await server.live(meeting["code"])
    assert (await third.join("Joan"))["code"] == "meeting-full"
    assert (await host.next("turned_away"))["why"] == "limit"


async def test_a_server_takes_so_many_people_and_no_more(server: RunningServer) -> None:
    await fill(server, ONE)
    meeting = await server.create(engine="jitsi")
    host = await server.enter(meeting)
    for name in ("Grace", "Joan", "Mary"):
        await server.enter(meeting, name)
    fifth = await server.post(meeting, "join", name="Eve")
    assert (fifth.status_code, fifth.json()["code"]) == (409, "meeting-full")
    assert (await host.next("turned_away"))["why"] == "limit"


async def test_a_join_by_http_says_which_server_it_is(server: RunningServer) -> None:
    await fill(server, ONE)
    meeting = await server.create(engine="jitsi", lobby=True)
    assert (meeting["meeting"]["engine"], meeting["meeting"]["carrier"]) == ("jitsi", "jitsi")
    inside = (await server.post(meeting, "join", meeting["token"])).json()
    waiting = (await server.post(meeting, "join", name="Grace")).json()
    assert (inside["engine"], inside["server"]) == (waiting["engine"], waiting["server"]) == ("jitsi", ONE)
    assert "password" not in str(waiting)


async def test_a_server_that_is_gone_by_the_start_is_not_gone_to(server: RunningServer) -> None:
    verdicts = await fill(server, ONE, TWO)
    meeting = await server.create(engine="jitsi")
    await bring_down(server, verdicts, ONE)
    host = await server.enter(meeting)
    assert host.snapshot["meeting"]["place"]["server"] == TWO
    assert await record(server, meeting) == [(1, ONE, TWO, "start")]


async def test_a_place_opens_when_the_first_is_in_it_or_kept_out_of_it_or_late(server: RunningServer) -> None:
    await fill(server, ONE)
    places = []
    for say in ({"kind": "engine_status", "state": "joined"}, {"kind": "engine_failed", "reason": "not_joined"}, None):
        meeting = await server.create(engine="jitsi")
        host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
        assert not grace.snapshot["meeting"]["place"]["open"]
        if say:
            await host.send(say.pop("kind"), epoch=0, **say)
        else:
            await part(server, "live").moves.open_overdue()
            server.clock.turn(seconds=9)
        assert (await host.answer("resync"))[-1]["meeting"]["place"]["room"]
        opened = (await grace.next("meeting_changed"))["meeting"]["place"]
        assert opened == {**host.snapshot["meeting"]["place"], "open": True}
        places.append(opened)
    assert len({place["room"] for place in places}) == len({place["password"] for place in places}) == 3


# --- from server to server --------------------------------------------------------------------------------------------


async def test_who_goes_first_alone_is_told_where_and_the_next_one_when_they_are_gone(server: RunningServer) -> None:
    await fill(server, ONE)
    meeting = await server.create(engine="jitsi")
    grace = await server.enter(meeting, "Grace")
    server.clock.turn(seconds=1)
    joan = await server.enter(meeting, "Joan")
    place = grace.snapshot["meeting"]["place"]
    assert (place["opener"], place["open"], len(place["room"])) == (grace.id, False, 32)
    assert joan.snapshot["meeting"]["place"] == {**place, "room": "", "password": ""}
    host = await server.enter(meeting)
    assert host.snapshot["meeting"]["place"] == {**place, "opener": host.id}, "the host, as soon as there is one"
    await host.send("leave")
    await host.closed()
    await grace.send("leave")
    await grace.closed()
    told = joan.snapshot["meeting"]["place"]
    while told["opener"] != joan.id:
        told = (await joan.next("meeting_changed"))["meeting"]["place"]
    assert told == {**place, "opener": joan.id}


async def test_one_report_of_a_dead_server_moves_everybody_to_the_next(server: RunningServer) -> None:
    verdicts = await fill(server, ONE, TWO)
    meeting, (host, grace, joan) = await three_on_a_server(server)
    verdicts.down.add(ONE)
    await report(grace)
    there = [await moved(client, 1) for client in (host, grace, joan)]
    assert shut(there[0]) == there[1] == there[2]
    assert there[0]["place"]["server"] == TWO
    assert there[0]["place"]["room"] != host.snapshot["meeting"]["place"]["room"]
    assert await grace.answer("engine_failed", epoch=0, reason="error") == [{"type": "place_confirmed", "epoch": 1}]
    assert await joan.answer("engine_status", epoch=0, state="joined") == [], "what is late changes nothing"
    late = await server.enter(meeting, "Mary")
    assert late.snapshot["meeting"]["place"]["server"] == TWO
    assert await record(server, meeting) == [(1, ONE, TWO, "down")]
    another = await server.create(engine="jitsi")
    assert another["meeting"]["server"]["domain"] == TWO, "it is kept out for a while"


async def test_one_persons_trouble_moves_nobody_and_a_second_ones_does(server: RunningServer) -> None:
    await fill(server, ONE, TWO)
    meeting, (host, grace, joan) = await three_on_a_server(server)
    await report(grace)
    assert (await grace.next("place_confirmed"))["epoch"] == 0
    assert [one["arrival"] for one in (await host.answer("resync"))[-1]["participants"]].count(
        {"epoch": 0, "state": "failed"}
    ) == 1
    await report(joan)
    assert (await moved(host, 1))["place"]["server"] == TWO
    assert await record(server, meeting) == [(1, ONE, TWO, "reports")]


@pytest.mark.parametrize("seen", [True, False])
async def test_why_a_server_did_not_let_people_in_is_told_and_recorded(
    server: RunningServer,
    seen: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    """A probe sees that a login is needed, whatever the pages make of it; of a lobby over there only they know."""
    verdicts = await fill(server, ONE, TWO)
    meeting, (host, grace, joan) = await three_on_a_server(server)
    if seen:
        verdicts.logins.add(ONE)
    how = "login" if seen else "lobby"
    await report(grace, reason="not_joined" if seen else "lobby")
    if not seen:
        await report(joan, reason="lobby")
    for client in (host, grace, joan):
        assert (await moved(client, 1))["refusal"] == {"server": ONE, "how": how}
    (move,) = (await server.view(meeting))["moves"]
    assert (move["reason"], move["refusal"]) == ("down" if seen else "reports", how)
    late = await server.enter(meeting, "Mary")
    assert late.snapshot["meeting"]["refusal"] == {"server": ONE, "how": how}
    kept = await part(server, "pool").server(ONE)
    assert kept.health.reason == (
        "People could not go on. It wants a login."
        if seen
        else "People could not go on: it lets them wait in a lobby of its own."
    )
    verdicts.down.add(TWO)
    await report(grace, 1)
    assert (await moved(host, 2))["refusal"] is None, "that one was down"


async def test_whoever_is_alone_goes_on_to_another_server_but_never_to_none(server: RunningServer) -> None:
    await fill(server, ONE, TWO)
    meeting = await server.create(engine="jitsi")
    host = await server.enter(meeting)
    await report(host)
    assert (await moved(host, 1))["place"]["server"] == TWO
    await report(host, 1)
    assert (await moved(host, 2))["place"]["server"] == ONE, "nobody else saw a fault"


async def test_the_verdict_of_the_probe_moves_every_meeting_of_a_server(server: RunningServer) -> None:
    verdicts = await fill(server, ONE, TWO)
    meetings = [await three_on_a_server(server) for _ in range(2)]
    await bring_down(server, verdicts, ONE)
    for meeting, people in meetings:
        for client in people:
            assert (await moved(client, 1))["place"]["server"] == TWO
        await is_recorded(server, meeting, (1, ONE, TWO, "down"))


async def test_a_draining_server_keeps_its_meetings_and_late_comers_follow(server: RunningServer) -> None:
    await fill(server, ONE, TWO)
    meeting, _ = await three_on_a_server(server)
    pool = part(server, "pool")
    await pool._repository.change(ONE, lambda one: replace(one, draining=True))  # noqa: SLF001
    await part(server, "live").moves.look_after()
    late = await server.enter(meeting, "Mary")
    assert late.snapshot["meeting"]["place"]["server"] == ONE
    assert (await server.create(engine="jitsi"))["meeting"]["server"]["domain"] == TWO
    moves: Moves = part(server, "live").moves
    assert await moves.move(meeting["code"])
    assert (await moved(late, 1))["place"]["server"] == TWO
    assert await record(server, meeting) == [(1, ONE, TWO, "admin")]


async def test_a_server_that_fails_people_though_it_answers_gets_no_new_meetings_while_another_is_better(
    server: RunningServer,
) -> None:
    """Its videobridge is dead, say; or strangers complain in meetings of their own, who empty no pool by that."""
    verdicts = await fill(server, ONE, TWO)
    before = await server.create(engine="jitsi")
    _, (host, grace, joan) = await three_on_a_server(server)
    await report(grace)
    await report(joan)
    assert (await moved(host, 1))["place"]["server"] == TWO
    assert ONE in verdicts.asked
    assert (await server.create(engine="jitsi"))["meeting"]["server"]["domain"] == TWO
    assert (await server.enter(before)).snapshot["meeting"]["place"]["server"] == TWO, "nor those it was to have"
    await report(grace, 1)
    await report(joan, 1)
    assert (await moved(host, 2))["place"]["server"] == ONE
    assert (await server.create(engine="jitsi"))["meeting"]["server"]["domain"] == ONE, "both are as bad"


async def test_an_administrator_takes_nobody_off_the_only_server(server: RunningServer) -> None:
    await fill(server, ONE)
    meeting, (host, *_) = await three_on_a_server(server)
    moves: Moves = part(server, "live").moves
    assert not await moves.move(meeting["code"])
    assert (await host.answer("resync"))[-1]["meeting"]["epoch"] == 0


async def test_whoever_is_removed_is_left_behind_in_the_old_place(server: RunningServer) -> None:
    await fill(server, ONE, TWO)
    meeting, (host, grace, joan) = await three_on_a_server(server)
    eve = await server.enter(meeting, "Eve")
    await host.answer("remove", id=grace.id)
    await host.answer("remove", id=eve.id, ban=True)
    there = [await moved(client, 1) for client in (host, joan)]
    assert shut(there[0]) == there[1]
    before, after = host.snapshot["meeting"]["place"], there[0]["place"]
    assert (after["server"], after["open"]) == (ONE, False)
    assert before["room"] != after["room"]
    assert before["password"] != after["password"]
    for client in (grace, eve):
        assert await client.closed() == 4403
        assert after["room"] not in str(client.received)
    assert await record(server, meeting) == [(1, ONE, ONE, "removed")], "two at once are one move"


async def test_a_removal_moves_nobody_whose_media_is_on_no_server(server: RunningServer) -> None:
    await fill(server, ONE)
    meeting = await server.create()
    host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
    await host.answer("remove", id=grace.id)
    moves: Moves = part(server, "live").moves
    assert not moves._tasks  # noqa: SLF001
    assert (await host.answer("resync"))[-1]["meeting"]["epoch"] == 0


# --- without any server -----------------------------------------------------------------------------------------------


async def test_when_all_servers_are_down_few_people_go_direct(server: RunningServer) -> None:
    verdicts = await fill(server, ONE)
    meeting = await server.create()
    people = [await server.enter(meeting), await server.enter(meeting, "Grace"), await server.enter(meeting, "Joan")]
    await in_place(server, meeting, *people)
    await people[2].send("leave")
    await people[2].closed()
    await bring_down(server, verdicts, ONE)
    there = await moved(people[1], 2)
    assert (there["engine"], there["place"], there["limit"]) == ("direct", None, 2)
    await is_recorded(server, meeting, (1, "direct", ONE, "outgrown"), (2, ONE, "direct", "down"))


async def test_more_people_wait_and_come_in_when_a_server_returns(server: RunningServer) -> None:
    verdicts = await fill(server, ONE)
    meeting, (host, grace, _) = await three_on_a_server(server)
    await bring_down(server, verdicts, ONE)
    there = await moved(host, 1)
    assert (there["engine"], there["place"]) == ("jitsi", None)
    assert (await server.view(meeting))["server"] is None
    late = await server.enter(meeting, "Mary")
    assert late.snapshot["meeting"]["place"] is None
    verdicts.down.clear()
    server.clock.turn(seconds=70)
    await server.beat(host, grace)
    for _ in range(2):
        await part(server, "pool").check(ONE)
    assert (await moved(grace, 2))["place"]["server"] == ONE
    await is_recorded(server, meeting, (1, ONE, None, "down"), (2, None, ONE, "returned"))


async def test_a_meeting_made_for_a_server_without_any_waits_for_one(server: RunningServer) -> None:
    meeting = await server.create(engine="jitsi")
    host = await server.enter(meeting)
    assert (host.snapshot["meeting"]["engine"], host.snapshot["meeting"]["place"]) == ("jitsi", None)
    await fill(server, ONE)
    assert (await moved(host, 1))["place"]["server"] == ONE
    await is_recorded(server, meeting, (1, None, ONE, "returned"))


async def test_the_history_of_an_account_tells_where_its_meeting_was_and_others_only_where_it_ended(
    server: RunningServer,
) -> None:
    await fill(server, ONE, TWO)
    ada, bob = await register(server), await register(server, "Bob Babbage", "bob@example.org")
    code = await ada.meeting(engine="jitsi")
    await server.enter({"code": code}, token=ada.token)
    await server.enter({"code": code}, token=bob.token)
    moves: Moves = part(server, "live").moves
    assert await moves.move(code)
    assert (await ada.call("POST", f"/api/meetings/{code}/end")).status_code == 204
    (hosted,) = (await ada.get("/api/me/meetings?view=history"))["items"]
    (been,) = (await bob.get("/api/me/meetings?view=history"))["items"]
    assert (hosted["server"], been["server"], been["moves"]) == (TWO, TWO, [])
    (move,) = hosted["moves"]
    assert {"epoch": 1, "from": ONE, "to": TWO, "reason": "admin"}.items() <= move.items()
    assert not await moves.move(code), "it is over"
