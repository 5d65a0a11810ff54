"""While the store cannot answer: said in one sentence, nothing half done, and all goes on afterwards."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from running_server import RunningServer, TurnedClock, running, until
from videocall.settings import Settings
from videocall.store.base import Store, StoreUnavailable
from videocall.store.opening import open_store

UNAVAILABLE = {
    "title": "The service cannot answer right now",
    "status": 503,
    "code": "unavailable",
    "detail": "The service cannot answer right now.",
}


class FlakyStore:
    """A real store that can be taken away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.down = False

    def __getattr__(self, name: str) -> Any:
        if self.down and name not in {"open", "close"}:
            raise StoreUnavailable("mongodb://ada:sesame@db.example does not answer")
        return getattr(self._store, name)


@pytest.fixture
def store(settings: Settings) -> FlakyStore:
    return FlakyStore(open_store(settings.store_url, settings.data))


@pytest.fixture
async def server(settings: Settings, clock: TurnedClock, store: Any) -> AsyncIterator[RunningServer]:
    async with running(settings, clock, store) as server:
        yield server


async def test_http_says_so_and_does_nothing(server: RunningServer, store: FlakyStore) -> None:
    meeting = await server.create()
    store.down = True
    for answer in (
        await server.http.get("/readyz"),
        await server.http.get(f"/api/meetings/{meeting['code']}"),
        await server.http.post("/api/meetings", json={"guest": {"name": "Grace"}}),
        await server.post(meeting, "join", name="Grace"),
        await server.post(meeting, "end", meeting["token"]),
    ):
        assert (answer.status_code, answer.json()) == (503, UNAVAILABLE)
    assert (await server.http.get("/healthz")).status_code == 200
    assert (await server.http.get("/")).status_code == 200
    store.down = False
    assert (await server.http.get("/readyz")).status_code == 200
    assert (await server.view(meeting))["status"] == "scheduled"


async def test_people_in_the_room_talk_on_and_others_ask_again(server: RunningServer, store: FlakyStore) -> None:
    meeting = await server.create()
    host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
    waiting = await server.live(meeting["code"])
    store.down = True
    refused = await waiting.join("Joan")
    assert (refused["code"], refused["detail"]) == ("unavailable", UNAVAILABLE["detail"])
    assert await host.refusal("end") == "unavailable"
    await host.send("signal", to=grace.id, to_session=grace.session, candidates=[])
    await grace.next("peer_signal")
    await host.send("set_hand", raised=True)
    await grace.next("participant_changed")
    store.down = False
    assert (await waiting.join("Joan"))["type"] == "snapshot", "on the same socket"


async def test_heartbeats_of_an_outage_are_kept_afterwards(server: RunningServer, store: FlakyStore) -> None:
    meeting = await server.create()
    host = await server.enter(meeting)
    store.down = True
    for _ in range(4):
        server.clock.turn(seconds=30)
        await host.told()
    upkeep: Any = server.app.dependencies["upkeep"]
    sweep = upkeep.dependency().sweep
    with pytest.raises(StoreUnavailable):
        await sweep()
    store.down = False
    assert await sweep() == 0, "what waits to be written must not look like silence"
    await server.beat(host)
    assert (await server.view(meeting))["status"] == "live"
    assert len((await server.visits(meeting))["Ada"]) == 1
    await host.close()
    server.clock.turn(seconds=91)
    await until(lambda: server.view(meeting), lambda view: view["status"] == "ended")
