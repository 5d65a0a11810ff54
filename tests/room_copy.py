"""What a browser holds of a room: the snapshot, brought up to date by the numbered events alone."""

from copy import deepcopy
from typing import Any, get_args

from running_server import LiveClient, until
from videocall.live.server_messages import Alive, ServerMessage, Snapshot

NUMBERED = {
    kind.__struct_config__.tag
    for kind in get_args(ServerMessage)
    if "seq" in kind.__struct_fields__ and kind not in {Snapshot, Alive}
}
"""Every event that has a number; one that `RoomCopy` does not know makes it fail."""
_KEPT = ("seq", "meeting", "participants", "waiting")


class RoomCopy:
    """One person's view, held beside their socket."""

    def __init__(self, client: LiveClient) -> None:
        self.client = client
        self.state = {name: deepcopy(client.snapshot[name]) for name in _KEPT}
        self.kinds: set[str] = set()
        self._read = client.received.index(client.snapshot) + 1

    async def catch_up(self) -> dict[str, Any]:
        """Apply everything that has come; the view afterwards."""
        await self.client.told()
        for message in self.client.received[self._read :]:
            if message["type"] in NUMBERED:
                self._apply(message)
        self._read = len(self.client.received)
        return self.state

    async def wait_for(self, person_id: str, **fields: Any) -> None:
        """Catch up until a record of somebody has these fields."""

        def right(state: dict[str, Any]) -> bool:
            people = [*state["participants"], *(state["waiting"] or [])]
            return any(
                fields.items() <= {**one, "away": bool(one["away_since"])}.items()
                for one in people
                if one["id"] == person_id
            )

        await until(self.catch_up, right)

    async def check(self) -> None:
        """What the events made is what a fresh snapshot says."""
        await self.catch_up()
        await self.client.send("resync")
        fresh = await self.client.next("snapshot")
        assert self.state == {name: fresh[name] for name in _KEPT}
        self._read = len(self.client.received)

    def _apply(self, event: dict[str, Any]) -> None:
        self.kinds.add(event["type"])
        assert event["seq"] == self.state["seq"] + 1, f"a number is missing before {event}"
        self.state["seq"] = event["seq"]
        people = self.state["participants"]
        match event["type"]:
            case "participant_joined":
                assert event["participant"]["id"] not in [one["id"] for one in people]
                people.append(event["participant"])
            case "participant_changed":
                (place,) = [place for place, one in enumerate(people) if one["id"] == event["participant"]["id"]]
                people[place] = event["participant"]
            case "participant_left":
                (gone,) = [one for one in people if one["id"] == event["id"]]
                people.remove(gone)
            case "meeting_changed":
                self.state["meeting"] = event["meeting"]
            case "waiting_changed":
                assert self.state["waiting"] is not None, "only hosts hear who waits"
                self.state["waiting"] = event["waiting"]
            case "tick" | "meeting_ended":
                pass
            case other:
                raise AssertionError(f"no test knows the event {other}")
