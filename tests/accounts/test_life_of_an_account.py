"""An account from its first day to its erasure, after which nothing is left but what the policy says is kept."""

import asyncio
import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from msgspec.structs import replace

from authenticator import Authenticator
from hostile_pictures import picture
from people import PASSWORD, Account, code_of, part, register, secret_in, signed_in_admin
from post_office import PostOffice
from running_server import RunningServer, TurnedClock, running, until
from videocall.lists import Wish
from videocall.records import RECORDS
from videocall.settings import Settings

NAME, EMAIL = "Adelaide Lovelacek", "adelaide@lovelacek.example"
COLLECTIONS = list(RECORDS)


async def ask(server: RunningServer, **fields: Any) -> int:
    first, last = NAME.split()
    body = {"email": EMAIL, "first_name": first, "last_name": last, **fields}
    answer = await server.http.post("/api/account-deletions", json=body)
    await part(server, "by_mail").close()
    return answer.status_code


async def traces(server: RunningServer, *words: str) -> set[str]:
    """Where any of the words stands: collections of the store, and files of the data folder beside it."""
    store = server.app.state["store"]
    found = {name for name in COLLECTIONS if _has(str(await store.find(name, {})).encode(), words)}
    files = [path for path in server.settings.data.rglob("*") if path.is_file() and "videocall.db" not in path.name]
    return found | {path.name for path in files if _has(path.read_bytes() + str(path).encode(), words)}


def _has(data: bytes, words: tuple[str, ...]) -> bool:
    return any(word.lower().encode() in data.lower() for word in words)


async def lived(server: RunningServer) -> tuple[Account, str, str]:
    """Somebody who met, hosted, and has a picture; their own meeting, and another's."""
    ada, grace = await register(server, NAME, EMAIL), await register(server, "Grace Hopper", "grace@example.org")
    await ada.call("PUT", "/api/me/picture", files={"file": ("me.png", picture())})
    own = await ada.meeting(description=f"Ask {NAME} or {EMAIL}")
    theirs = await grace.meeting()
    for code in (own, theirs):
        await ada.call("POST", f"/api/meetings/{code}/join", json={})
        await grace.call("POST", f"/api/meetings/{code}/join", json={})
    await server.create(guest={"name": NAME, "email": EMAIL})
    await ada.call("POST", f"/api/meetings/{own}/end")
    await grace.call("POST", f"/api/meetings/{theirs}/end")
    return ada, own, theirs


async def passkey(ada: Account, name: str) -> None:
    wish = (await ada.call("POST", "/api/me/passkeys/options", json={"password": ada.password})).json()
    credential = Authenticator("https://meet.example").make(wish["options"])
    body = {"challenge": wish["challenge"], "name": name, "credential": credential}
    assert (await ada.call("POST", "/api/me/passkeys", json=body)).status_code == 201


async def test_register_verify_meet_export_delete_and_hard_erase(
    server: RunningServer, post_office: PostOffice, clock: TurnedClock
) -> None:
    ada, own, theirs = await lived(server)
    await ada.verify(post_office)
    await passkey(ada, f"Phone of {NAME}")
    archive = zipfile.ZipFile(io.BytesIO((await ada.call("GET", "/api/me/export")).content))
    assert sorted(archive.namelist()) == ["README.txt", "account.json", "meetings.csv", "picture.webp", "schema.json"]
    data = msgspec.json.decode(archive.read("account.json"))
    jsonschema_rs.validate(msgspec.json.decode(archive.read("schema.json")), data)
    assert data["account"]["email"] == EMAIL
    table = list(csv.DictReader(io.StringIO(archive.read("meetings.csv").decode())))
    assert {row["code"] for row in table} == {own, theirs} == {meeting["code"] for meeting in data["meetings"]}
    assert "hash" not in str(data)
    assert [one["name"] for one in data["passkeys"]] == [f"Phone of {NAME}"]
    address = (await ada.get("/api/me"))["picture"].removeprefix("https://meet.example")

    assert await ask(server, hard=True, reason="=I am leaving") == 202
    token = secret_in(await post_office.letter(EMAIL, about="deleted"))
    verified = await server.http.post("/api/account-deletions/verify", json={"token": token})
    assert (verified.status_code, verified.json()["status"]) == (200, "waiting")
    deletions = part(server, "deletions")
    ((request,), _) = await deletions.listed(Wish(sort="created_at"), "waiting")
    assert (request.first_name, request.email, request.hard) == (NAME.split(maxsplit=1)[0], EMAIL, True)
    approval = f"/api/admin/deletion-requests/{request.id}/approve"
    admin = await signed_in_admin(server)
    assert (await server.http.post(approval, json={"notes": "Fine."}, headers=admin)).status_code == 200
    assert (await ada.get("/api/me/deletion"))["status"] == "approved"
    clock.turn(days=13, hours=23)
    assert await deletions.carry_out() == 0
    clock.turn(hours=1)
    assert await deletions.carry_out() == 1
    assert await deletions.carry_out() == 0

    assert await traces(server, *NAME.split(), EMAIL, PASSWORD) == {"deletion_requests"}, "policy section 10"
    assert (await server.http.get(address)).status_code == 404
    assert code_of(await ada.sign_in()) == (401, "wrong-credentials")
    assert (await ada.call("GET", "/api/me")).status_code == 401
    store = server.app.state["store"]
    names = {document["name"] for document in await store.find("people", {"meeting": theirs})}
    assert names == {"Deleted user", "Grace Hopper"}
    (meeting,) = await store.find("meetings", {"_id": own})
    assert (meeting["title"], meeting["host_name"]) == ("Deleted user's meeting", "Deleted user")
    assert await store.count("visits", {}) == 4, "the record of the meeting stays"
    (kept,) = (await deletions.listed(Wish(sort="created_at"), "done"))[0]
    assert (kept.notes, kept.reason) == ("Fine.", "=I am leaving")
    assert (await register(server, NAME, EMAIL)).me["id"] != ada.me["id"], "the address is free again"


async def test_a_plain_deletion_keeps_the_picture_and_the_names_in_records(
    server: RunningServer, post_office: PostOffice, clock: TurnedClock
) -> None:
    ada, _, theirs = await lived(server)
    address = (await ada.get("/api/me"))["picture"].removeprefix("https://meet.example")
    await ada.call("PATCH", "/api/me", json={"language": "fr"})
    await ask(server)
    confirm = await post_office.letter(EMAIL, about="Veuillez confirmer la suppression de votre compte")
    (request,) = await server.app.state["store"].find("deletion_requests", {})
    deletions = part(server, "deletions")
    await deletions.verify(secret_in(confirm))
    await deletions.approve(request["_id"])
    due = (clock.now() + timedelta(days=14)).day
    await post_office.letter(EMAIL, about=f"Votre compte sera supprimé le {due} ")
    clock.turn(days=14)
    assert await deletions.carry_out() == 1
    assert (await server.http.get(address)).status_code == 200
    assert await server.app.state["store"].find("users", {"email": EMAIL}) == []
    people = await server.app.state["store"].find("people", {"meeting": theirs})
    assert {(person["name"], bool(person["user"])) for person in people} == {(NAME, False), ("Grace Hopper", True)}
    assert await traces(server, EMAIL) <= {"deletion_requests", "meetings", "mails"}
    await post_office.letter(EMAIL, about="Votre compte a été supprimé")


async def test_one_may_change_ones_mind(server: RunningServer, post_office: PostOffice, clock: TurnedClock) -> None:
    ada = await register(server, NAME, EMAIL)
    deletions = part(server, "deletions")
    assert code_of(await ada.call("GET", "/api/me/deletion")) == (404, "not-found")
    for turn in range(2):
        await ask(server)
        letters = 2 + turn * 2
        token = secret_in(await post_office.letter(EMAIL, letters))
        await deletions.verify(token)
        again = await server.http.post("/api/account-deletions/verify", json={"token": token})
        assert code_of(again) == (410, "link-expired")
        ((request,), _) = await deletions.listed(Wish(sort="created_at"), "waiting")
        await deletions.approve(request.id)
        keep = secret_in(await post_office.letter(EMAIL, letters + 1))
        if turn == 0:
            answer = await server.http.post("/api/account-deletions/keep", json={"token": keep})
        else:
            answer = await ada.call("DELETE", "/api/me/deletion")
        assert (answer.status_code, answer.json()["status"]) == (200, "rejected")
        clock.turn(hours=1)
    clock.turn(days=20)
    assert await deletions.carry_out() == 0
    assert (await ada.sign_in()).status_code == 200


async def test_a_request_tells_nobody_whether_there_is_an_account(
    server: RunningServer, post_office: PostOffice, clock: TurnedClock
) -> None:
    assert await ask(server) == 202
    assert post_office.messages == []
    assert await traces(server, EMAIL) == set()
    await register(server, NAME, EMAIL)
    assert await ask(server) == 202
    assert await traces(server, EMAIL) >= {"deletion_requests"}
    clock.turn(days=8)
    await part(server, "deletions").tidy()
    assert await traces(server, EMAIL) == {"users"}, "nobody confirmed it"
    bad = await server.http.post(
        "/api/account-deletions", json={"email": "x", "first_name": "", "last_name": "\0", "reason": "\0"}
    )
    assert set(bad.json()["errors"]) == {"email", "first_name", "last_name", "reason"}


async def test_mail_in_the_data_folder_goes_with_the_account(settings: Settings, clock: TurnedClock) -> None:
    async with running(replace(settings, smtp_url=""), clock) as server:
        ada = await register(server, NAME, EMAIL)
        folder: Path = settings.data / "mail"
        await until(lambda: asyncio.sleep(0, list(folder.glob("*.eml"))), bool)
        user = await part(server, "accounts").reload(ada.me["id"])
        await part(server, "deletions").erase(user, hard=True)
        assert await traces(server, EMAIL, *NAME.split()) == set()


async def test_a_password_is_nowhere_to_be_seen(
    settings: Settings, post_office: PostOffice, clock: TurnedClock, capfd: pytest.CaptureFixture[str]
) -> None:
    secrets = {"correct": "Zyzzogeton-quagga-1", "wrong": "Zyzzogeton-quagga-2", "new": "Zyzzogeton-quagga-3"}
    single_sign_on = {"oidc_issuer": "http://127.0.0.1:1", "oidc_client_id": "us", "oidc_client_secret": "zyzzogeton"}
    async with running(replace(settings, log_level="debug", **single_sign_on), clock) as server:
        answers: list[bytes] = []
        ada = await register(server, password=secrets["correct"])
        server.http.event_hooks["response"].append(_keep(answers))
        await ada.sign_in(password=secrets["wrong"])
        await ada.sign_in()
        await ada.verify(post_office)
        await passkey(ada, "Phone")
        await ada.call("POST", "/api/me/passkeys/options", json={"password": secrets["wrong"]})
        await signed_in_admin(server, password=secrets["correct"])
        await server.http.post("/api/admin/login", json={"name": "root", "password": secrets["wrong"]})
        await server.http.post("/api/admin/login", json={"name": secrets["wrong"], "password": 5})
        assert (await server.http.get("/api/auth/oidc/start")).status_code == 502
        body = {"current_password": secrets["correct"], "password": secrets["new"]}
        token = (await ada.call("PUT", "/api/me/password", json=body)).json()["token"]
        await ada.call("GET", "/api/me/export", token=token)
        await ada.call("PUT", "/api/me/password", token=token, json={**body, "password": 5})
        await post_office.letter(ada.email, 2)
        files = [path.read_bytes() for path in settings.data.rglob("*") if path.is_file()]
    seen = [
        *answers,
        *files,
        *(bytes(message) for message in post_office.messages),
        "".join(capfd.readouterr()).encode(),
    ]
    assert len(answers) >= 6
    assert not _has(b"".join(seen), ("zyzzogeton",))


def _keep(answers: list[bytes]) -> Any:
    async def keep(answer: Any) -> None:
        answers.append(await answer.aread())

    return keep
