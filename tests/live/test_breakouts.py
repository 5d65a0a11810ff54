"""Breakout rooms through the real socket: who may do what, who is told what, and their end by the server's clock."""

from typing import Any

import pytest
from msgspec.structs import replace

from running_server import LiveClient, RunningServer, TurnedClock, running, until
from videocall.settings import Settings

OFFER = {"type": "offer", "sdp": "v=0\r\n"}


class Four:
    """A host in the main room, two guests in a breakout room, and one in another."""

    def __init__(self, server: RunningServer, meeting: dict[str, Any], *people: LiveClient) -> None:
        self.server, self.meeting = server, meeting
        self.host, self.ben, self.cem, self.dan = people

    async def open(self, **wish: Any) -> None:
        rooms = [{"name": "Owls", "people": [self.ben.id, self.cem.id]}, {"name": "Larks", "people": [self.dan.id]}]
        await self.host.answer("open_breakouts", rooms=rooms, **wish)

    async def now(self) -> dict[str, Any] | None:
        await self.host.send("resync")
        breakouts: dict[str, Any] | None = (await self.host.next("snapshot"))["meeting"]["breakouts"]
        return breakouts

    async def where(self) -> dict[str, str]:
        breakouts = await self.now()
        assert breakouts
        people: dict[str, str] = breakouts["people"]
        return people


@pytest.fixture
async def four(server: RunningServer) -> Four:
    meeting = await server.create()
    return Four(
        server, meeting, await server.enter(meeting), *[await server.enter(meeting, n) for n in ("Ben", "Cem", "Dan")]
    )


async def heard(sender: LiveClient, receiver: LiveClient) -> int:
    """How many of one signal arrive."""
    await receiver.told()
    await sender.answer("signal", to=receiver.id, to_session=receiver.session, description=OFFER)
    return sum(message["type"] == "peer_signal" for message in await receiver.told())


async def test_signals_go_only_between_people_in_the_same_room(four: Four) -> None:
    assert await heard(four.host, four.ben) == 1
    await four.open()
    for receiver, arrives in ((four.cem, 1), (four.dan, 0), (four.host, 0)):
        assert await heard(four.ben, receiver) == arrives
    assert await heard(four.host, four.ben) == 0
    await four.host.answer("go_to_breakout", room="1")
    assert await heard(four.ben, four.host) == 1
    assert await heard(four.dan, four.host) == 0
    await four.host.answer("close_breakouts", at_once=True)
    assert await heard(four.ben, four.dan) == 1


async def test_guests_have_no_power_over_rooms_that_are_open(four: Four) -> None:
    await four.open()
    before = await four.where()
    for kind, fields in (
        ("open_breakouts", {"rooms": [{"name": "Mine"}]}),
        ("move_to_breakout", {"id": four.dan.id, "room": "1"}),
        ("rename_breakout", {"room": "1", "name": "Mine"}),
        ("close_breakouts", {"at_once": True}),
        ("tell_breakouts", {"word": "finish"}),
        ("go_to_breakout", {"room": "2"}),
        ("go_to_breakout", {}),
    ):
        assert await four.ben.refusal(kind, **fields) == "not-allowed", kind
    assert await four.where() == before


async def test_people_choose_their_room_where_they_may(four: Four) -> None:
    await four.open(choose=True)
    await four.ben.answer("go_to_breakout", room="2")
    await four.cem.answer("go_to_breakout")
    assert await four.where() == {four.ben.id: "2", four.dan.id: "2"}
    assert await four.ben.refusal("go_to_breakout", room="3") == "not-allowed"
    refusals = [await four.ben.refusal("go_to_breakout", room="3") for _ in range(40)]
    assert refusals[-1] == "too-many-requests"


async def test_cohosts_lead_the_rooms_too_and_what_makes_no_sense_is_refused(four: Four) -> None:
    await four.host.answer("set_role", id=four.dan.id, role="cohost")
    assert await four.dan.refusal("close_breakouts") == "not-allowed", "there are none"
    await four.open()
    assert await four.dan.refusal("open_breakouts", rooms=[{"name": "More"}]) == "not-allowed"
    assert await four.dan.refusal("move_to_breakout", id="nobody", room="1") == "participant-not-found"
    assert await four.dan.refusal("move_to_breakout", id=four.ben.id, room="3") == "not-allowed"
    await four.dan.answer("move_to_breakout", id=four.ben.id)
    await four.dan.answer("rename_breakout", room="2", name="Swifts")
    now = await four.now()
    assert now
    assert four.ben.id not in now["people"]
    assert [room["name"] for room in now["rooms"]] == ["Owls", "Swifts"]


async def test_help_is_called_for_and_a_word_reaches_all_rooms(four: Four) -> None:
    await four.open()
    await four.ben.answer("ask_for_help", asking=True)
    changed = [message for message in await four.host.told() if message["type"] == "meeting_changed"]
    assert changed[-1]["meeting"]["breakouts"]["rooms"][0]["help"] == four.ben.id
    await four.host.answer("go_to_breakout", room="1")
    now = await four.now()
    assert now
    assert now["rooms"][0]["help"] is None
    await four.host.answer("go_to_breakout")
    await four.host.answer("tell_breakouts", word="finish")
    for person in (four.ben, four.cem, four.dan):
        word = await person.next("word_to_breakouts")
        assert (word["word"], word["by"]) == ("finish", four.host.id)
    assert "word_to_breakouts" not in {message["type"] for message in four.host.received}


async def test_muting_all_mutes_those_who_can_be_heard(four: Four) -> None:
    await four.open()
    await four.host.answer("go_to_breakout", room="2")
    await four.host.answer("mute")
    await four.dan.next("mute_requested")
    assert "mute_requested" not in {message["type"] for message in await four.ben.told()}


async def test_who_reloads_is_in_their_room_and_who_comes_late_in_the_main_room(four: Four) -> None:
    await four.open()
    await four.ben.send("leave")
    assert await four.ben.closed() == 1000
    again = await four.server.enter(four.meeting, token=four.ben.token)
    assert again.snapshot["meeting"]["breakouts"]["people"][again.id] == "1"
    assert await heard(again, four.cem) == 1
    late = await four.server.enter(four.meeting, "Eve")
    assert late.id not in late.snapshot["meeting"]["breakouts"]["people"]
    assert await heard(late, four.host) == 1


async def test_rooms_close_by_the_servers_clock(four: Four) -> None:
    await four.open(minutes=1)
    clock = four.server.clock
    clock.turn(seconds=59)
    ends_at = (await four.now() or {})["ends_at"]
    await four.host.answer("close_breakouts")
    assert (await four.now() or {})["ends_at"] == ends_at, "they end sooner anyway"
    clock.turn(seconds=1)
    await until(four.now, lambda now: now is None)


async def test_whoever_closes_rooms_leaves_time_to_say_goodbye(four: Four) -> None:
    await four.open()
    assert (await four.now() or {})["ends_at"] is None
    await four.host.answer("close_breakouts")
    await four.host.send("resync")
    snapshot = await four.host.next("snapshot")
    now, breakouts = snapshot["now"], snapshot["meeting"]["breakouts"]
    assert (now, breakouts["ends_at"]) == ("2026-06-22T12:00:00Z", "2026-06-22T12:00:30Z")
    four.server.clock.turn(seconds=30)
    await until(four.now, lambda now: now is None)


async def test_rooms_outlive_a_restart_and_not_the_meeting(settings: Settings, clock: TurnedClock) -> None:
    async with running(settings, clock) as server:
        meeting = await server.create()
        host, ben = await server.enter(meeting), await server.enter(meeting, "Ben")
        await host.answer("open_breakouts", rooms=[{"name": "Owls", "people": [ben.id]}])
    async with running(settings, clock) as server:
        host = await server.enter(meeting)
        assert host.snapshot["meeting"]["breakouts"]["people"] == {ben.id: "1"}
        await host.send("end")
        assert await host.closed() == 4410
        (kept,) = await server.app.state.store.find("meetings", {"_id": meeting["code"]})
        assert kept["breakouts"] is None


async def test_a_meeting_with_open_rooms_does_not_outgrow_the_browsers(settings: Settings, clock: TurnedClock) -> None:
    async with running(replace(settings, direct_limit=2), clock) as server:
        meeting = await server.create()
        host, ben = await server.enter(meeting), await server.enter(meeting, "Ben")
        await host.answer("open_breakouts", rooms=[{"name": "Owls", "people": [ben.id]}])
        cem = await server.live(meeting["code"])
        refused = await cem.join("Cem")
        assert (refused["code"], "breakout" in refused["detail"]) == ("meeting-full", True)
        assert (await host.next("turned_away"))["why"] == "breakouts"
