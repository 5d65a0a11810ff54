"""What a host may do in the room, and nobody else."""

from typing import Any

from running_server import RunningServer

POWERS: list[tuple[str, dict[str, Any]]] = [
    ("admit", {}),
    ("refuse", {"id": "somebody"}),
    ("tell_waiting", {"word": "soon"}),
    ("mute", {}),
    ("mute", {"id": "somebody"}),
    ("ask_to_unmute", {"id": "somebody"}),
    ("stop_camera", {"id": "somebody"}),
    ("set_role", {"id": "somebody", "role": "guest"}),
    ("hand_over", {"id": "somebody"}),
    ("open_breakouts", {"rooms": [{"name": "Mine"}]}),
    ("move_to_breakout", {"id": "somebody"}),
    ("rename_breakout", {"room": "1", "name": "Mine"}),
    ("close_breakouts", {}),
    ("tell_breakouts", {"word": "finish"}),
    ("set_meeting", {"locked": True}),
    ("set_meeting", {"password": "mine now"}),
    ("remove", {"id": "somebody"}),
    ("remove", {"id": "somebody", "ban": True}),
    ("end", {}),
]


async def test_a_guest_has_none_of_the_powers(server: RunningServer) -> None:
    meeting = await server.create()
    host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
    await host.told()
    for kind, fields in POWERS:
        fields = {**fields, "id": host.id} if "id" in fields else fields  # noqa: PLW2901
        assert await grace.refusal(kind, **fields) == "not-allowed", kind
    assert await host.told() == []
    assert (await server.view(meeting))["status"] == "live"


async def test_a_host_mutes_one_or_all_others(server: RunningServer) -> None:
    meeting = await server.create()
    host, grace, joan = (
        await server.enter(meeting),
        await server.enter(meeting, "Grace"),
        await server.enter(meeting, "Joan"),
    )
    await host.answer("mute", id=grace.id)
    assert (await grace.next("mute_requested"))["by"] == host.id
    await host.answer("mute")
    assert (await grace.next("mute_requested"))["by"] == host.id
    assert (await joan.next("mute_requested"))["by"] == host.id
    assert not [message for message in host.received if message["type"] == "mute_requested"]
    assert await host.refusal("mute", id="nobody") == "participant-not-found"


async def test_who_is_removed_is_gone_for_everybody_at_once(server: RunningServer) -> None:
    meeting = await server.create()
    host, grace, eve = (
        await server.enter(meeting),
        await server.enter(meeting, "Grace"),
        await server.enter(meeting, "Eve"),
    )
    await host.answer("remove", id=eve.id)
    for client in (host, grace):
        left = await client.next("participant_left") if client is grace else client.received[-2]
        assert (left["id"], left["why"]) == (eve.id, "removed")
    assert (await eve.next("dismissed"))["why"] == "removed"
    assert await eve.closed() == 4403
    assert await host.refusal("remove", id=eve.id) == "participant-not-found"
    visits = {person["name"]: person["visits"] for person in (await server.view(meeting))["participants"]}
    assert visits["Eve"][0]["left_at"] is not None
    assert (await server.enter(meeting, token=eve.token)).id == eve.id, "removed is not banned"


async def test_the_host_link_gives_the_powers_to_who_is_in_already(server: RunningServer) -> None:
    meeting = await server.create()
    grace = await server.enter(meeting, "Grace")
    assert await grace.refusal("mute") == "not-allowed"
    key = meeting["host_link"].partition("#host=")[2]
    promoted = await server.enter(meeting, token=grace.token, host_key=key)
    (me,) = promoted.snapshot["participants"]
    assert (promoted.id, me["role"], promoted.snapshot["waiting"]) == (grace.id, "host", [])
    await promoted.send("end")
    assert await promoted.closed() == 4410
