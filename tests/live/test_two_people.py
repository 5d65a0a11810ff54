"""Two people on the live socket: what each is told, from coming in to the end."""

from running_server import RunningServer


async def test_a_guest_creator_is_host_and_a_second_guest_is_announced(server: RunningServer) -> None:
    meeting = await server.create()
    ada = await server.live(meeting["code"])
    snapshot = await ada.join(token=meeting["token"])
    assert snapshot["type"] == "snapshot", snapshot
    assert [(person["name"], person["role"]) for person in snapshot["participants"]] == [("Ada", "host")]

    grace = await server.live(meeting["code"])
    seen_by_grace = await grace.join("Grace")
    joined = await ada.next("participant_joined")
    assert joined["participant"]["name"] == "Grace"
    assert joined["seq"] == seen_by_grace["seq"] == snapshot["seq"] + 1
    assert {person["name"] for person in seen_by_grace["participants"]} == {"Ada", "Grace"}
    assert seen_by_grace["waiting"] is None
