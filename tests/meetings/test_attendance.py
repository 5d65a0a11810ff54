"""The attendance record: everybody who was in the room, in order of arrival, for the meeting's hosts alone."""

from typing import Any

from running_server import RunningServer, bearer


async def test_everybody_who_was_in_the_room_is_listed_once(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    assert (await server.view(meeting))["participants"] == []
    begin = server.clock.now().isoformat().replace("+00:00", "Z")
    host = await server.enter(meeting)
    server.clock.turn(seconds=1)
    grace, refused = await server.knock(meeting, "Grace"), await server.knock(meeting, "Eve")
    await host.answer("refuse", id=refused.id)
    server.clock.turn(seconds=1)
    await host.answer("admit", id=grace.id)
    await grace.next("snapshot")
    came = server.clock.now().isoformat().replace("+00:00", "Z")
    await server.knock(meeting, "Joan")
    server.clock.turn(seconds=5)
    await grace.send("leave")
    await grace.closed()
    again = server.clock.now().isoformat().replace("+00:00", "Z")
    await server.enter(meeting, token=grace.token)

    people: list[dict[str, Any]] = (await server.view(meeting))["participants"]
    assert people == [
        {"id": host.id, "name": "Ada", "role": "host", "visits": [{"joined_at": begin, "left_at": None}]},
        {
            "id": grace.id,
            "name": "Grace",
            "role": "guest",
            "visits": [{"joined_at": came, "left_at": again}, {"joined_at": again, "left_at": None}],
        },
    ], "who waits or was refused never was in the room"


async def test_it_is_for_hosts_alone_on_any_of_their_devices(server: RunningServer) -> None:
    meeting = await server.create()
    guest = await server.enter(meeting, "Grace")
    key = meeting["host_link"].partition("#host=")[2]
    phone = (await server.post(meeting, "join", name="Ada's phone", host_key=key)).json()
    address = f"/api/meetings/{meeting['code']}"
    for headers in ({}, bearer(guest.token)):
        assert "participants" not in (await server.http.get(address, headers=headers)).json()
    view = (await server.http.get(address, headers=bearer(phone["token"]))).json()
    assert [person["name"] for person in view["participants"]] == ["Grace", "Ada's phone"]
    await server.post(meeting, "end", meeting["token"])
    assert len((await server.view(meeting))["participants"]) == 2, "and it stays when the meeting is over"
