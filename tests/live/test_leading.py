"""Co-hosts, handing over, and what hosts change about a meeting that goes on: kept with the person, known to all."""

from typing import Any

import pytest
from msgspec.structs import replace

from people import register
from running_server import LiveClient, RunningServer, bearer
from videocall.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, bcrypt_cost=4)


async def role_of(client: LiveClient, person_id: str) -> str:
    """What a fresh snapshot says."""
    await client.send("resync")
    people: list[dict[str, Any]] = (await client.next("snapshot"))["participants"]
    (role,) = [one["role"] for one in people if one["id"] == person_id]
    return str(role)


async def test_a_cohost_leads_the_room_but_is_no_host(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host, grace = await server.enter(meeting), await server.knock(meeting, "Grace")
    await host.answer("admit", id=grace.id)
    assert (await grace.next("snapshot"))["waiting"] is None
    await host.answer("set_role", id=grace.id, role="cohost")
    assert (await grace.next("snapshot"))["waiting"] == [], "now she is told who waits"
    eve = await server.knock(meeting, "Eve")
    assert [one["name"] for one in (await grace.next("waiting_changed"))["waiting"]] == ["Eve"]
    await grace.answer("admit", id=eve.id)
    await eve.next("snapshot")
    await grace.answer("mute")
    assert (await host.next("mute_requested"))["by"] == grace.id
    refused: list[tuple[str, dict[str, Any]]] = [
        ("end", {}),
        ("set_role", {"id": eve.id, "role": "cohost"}),
        ("hand_over", {"id": grace.id}),
        ("set_meeting", {"password": "mine"}),
        ("remove", {"id": host.id}),
    ]
    for kind, fields in refused:
        assert await grace.refusal(kind, **fields) == "not-allowed", kind
    await grace.answer("remove", id=eve.id)
    assert (await eve.next("dismissed"))["why"] == "removed"
    password = (await server.http.get(f"/api/meetings/{meeting['code']}", headers=bearer(grace.token))).json()
    assert "password" not in password
    assert "participants" not in password


async def test_a_cohost_keeps_it_after_a_reload_until_it_is_taken_back(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host, grace = await server.enter(meeting), await server.knock(meeting, "Grace")
    await host.answer("admit")
    await grace.next("snapshot")
    await host.answer("set_role", id=grace.id, role="cohost")
    await grace.close()
    again = await server.enter(meeting, token=grace.token)
    assert again.snapshot["waiting"] == []
    await host.answer("set_role", id=grace.id, role="guest")
    assert (await again.next("snapshot"))["waiting"] is None
    assert await again.refusal("mute") == "not-allowed"
    assert (await server.enter(meeting, token=grace.token)).snapshot["waiting"] is None
    assert await host.refusal("set_role", id=host.id, role="guest") == "not-allowed"
    assert await host.refusal("set_role", id="nobody", role="cohost") == "participant-not-found"


async def test_an_account_is_cohost_and_banned_on_every_device(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    ada = await register(server)
    host, first = await server.enter(meeting), await server.knock(meeting, token=ada.token)
    await host.answer("admit")
    await first.next("snapshot")
    await host.answer("set_role", id=first.id, role="cohost")
    await first.close()
    elsewhere = (await ada.sign_in()).json()["token"]
    second = await server.enter(meeting, token=elsewhere)
    assert (second.id, second.snapshot["waiting"]) == (first.id, [])
    await host.answer("remove", id=first.id, ban=True)
    for token in (ada.token, elsewhere, first.token):
        third = await server.live(meeting["code"])
        assert (await third.join(token=token))["code"] == "banned"
        assert await third.closed() == 4403


async def test_a_host_hands_over_and_the_old_link_ends(server: RunningServer) -> None:
    meeting = await server.create(password="geheim")
    host, grace = await server.enter(meeting), await server.enter(meeting, "Grace", password="geheim")
    assert await host.refusal("hand_over", id=host.id) == "not-allowed"
    await host.answer("hand_over", id=grace.id)
    link = (await grace.next("host_link"))["link"]
    assert "host_link" not in [message["type"] for message in host.received]
    assert (await role_of(host, host.id), await role_of(host, grace.id)) == ("cohost", "host")
    assert await host.refusal("end") == "not-allowed"

    async def seen() -> tuple[str, bool, str | None]:
        view = (await server.http.get(f"/api/meetings/{meeting['code']}", headers=bearer(grace.token))).json()
        return view["host_name"], view["needs_password"], view["password"]

    assert await seen() == ("Grace", True, None), "only who chose a password reads it"
    await grace.answer("set_meeting", password="Sesam")
    assert await seen() == ("Grace", True, "Sesam")
    old, new = meeting["host_link"].partition("#host=")[2], link.partition("#host=")[2]
    assert (await (await server.live(meeting["code"])).join("Mallory", host_key=old))["code"] == "password-required"
    phone = await server.enter(meeting, "Grace", host_key=new)
    assert await role_of(phone, phone.id) == "host"
    await grace.send("end")
    assert await host.closed() == 4410


async def test_who_takes_over_with_an_account_finds_the_meeting_as_theirs(server: RunningServer) -> None:
    meeting = await server.create()
    ada = await register(server)
    host, user = await server.enter(meeting), await server.enter(meeting, token=ada.token)
    await host.answer("hand_over", id=user.id)
    await user.next("snapshot")
    assert "host_link" not in [message["type"] for message in user.received], "the account is enough"
    (mine,) = (await ada.get("/api/me/meetings?view=live"))["items"]
    assert (mine["role"], mine["host_name"]) == ("host", "Ada Lovelace")


async def test_a_locked_meeting_takes_nobody_new_but_everybody_back(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host, grace, eve = (
        await server.enter(meeting),
        await server.knock(meeting, "Grace"),
        await server.knock(meeting, "Eve"),
    )
    await host.answer("admit", id=grace.id)
    await grace.next("snapshot")
    await host.answer("set_meeting", locked=True)
    assert (await grace.next("meeting_changed"))["meeting"]["locked"]
    stranger = await server.live(meeting["code"])
    assert (await stranger.join("Mallory"))["code"] == "meeting-locked"
    assert (await server.post(meeting, "join", name="Mallory")).json()["code"] == "meeting-locked"
    assert (await server.enter(meeting, token=grace.token)).id == grace.id
    assert (await server.knock(meeting, token=eve.token)).id == eve.id, "who waits, waits on"
    await host.answer("remove", id=grace.id)
    gone = await server.live(meeting["code"])
    assert (await gone.join(token=grace.token))["code"] == "meeting-locked"
    await host.answer("set_meeting", locked=False)
    assert (await stranger.join("Mallory"))["type"] == "in_lobby", "on the same socket"


async def test_another_password_is_asked_of_newcomers_only(server: RunningServer) -> None:
    meeting = await server.create()
    host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
    await host.answer("set_meeting", password="neu", lobby=True)
    changed = (await grace.next("meeting_changed"))["meeting"]
    assert (changed["needs_password"], changed["lobby"]) == (True, True)
    assert (await server.view(meeting))["password"] == "neu"
    newcomer = await server.live(meeting["code"])
    assert (await newcomer.join("Eve"))["code"] == "password-required"
    assert (await newcomer.join("Eve", password="neu"))["type"] == "in_lobby"
    await server.enter(meeting, token=grace.token)
    await host.answer("set_meeting", password="", lobby=False)
    await server.enter(meeting, "Joan")
    await host.told()
    assert await host.answer("set_meeting") == [], "nothing to change"


async def test_hosts_ask_for_sound_and_switch_cameras_off(server: RunningServer) -> None:
    meeting = await server.create()
    host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
    await host.answer("stop_camera", id=grace.id)
    assert (await grace.next("camera_stop_requested"))["by"] == host.id
    await host.answer("ask_to_unmute", id=grace.id)
    assert (await grace.next("unmute_requested"))["by"] == host.id
    for kind in ("stop_camera", "ask_to_unmute"):
        assert await host.refusal(kind, id="nobody") == "participant-not-found"
    for _ in range(5):
        await host.answer("ask_to_unmute", id=grace.id)
    assert await host.refusal("ask_to_unmute", id=grace.id) == "too-many-requests"


async def test_the_lobby_list_survives_the_hosts_reload(server: RunningServer) -> None:
    meeting = await server.create(lobby=True)
    host = await server.enter(meeting)
    for name in ("Grace", "Eve"):
        await server.knock(meeting, name)
    await host.close()
    again = await server.enter(meeting)
    assert [one["name"] for one in again.snapshot["waiting"]] == ["Grace", "Eve"]
