"""Push messages: they reach the right browsers, encrypted for them alone, and nobody else is ever connected to."""

import base64
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from people import register
from push_service import Browser, PushService, open_push_service
from running_server import RunningServer, TurnedClock, bearer, until
from videocall.settings import Settings


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PushService]:
    async with open_push_service(tmp_path) as (service, certificate):
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        yield service


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, push_private_addresses=True, bcrypt_cost=4, mail_poll_seconds=0.05)


async def subscribed(server: RunningServer, service: PushService, token: str, path: str = "/api/me/push") -> Browser:
    browser = service.browser()
    answer = await server.http.put(path, json=browser.subscription, headers=bearer(token))
    assert answer.status_code == 204, answer.text
    return browser


async def lobby_of(server: RunningServer, token: str, **wish: Any) -> dict[str, Any]:
    answer = await server.http.post("/api/meetings", json={"lobby": True, **wish}, headers=bearer(token))
    assert answer.status_code == 201, answer.text
    return {"code": answer.json()["meeting"]["code"]}


async def knock(server: RunningServer, meeting: dict[str, Any], name: str) -> None:
    answer = await server.post(meeting, "join", name=name)
    assert answer.json()["admission"] == "waiting", answer.text


async def test_a_host_who_is_away_hears_who_waits_and_only_their_browser_can_read_it(
    server: RunningServer, service: PushService
) -> None:
    ada = await register(server)
    phone, laptop = [await subscribed(server, service, ada.token) for _ in range(2)]
    meeting = await lobby_of(server, ada.token, title="Design review")
    await knock(server, meeting, "Grace Hopper")
    expected = {
        "title": "Grace Hopper is waiting",
        "body": "In the lobby of Design review. Open it to let them in.",
        "path": f"/m/{meeting['code']}",
        "tag": f"lobby {meeting['code']}",
    }
    assert await phone.messages(1) == [expected]
    assert await laptop.messages(1) == [expected]
    received = phone.arrived()[0]
    assert b"Grace" not in received.body
    assert meeting["code"] not in str(received.headers)
    assert (received.headers["content-encoding"], received.headers["urgency"]) == ("aes128gcm", "high")
    assert 0 < int(received.headers["ttl"]) <= 300

    scheme, _, rest = received.headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    key = (await server.http.get("/api/push")).json()["public_key"]
    assert (scheme, parts["k"]) == ("vapid", key)
    point = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    # The server's clock stands in 2026 of the tests, so the end of the token is compared by hand.
    claims = jwt.decode(parts["t"], public, ["ES256"], audience=service.address, options={"verify_exp": False})
    assert claims["sub"] == "https://meet.example"
    assert timedelta() < timedelta(seconds=claims["exp"] - server.clock.now().timestamp()) <= timedelta(hours=24)


async def test_a_guest_who_hosts_hears_of_their_own_meeting_and_of_no_other(
    server: RunningServer, service: PushService
) -> None:
    mine, other = await server.create(lobby=True), await server.create(lobby=True)
    browser = await subscribed(server, service, mine["token"], f"/api/meetings/{mine['code']}/push")
    refused = await server.http.put(
        f"/api/meetings/{other['code']}/push", json=browser.subscription, headers=bearer(mine["token"])
    )
    assert refused.status_code == 401
    await knock(server, other, "Eve")
    await knock(server, mine, "Grace")
    assert [message["title"] for message in await browser.messages(1)] == ["Grace is waiting"]


async def test_an_account_is_told_in_its_language_and_a_guest_in_that_of_their_page(
    server: RunningServer, service: PushService
) -> None:
    ada = await register(server)
    laptop = await subscribed(server, service, ada.token)
    await ada.call("PATCH", "/api/me", json={"language": "de"})
    await knock(server, await lobby_of(server, ada.token, title="Tee"), "Grace")
    (german,) = await laptop.messages(1)
    assert (german["title"], german["body"]) == (
        "Grace wartet",
        "In der Lobby von Tee. Öffnen Sie das Meeting, um die Person einzulassen.",
    )
    meeting, phone = await server.create(lobby=True), service.browser()
    path, headers = f"/api/meetings/{meeting['code']}/push", {"cookie": "language=fr", **bearer(meeting["token"])}
    assert (await server.http.put(path, json=phone.subscription, headers=headers)).status_code == 204
    await knock(server, meeting, "Grace")
    assert [message["title"] for message in await phone.messages(1)] == ["Grace attend"]


async def test_a_phone_does_not_ring_for_ever_for_who_knocks_again_and_again(
    server: RunningServer, service: PushService
) -> None:
    meeting = await server.create(lobby=True)
    browser = await subscribed(server, service, meeting["token"], f"/api/meetings/{meeting['code']}/push")
    for number in range(9):
        await knock(server, meeting, f"Eve {number}")
    assert len(await browser.messages(6)) == 6
    server.clock.turn(minutes=6)
    await knock(server, meeting, "Grace")
    assert (await browser.messages(7))[-1]["title"] == "Grace is waiting"


async def test_a_meeting_that_starts_in_ten_minutes_is_told_once(
    server: RunningServer, service: PushService, clock: TurnedClock
) -> None:
    ada = await register(server)
    browser = await subscribed(server, service, ada.token)
    starts_at = clock.now() + timedelta(hours=20)
    code = await ada.meeting(
        kind="scheduled", title="Stand-up", starts_at=starts_at.isoformat(), duration_minutes=15, reminders=[120, 10]
    )
    clock.turn(hours=19, minutes=50)
    (message,) = await browser.messages(1)
    assert (message["title"], message["body"], message["path"]) == (
        "Stand-up",
        "It starts in 10 minutes.",
        f"/m/{code}",
    )
    clock.turn(minutes=5)
    await ada.meeting(title="Something else")
    assert len(await browser.messages(1)) == 1


async def test_a_browser_that_is_gone_is_forgotten(server: RunningServer, service: PushService) -> None:
    ada = await register(server)
    browser = await subscribed(server, service, ada.token)
    shown = await ada.get("/api/me/push")
    assert [one["service"] for one in shown] == ["localhost"]
    archive = zipfile.ZipFile(io.BytesIO((await ada.call("GET", "/api/me/export")).content))
    assert msgspec.json.decode(archive.read("account.json"))["push_browsers"] == shown
    assert browser.endpoint.encode() not in archive.read("account.json")
    service.answers = [(410, {})]
    await knock(server, await lobby_of(server, ada.token), "Grace")
    await browser.messages(1)
    await until(lambda: ada.get("/api/me/push"), lambda browsers: browsers == [])


async def test_a_service_that_is_busy_is_asked_again_when_it_says(
    server: RunningServer, service: PushService, clock: TurnedClock
) -> None:
    ada = await register(server)
    browser = await subscribed(server, service, ada.token)
    service.answers = [(429, {"Retry-After": "60"})]
    await knock(server, await lobby_of(server, ada.token), "Grace")
    await browser.messages(1)
    clock.turn(seconds=50)
    await knock(server, await lobby_of(server, ada.token), "Ben")
    assert [one["title"] for one in await browser.messages(2)] == ["Grace is waiting", "Ben is waiting"]
    clock.turn(seconds=20)
    assert [one["title"] for one in await browser.messages(3)][-1] == "Grace is waiting"


async def test_an_endpoint_that_never_answers_is_forgotten_in_the_end(
    server: RunningServer, service: PushService, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("videocall.push.rules.MOST_TIMEOUTS", 2)
    ada = await register(server)
    browser = await subscribed(server, service, ada.token)

    store = server.app.state.store

    async def timeouts() -> list[int]:
        return [one["timeouts"] for one in await store.find("push_subscribers", {})]

    async def put_off() -> bool:
        soon = {"done_at": None, "due_at": {"$lte": clock.now() + timedelta(seconds=15)}}
        return bool(await store.count("pushes", soon))

    for _ in range(2):  # only those in a row count
        with monkeypatch.context() as hurried:
            hurried.setattr("videocall.push.sending.ATTEMPT_SECONDS", 0.2)
            service.silent = True
            await knock(server, await lobby_of(server, ada.token), "Grace")
            await until(timeouts, lambda found: found == [1])
            await until(put_off, bool)
        service.silent = False
        clock.turn(seconds=20)
        await until(timeouts, lambda found: found == [0])
    service.silent = True
    monkeypatch.setattr("videocall.push.sending.ATTEMPT_SECONDS", 0.2)
    await knock(server, await lobby_of(server, ada.token), "Grace")
    await until(timeouts, lambda found: found == [1])
    await until(put_off, bool)
    clock.turn(seconds=20)
    await until(timeouts, lambda found: found == [])
    assert browser.arrived()


async def test_a_guest_who_erases_their_record_erases_their_browsers(
    server: RunningServer, service: PushService
) -> None:
    meeting = await server.create(lobby=True)
    await subscribed(server, service, meeting["token"], f"/api/meetings/{meeting['code']}/push")
    answer = await server.http.delete(f"/api/meetings/{meeting['code']}/my-record", headers=bearer(meeting["token"]))
    assert answer.status_code == 204, answer.text
    assert await server.app.state.store.count("push_subscribers", {}) == 0


@pytest.mark.parametrize("how", ["password", "everywhere", "unsubscribed"])
async def test_what_signs_every_device_out_ends_its_messages(
    how: str, server: RunningServer, service: PushService
) -> None:
    ada = await register(server)
    browser = await subscribed(server, service, ada.token)
    token = ada.token
    match how:
        case "password":
            change = {"current_password": ada.password, "password": "difference engine no. 2"}
            token = (await ada.call("PUT", "/api/me/password", json=change)).json()["token"]
        case "everywhere":
            await ada.call("POST", "/api/auth/logout-everywhere")
            token = (await ada.sign_in()).json()["token"]
        case _:
            body = {"endpoint": browser.endpoint}
            assert (await server.http.post("/api/push/unsubscribe", json=body)).status_code == 204
    other = await subscribed(server, service, token)
    await knock(server, await lobby_of(server, token), "Grace")
    await other.messages(1)
    assert browser.arrived() == []

    async def browsers() -> Any:
        return (await ada.call("GET", "/api/me/push", token=token)).json()

    await until(browsers, lambda found: len(found) == 1)


async def test_only_the_ten_newest_browsers_of_an_account_are_kept(
    server: RunningServer, service: PushService, clock: TurnedClock
) -> None:
    ada = await register(server)
    for _ in range(12):
        await subscribed(server, service, ada.token)
        clock.turn(seconds=1)
    assert len(await ada.get("/api/me/push")) == 10


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "http://push.example/a"}, "endpoint"),
        ({"endpoint": "https://name:word@push.example/a"}, "endpoint"),
        ({"endpoint": "https://push.example:99999/a"}, "endpoint"),
        ({"endpoint": "https:///nowhere"}, "endpoint"),
        ({"endpoint": "https://push.example/\r\nX: y"}, "endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "keys"),
        ({"keys": {"p256dh": "not base64!", "auth": "é"}}, "keys"),
    ],
)
async def test_what_is_no_subscription_is_refused_by_field(
    change: dict[str, Any], field: str, server: RunningServer, service: PushService
) -> None:
    ada = await register(server)
    answer = await ada.call("PUT", "/api/me/push", json={**service.browser().subscription, **change})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


async def test_a_point_that_is_not_on_the_curve_costs_only_its_own_subscription(
    server: RunningServer, service: PushService
) -> None:
    ada = await register(server)
    wrong = service.browser().subscription
    wrong["keys"]["p256dh"] = base64.urlsafe_b64encode(b"\x04" + b"\x01" * 64).decode()
    assert (await ada.call("PUT", "/api/me/push", json=wrong)).status_code == 204
    browser = await subscribed(server, service, ada.token)
    await knock(server, await lobby_of(server, ada.token), "Grace")
    await browser.messages(1)
    await until(lambda: ada.get("/api/me/push"), lambda found: len(found) == 1)


class TestWithoutPrivateAddresses:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, push_private_addresses=False, push_rate="3/hour")

    async def test_no_machine_of_our_own_network_is_ever_connected_to(
        self, server: RunningServer, service: PushService
    ) -> None:
        ada = await register(server)
        await subscribed(server, service, ada.token)
        await knock(server, await lobby_of(server, ada.token), "Grace")
        await until(lambda: ada.get("/api/me/push"), lambda browsers: browsers == [])
        assert service.received == []

    async def test_one_address_subscribes_only_so_often(self, server: RunningServer, service: PushService) -> None:
        ada = await register(server)
        for _ in range(3):
            await subscribed(server, service, ada.token)
        answer = await ada.call("PUT", "/api/me/push", json=service.browser().subscription)
        assert answer.status_code == 429
        answer = await server.http.post("/api/push/unsubscribe", json={"endpoint": "https://push.example/x"})
        assert answer.status_code == 429
