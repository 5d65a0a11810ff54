"""A guest reads and erases what is kept of them, by their meeting token alone."""

from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from people import code_of, register
from running_server import RunningServer, bearer
from videocall.settings import Settings

NAME, EMAIL = "Zebulon Quux", "zebulon@quux.example"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, bcrypt_cost=4)


async def record(server: RunningServer, meeting: dict[str, Any], token: str, method: str = "GET") -> httpx.Response:
    path = f"/api/meetings/{meeting['code']}/my-record"
    return await server.http.request(method, path, headers=bearer(token))


async def traces(server: RunningServer) -> set[str]:
    """Where the guest's name or address stands in the store, and in the mails beside it."""
    store = server.app.state["store"]
    kept = {name: str(await store.find(name, {})) for name in ("meetings", "people", "visits", "mails")}
    files = {path.name: path.read_text() for path in (server.settings.data / "mail").glob("*.eml")}
    words = (NAME.lower(), EMAIL, *NAME.lower().split())
    return {where for where, text in (kept | files).items() if any(word in text.lower() for word in words)}


async def test_a_guest_exports_and_erases_their_record(server: RunningServer) -> None:
    meeting = await server.create()
    guest = await server.enter(meeting, NAME)
    assert code_of(await record(server, meeting, guest.token, "DELETE")) == (409, "still-there")
    await guest.send("leave")
    assert await guest.closed() == 1000
    answer = (await record(server, meeting, guest.token)).json()
    assert (answer["name"], answer["role"], len(answer["visits"])) == (NAME, "guest", 1)
    assert answer["visits"][0]["left_at"]
    assert (answer["meeting"]["title"], answer["meeting"]["email"]) == ("Ada's meeting", None)
    assert await traces(server) == {"people"}
    for _ in range(2):
        assert (await record(server, meeting, guest.token, "DELETE")).status_code == 204
    assert await traces(server) == set()
    assert (await server.visits(meeting)).keys() == {"Deleted guest"}, "that somebody was there stays"


async def test_who_made_the_meeting_as_a_guest_is_erased_from_it_too(server: RunningServer) -> None:
    meeting = await server.create(guest={"name": NAME, "email": EMAIL}, description=f"Ask {NAME} or {EMAIL}")
    answer = (await record(server, meeting, meeting["token"])).json()
    assert answer["meeting"]["email"] == EMAIL
    await server.post(meeting, "end", meeting["token"])
    assert (await record(server, meeting, meeting["token"], "DELETE")).status_code == 204
    assert await traces(server) == set()
    assert (await server.view(meeting))["title"] == "Deleted guest's meeting"


async def test_an_account_has_its_own_ways(server: RunningServer) -> None:
    meeting, ada = await server.create(), await register(server)
    client = await server.enter(meeting, token=ada.token)
    for method in ("GET", "DELETE"):
        assert code_of(await record(server, meeting, client.token, method)) == (403, "not-allowed")
