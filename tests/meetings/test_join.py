"""Who gets into a meeting, by HTTP and by the live socket, and what keeps the others out."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from running_server import RunningServer, bearer
from videocall.meetings.codes import read_code
from videocall.meetings.tokens import LIFETIME


async def join(server: RunningServer, code: str, token: str | None = None, **wish: Any) -> tuple[int, dict[str, Any]]:
    headers = bearer(token) if token else {}
    answer = await server.http.post(f"/api/meetings/{code}/join", json=wish, headers=headers)
    return answer.status_code, answer.json()


def host_key(meeting: dict[str, Any]) -> str:
    key: str = meeting["host_link"].partition("#host=")[2]
    return key


async def test_a_guest_needs_a_name_that_can_be_seen(server: RunningServer) -> None:
    code = (await server.create())["code"]
    for name in ("", "  ", "\u202e\u2066", "\x00", None):
        status, problem = await join(server, code, name=name)
        assert (status, problem["code"], list(problem["errors"])) == (400, "name-required", ["name"]), repr(name)
        socket = await server.live(code)
        assert (await socket.join(name))["code"] == "name-required", repr(name)
    status, answer = await join(server, code, name=" Grace\x00\u202e  Hopper ")
    assert (status, answer["admission"], answer["participant"]["name"]) == (200, "admitted", "Grace Hopper")


async def test_codes_are_forgiven_and_wrong_ones_are_not_found(server: RunningServer) -> None:
    code = (await server.create())["code"]
    for typed in (code, code.replace("-", ""), code.upper(), f" {code.replace('-', ' ')} "):
        status, _ = await join(server, typed, name="Grace")
        assert status == 200, typed
    for typed in ("abc", "abc-defg-hjk", code[:-1], f"{code}x", "%00", "ä" * 10):
        status, problem = await join(server, typed, name="Grace")
        assert (status, problem["code"]) == (404, "meeting-not-found"), typed
    socket = await server.live("abc-defg-hjk")
    assert (await socket.join("Grace"))["code"] == "meeting-not-found"
    assert await socket.closed() == 4404


async def test_the_creators_token_and_the_host_link_make_a_host(server: RunningServer) -> None:
    meeting = await server.create(password="sesame", lobby=True)
    status, answer = await join(server, meeting["code"], meeting["token"])
    assert (status, answer["participant"]["role"], answer["participant"]["name"]) == (200, "host", "Ada")
    status, answer = await join(server, meeting["code"], name="Ada's phone", host_key=host_key(meeting))
    assert (status, answer["participant"]["role"], answer["admission"]) == (200, "host", "admitted")
    status, answer = await join(server, meeting["code"], name="Eve", host_key="guessed", password="sesame")
    assert (status, answer["participant"]["role"], answer["admission"]) == (200, "guest", "waiting")
    status, promoted = await join(server, meeting["code"], answer["token"], host_key=host_key(meeting))
    assert promoted["participant"] == {**answer["participant"], "role": "host"}
    other = await server.create()
    status, answer = await join(server, other["code"], name="Eve", host_key=host_key(meeting))
    assert answer["participant"]["role"] == "guest"


async def test_a_token_of_another_meeting_opens_nothing(server: RunningServer) -> None:
    meeting, other = await server.create(), await server.create()
    status, problem = await join(server, other["code"], meeting["token"])
    assert (status, problem["code"]) == (401, "invalid-token")
    socket = await server.live(other["code"])
    assert (await socket.join(token=meeting["token"]))["code"] == "invalid-token"
    assert (await socket.join("Grace"))["type"] == "snapshot", "the same socket may ask again"


async def test_a_token_ends_after_its_lifetime(server: RunningServer) -> None:
    meeting = await server.create()
    server.clock.turn(seconds=LIFETIME.total_seconds() - 1)
    guard = f"/api/meetings/{meeting['code']}"
    assert (await server.http.get(guard, headers=bearer(meeting["token"]))).status_code == 200
    server.clock.turn(seconds=1)
    answer = await server.http.get(guard, headers=bearer(meeting["token"]))
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")
    assert answer.headers["www-authenticate"] == "Bearer"
    socket = await server.live(meeting["code"])
    assert (await socket.join(token=meeting["token"]))["code"] == "invalid-token"


async def test_who_was_banned_stays_out(server: RunningServer) -> None:
    meeting = await server.create()
    host, eve = await server.enter(meeting), await server.enter(meeting, "Eve")
    await host.answer("remove", id=eve.id, ban=True)
    assert (await eve.next("dismissed"))["why"] == "removed"
    assert await eve.closed() == 4403
    status, problem = await join(server, meeting["code"], eve.token)
    assert (status, problem["code"]) == (403, "banned")
    again = await server.live(meeting["code"])
    assert (await again.join(token=eve.token))["code"] == "banned"
    assert await again.closed() == 4403


async def test_who_was_removed_comes_back_as_anybody_else(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host, grace = await server.enter(meeting), await server.knock(meeting, "Grace")
    await host.answer("admit", id=grace.id)
    await grace.next("snapshot")
    await host.answer("remove", id=grace.id)
    assert await grace.closed() == 4403
    again = await server.knock(meeting, token=grace.token)
    assert again.id == grace.id


async def test_an_ended_meeting_lets_nobody_in(server: RunningServer) -> None:
    meeting = await server.create()
    assert (await server.post(meeting, "end", meeting["token"])).status_code == 204
    for token in (None, meeting["token"]):
        status, problem = await join(server, meeting["code"], token, name="Grace")
        assert (status, problem["code"]) == (410, "meeting-ended")
    socket = await server.live(meeting["code"])
    assert (await socket.join("Grace"))["code"] == "meeting-ended"
    assert await socket.closed() == 4410


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_a_race_for_the_seats_fills_them_and_no_more(server: RunningServer, way: str) -> None:
    meeting = await server.create()

    async def come(number: int) -> str:
        if way == "http":
            status, answer = await join(server, meeting["code"], name=f"Guest {number}")
            return str(answer["admission"] if status == 200 else answer["code"])
        socket = await server.live(meeting["code"])
        answer = await socket.join(f"Guest {number}")
        return str(answer["code"] if answer["type"] == "refused" else answer["type"])

    results = Counter(await asyncio.gather(*(come(number) for number in range(20))))
    assert results == {"snapshot" if way == "socket" else "admitted": 6, "meeting-full": 14}
    view = await server.view(meeting)
    assert len(view["participants"]) == 6, "who found no seat was never there"
    assert all(len(person["visits"]) == 1 and not person["visits"][0]["left_at"] for person in view["participants"])


async def test_a_seat_that_is_left_is_free_and_a_full_room_keeps_its_people(server: RunningServer) -> None:
    meeting = await server.create()
    people = [await server.enter(meeting), *[await server.enter(meeting, f"Guest {number}") for number in range(5)]]
    late = await server.live(meeting["code"])
    assert (await late.join("Late"))["code"] == "meeting-full"
    await server.enter(meeting, token=people[1].token)
    await people[2].send("leave")
    await people[2].closed()
    assert (await late.join("Late"))["type"] == "snapshot"


async def test_another_tab_takes_the_place_of_the_first(server: RunningServer) -> None:
    meeting = await server.create()
    host, first = await server.enter(meeting), await server.enter(meeting, "Grace")
    second = await server.enter(meeting, token=first.token)
    assert (await first.next("dismissed"))["why"] == "replaced"
    assert await first.closed() == 4403
    assert second.id == first.id
    changed = await host.next("participant_changed")
    assert (changed["participant"]["id"], changed["participant"]["session"]) == (first.id, second.session)
    assert [one for one in await host.told() if one["type"].startswith("participant")] == []
    assert len((await server.view(meeting))["participants"]) == 2


def test_every_character_of_a_code_survives_being_typed() -> None:
    assert read_code("O1L-lioO-zzz") == "011-1100-zzz"
    assert read_code("abcu-efgh-jk") is None
