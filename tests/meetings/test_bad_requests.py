"""Bodies that cannot be read or hold what they may not: each fault at its field, and nothing changed."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from running_server import RunningServer, bearer

JSON = {"content-type": "application/json"}
ADA = {"name": "Ada"}
FAULTS: list[tuple[str, Any, dict[str, str]]] = [
    ("no guest", {}, {"guest": "Without an account, please say what the others should call you."}),
    ("guest without a name", {"guest": {}}, {"guest.name": "This is required."}),
    ("name of a number", {"guest": {"name": 7}}, {"guest.name": "Expected str, got int."}),
    ("empty name", {"guest": {"name": ""}}, {"guest.name": "This takes at least 1 characters."}),
    ("blank name", {"guest": {"name": " \u200b"}}, {"guest.name": "Please enter a name."}),
    ("very long name", {"guest": {"name": "x" * 61}}, {"guest.name": "This takes at most 60 characters."}),
    ("bad address", {"guest": {**ADA, "email": "ada"}}, {"guest.email": "This does not look right."}),
    ("two addresses", {"guest": {**ADA, "email": "a@b.c,d@e.f"}}, {"guest.email": "This does not look right."}),
    (
        "address and header",
        {"guest": {**ADA, "email": "a@b.c\nBcc: d@e.f"}},
        {"guest.email": "This does not look right."},
    ),
    ("address with an end", {"guest": {**ADA, "email": "a@b.c\n"}}, {"guest.email": "This does not look right."}),
    ("unknown field inside", {"guest": {**ADA, "role": "host"}}, {"guest.role": "There is no such field."}),
    ("unknown field", {"guest": ADA, "code": "abc-defg-hjk"}, {"code": "There is no such field."}),
    ("text for yes", {"guest": ADA, "lobby": "yes"}, {"lobby": "Expected bool, got str."}),
    ("null for yes", {"guest": ADA, "lobby": None}, {"lobby": "Expected bool, got null."}),
    ("null for a title", {"guest": ADA, "title": None}, {"title": "Expected str, got null."}),
    ("unknown kind", {"guest": ADA, "kind": "secret"}, {"kind": "Invalid enum value 'secret'."}),
    ("empty password", {"guest": ADA, "password": ""}, {"password": "This takes at least 1 characters."}),
    ("long password", {"guest": ADA, "password": "x" * 129}, {"password": "This takes at most 128 characters."}),
    ("long title", {"guest": ADA, "title": "x" * 121}, {"title": "This takes at most 120 characters."}),
    ("a list", [], {"body": "Expected object, got array."}),
    ("null", None, {"body": "Expected object, got null."}),
    ("a text", "Ada", {"body": "Expected object, got str."}),
]
UNREADABLE = {
    "cut short": b'{"guest":',
    "not JSON": b"guest=Ada",
    "not UTF-8": b'{"guest":{"name":"\xff"}}',
    "UTF-16": '{"guest":{"name":"Ada"}}'.encode("utf-16"),
    "half a character": b'{"guest":{"name":"\\ud83d"}}',
    "nested without end": b"[" * 60_000,
    "nested in maps": b'{"guest":' * 5_000,
    "two bodies": b'{"guest":{"name":"Ada"}}{}',
    "a number that is none": b'{"guest":{"name":NaN}}',
}
KINDS = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/x-msgpack",
    "",
]


async def kept(server: RunningServer) -> list[Any]:
    """Everything in the store that a request could change."""
    store = server.app.state.store
    return [await store.find(collection, {}) for collection in ("meetings", "people", "visits", "mails")]


@pytest.fixture
async def unchanged(server: RunningServer) -> AsyncIterator[RunningServer]:
    before = await kept(server)
    yield server
    assert await kept(server) == before, "a refusal changes nothing"


async def test_every_fault_is_told_at_its_field(unchanged: RunningServer, subtests: pytest.Subtests) -> None:
    for case, body, errors in FAULTS:
        with subtests.test(case):
            answer = await unchanged.http.post("/api/meetings", content=msgspec.json.encode(body), headers=JSON)
            assert answer.status_code == 400
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert problem["code"] in {"invalid-body", "name-required"}
            assert problem["errors"] == errors


async def test_faults_of_a_join_are_told_at_their_field(server: RunningServer, subtests: pytest.Subtests) -> None:
    code = (await server.create())["code"]
    for body, field in (
        ({"name": "x" * 61}, "name"),
        ({"name": "Ada", "session": "short"}, "session"),
        ({"name": "Ada", "session": "with space"}, "session"),
        ({"name": "Ada", "session": "session-1\n"}, "session"),
        ({"name": "Ada", "session": "x" * 41}, "session"),
        ({"name": "Ada", "media": {"camera": "on"}}, "media.camera"),
        ({"name": "Ada", "media": {"drone": True}}, "media.drone"),
        ({"name": "Ada", "host_key": "x" * 5000}, "host_key"),
        ({"name": "Ada", "role": "host"}, "role"),
    ):
        with subtests.test(field, body=body):
            answer = await server.http.post(f"/api/meetings/{code}/join", json=body)
            assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


async def test_what_cannot_be_read_is_refused(unchanged: RunningServer, subtests: pytest.Subtests) -> None:
    for case, body in UNREADABLE.items():
        with subtests.test(case):
            answer = await unchanged.http.post(
                "/api/meetings", content=body, headers={"content-type": "application/json; charset=utf-8"}
            )
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid-body"), answer.text
    answer = await unchanged.http.post("/api/meetings", headers=JSON)
    assert answer.json()["errors"] == {"body": "This is required."}


async def test_other_kinds_of_bodies_are_refused(unchanged: RunningServer, subtests: pytest.Subtests) -> None:
    for kind in KINDS:
        with subtests.test(kind):
            answer = await unchanged.http.post(
                "/api/meetings", content=b'{"guest":{"name":"Ada"}}', headers={"content-type": kind}
            )
            assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
            assert answer.json()["detail"] == "Send application/json."


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_limit_is_refused(unchanged: RunningServer, chunked: bool) -> None:  # noqa: FBT001 -- both ways
    body = msgspec.json.encode({"guest": ADA, "description": "x" * 64 * 1024})

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 1000):
            yield body[start : start + 1000]

    answer = await unchanged.http.post("/api/meetings", content=parts() if chunked else body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_characters_that_disturb_are_taken_out(server: RunningServer) -> None:
    made = await server.create(
        guest={"name": "A\x00d\u202ea\x1b"},
        title=" Tea\r\nand\x07 cake ",
        description="First\r\n\x00\x0bsecond",
        password="pass\x00word\u202e",
    )
    view = await server.view(made)
    assert (view["host_name"], view["title"], view["password"]) == ("Ada", "Tea and cake", "pass\x00word\u202e")
    (meeting,) = await server.app.state.store.find("meetings", {"_id": made["code"]})
    assert meeting["description"] == "First\n\nsecond"
    untitled = await server.create(title=" \u200b ")
    assert untitled["meeting"]["title"] == "Ada's meeting"
    longest = await server.create(guest={"name": "😀" * 60}, title="ß" * 120)
    assert longest["meeting"]["host_name"] == "😀" * 60


async def test_a_header_that_is_no_token_is_a_refusal_too(server: RunningServer, subtests: pytest.Subtests) -> None:
    meeting = await server.create()
    address = f"/api/meetings/{meeting['code']}"
    for value in ("x", "a.b.c", "ä", "." * 3000, f"{meeting['token']}x", meeting["token"][:-1]):
        with subtests.test(value[:20]):
            answer = await server.http.get(address, headers={b"Authorization": f"Bearer {value}".encode()})
            assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token")
    for headers in ({"Authorization": "Basic YWRhOmFkYQ=="}, {"Authorization": "Bearer"}, bearer(meeting["token"])):
        assert (await server.http.get(address, headers=headers)).status_code == 200
