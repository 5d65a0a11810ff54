"""Through the real socket: what three people hold, by snapshot and events, is what a fresh snapshot says."""

from typing import get_args

from room_copy import NUMBERED, RoomCopy
from running_server import RunningServer
from videocall.live.client_messages import ClientMessage

MEDIA = {"microphone": True, "camera": False, "screen": True}


async def check(*copies: RoomCopy) -> None:
    for copy in copies:
        await copy.check()


async def test_every_message_and_every_host_power_keeps_all_copies_in_step(server: RunningServer) -> None:  # noqa: PLR0915 -- one story
    meeting = await server.create(lobby=True, kind="scheduled", starts_at="2026-06-22T12:00:00Z")
    host = RoomCopy(await server.enter(meeting))
    grace_client = await server.knock(meeting, "Grace")
    await check(host)
    await host.client.answer("admit", id=grace_client.id)
    grace_client.snapshot = await grace_client.next("snapshot")
    grace = RoomCopy(grace_client)
    await check(host, grace)

    await grace.client.answer("set_media", media=MEDIA)
    await grace.client.answer("set_hand", raised=True)
    await host.client.answer("set_hand", raised=True)
    await grace.client.answer("set_hand", raised=False)
    await host.client.answer("mute", id=grace.client.id)
    await host.client.answer("ask_to_unmute", id=grace.client.id)
    await host.client.answer("stop_camera", id=grace.client.id)
    await host.client.answer("set_meeting", locked=True)
    await host.client.answer("set_meeting", locked=False, password="open sesame")
    await host.client.answer("set_meeting", password="")
    await host.client.answer("extend")
    signal = {"to": grace.client.id, "to_session": grace.client.session, "candidates": []}
    await host.client.answer("signal", **signal)
    await grace.client.answer("engine_status", epoch=0, state="ready")
    await grace.client.answer("engine_failed", epoch=0, reason="closed")
    await check(host, grace)
    assert {message["type"] for message in grace.client.received} >= {
        "mute_requested",
        "unmute_requested",
        "camera_stop_requested",
        "peer_signal",
        "place_confirmed",
    }

    rooms = [{"name": "Owls", "people": [grace.client.id]}, {"name": "Larks"}]
    await host.client.answer("open_breakouts", rooms=rooms, choose=True)
    await grace.client.answer("ask_for_help", asking=True)
    await check(host, grace)
    await host.client.answer("tell_breakouts", word="finish")
    await host.client.answer("move_to_breakout", id=grace.client.id, room="2")
    await host.client.answer("rename_breakout", room="2", name="Swifts")
    await grace.client.answer("go_to_breakout", room="1")
    await check(host, grace)
    assert "word_to_breakouts" in {message["type"] for message in grace.client.received}
    await host.client.answer("close_breakouts", at_once=True)
    await check(host, grace)

    turned_away = await server.knock(meeting, "Eve")
    await check(host, grace)
    await host.client.answer("tell_waiting", word="soon")
    await check(host, grace)
    assert (await turned_away.next("word_from_host"))["word"] == "soon"
    await host.client.answer("refuse", id=turned_away.id)
    await check(host, grace)

    joan_client, eve = await server.knock(meeting, "Joan"), await server.knock(meeting, "Eve")
    await eve.close()
    await host.wait_for(eve.id, away=True)
    await check(host, grace)
    await host.client.answer("admit")
    joan_client.snapshot = await joan_client.next("snapshot")
    joan = RoomCopy(joan_client)
    await check(host, grace, joan)

    await joan.client.close()
    await host.wait_for(joan.client.id, away=True)
    back = await server.enter(meeting, token=joan.client.token, session=joan.client.session)
    await host.wait_for(joan.client.id, away=False)
    reloaded = await server.enter(meeting, token=joan.client.token, media=MEDIA, hand=True)
    await check(host, grace, RoomCopy(reloaded))

    await host.client.answer("remove", id=joan.client.id)
    await check(host, grace)
    await grace.client.send("leave")
    assert await grace.client.closed() == 1000
    await check(host)
    last = RoomCopy(await server.enter(meeting, token=grace.client.token))
    await check(host, last)

    await host.client.answer("set_role", id=last.client.id, role="cohost")
    last.client.snapshot = await last.client.next("snapshot")
    await check(host, again := RoomCopy(last.client))
    await host.client.answer("set_role", id=last.client.id, role="guest")
    last.client.snapshot = await last.client.next("snapshot")
    await check(host, again := RoomCopy(last.client))
    await host.client.answer("hand_over", id=last.client.id)
    last.client.snapshot = await last.client.next("snapshot")
    await check(host, again := RoomCopy(last.client))

    await again.client.send("end")
    for copy in (host, again):
        assert await copy.client.closed() == 4410
        assert copy.client.received[-1] == {"type": "meeting_ended", "seq": copy.state["seq"] + 1, "why": "host"}

    everybody = [host.client, grace.client, joan.client, back, reloaded, last.client]
    sent = {kind for client in everybody for kind in client.sent}
    assert sent == {kind.__struct_config__.tag for kind in get_args(ClientMessage)}
    told = host.kinds | grace.kinds | {"meeting_ended"}
    assert told - {"tick"} == NUMBERED - {"tick"}, "an event that is never told to a host"
    assert "tick" in grace.kinds - host.kinds
    assert "waiting_changed" in host.kinds - grace.kinds
