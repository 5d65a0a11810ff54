"""Two server processes are asked for the same at once: it is done once, and everybody hears of it once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from e2e.site_process import SiteProcess
from e2e.waiting import eventually
from mongodb_server import MongodbServer
from people import PASSWORD, admin_headers
from post_office import PostOffice, open_post_office
from push_service import Browser, PushService, open_push_service
from redis_server import RedisServer
from running_server import bearer
from videocall.store.base import Store
from videocall.store.opening import open_store

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_ONCE = 6
"""Calls to each of the two processes, all at the same time."""
READERS = 30
SITE_URL = "http://meet.example"


class Pair:
    """Two processes of one installation, its administrator, and the outside world that they write to."""

    def __init__(self, sites: list[SiteProcess], office: PostOffice, service: PushService) -> None:
        self.sites = sites
        self.office = office
        self.service = service
        self.admin: dict[str, str] = {}

    async def call(self, method: str, path: str, at: int = 0, **options: Any) -> httpx.Response:
        """A call of the administrator at one of the processes."""
        http = self.sites[at].http
        return await http.request(method, f"/api/admin{path}", headers=self.admin, timeout=60, **options)

    async def at_once(self, method: str, path: str, **options: Any) -> Counter[int]:
        """The same call to both processes, several times each; how many were answered how."""
        calls = [self.call(method, path, at, **options) for _ in range(AT_ONCE) for at in range(len(self.sites))]
        return Counter([answer.status_code for answer in await asyncio.gather(*calls)])

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """The store that both share."""
        store = open_store(self.sites[0].store_url, self.sites[0].folder)
        await store.open()
        for name in ("users", "meetings"):
            await store.ensure(name, [])
        yield store
        await store.close()

    async def register(self, name: str) -> dict[str, Any]:
        person = {"first_name": name, "last_name": "L", "email": f"{name.lower()}@example.org", "password": PASSWORD}
        answer = await self.sites[0].http.post("/api/auth/register", json=person, timeout=60)
        assert answer.status_code == 201, answer.text
        account: dict[str, Any] = answer.json()
        return account

    async def browser(self, path: str, token: str) -> Browser:
        browser = self.service.browser()
        answer = await self.sites[1].http.put(path, json=browser.subscription, headers=bearer(token))
        assert answer.status_code == 204, answer.text
        return browser

    async def audited(self, *actions: str) -> list[str]:
        """What the audit log says such acts were about."""
        items = (await self.call("GET", "/audit", params={"limit": 200})).json()["items"]
        return [item["about"] for item in items if item["action"] in actions]

    async def letters(self, about: str) -> Counter[str]:
        """How many letters about that each address has been sent, once no mail waits any more."""

        async def nothing_waits() -> None:
            waiting = (await self.call("GET", "/mail", params={"status": "waiting"})).json()["items"]
            assert waiting == []

        await eventually(nothing_waits)
        return Counter(one["To"] for one in self.office.messages if about in one["Subject"])


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "mongodb"])
async def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    folder: Path = tmp_path_factory.mktemp(f"pair-{request.param}")
    async with AsyncExitStack() as stack:
        store = f"sqlite:///{folder / 'store.db'}"
        if request.param == "mongodb":
            mongodb = MongodbServer()
            stack.callback(mongodb.remove)
            await asyncio.to_thread(mongodb.start)
            store = mongodb.url
        redis = RedisServer(folder)
        stack.push_async_callback(redis.stop)
        await redis.start()
        office = await stack.enter_async_context(open_post_office())
        service, certificate = await stack.enter_async_context(open_push_service(folder))
        settings: dict[str, Any] = {
            "data": folder / "data",
            "store": store,
            "redis_url": redis.url,
            "smtp_url": office.url,
            "bcrypt_cost": 4,
            "mail_poll_seconds": 0.1,
            "sweep_seconds": 0.2,
            "push_private_addresses": True,
            "site_url": SITE_URL,
        }
        sites = [SiteProcess(folder / f"site{number}", **settings) for number in range(2)]
        for site in sites:
            site.environment["SSL_CERT_FILE"] = str(certificate)
            stack.push_async_callback(site.close)
        await sites[0].make_admin("root")
        await asyncio.gather(*(site.start() for site in sites))
        pair = Pair(sites, office, service)
        pair.admin = await admin_headers(sites[0].http, SITE_URL)
        yield pair


async def test_a_publication_is_one_version_and_one_letter_to_everybody(pair: Pair) -> None:
    now = datetime.now(UTC) - timedelta(days=1)
    async with pair.store() as store:
        for number in range(READERS):
            user = {"_id": f"reader{number:02}", "email": f"reader{number:02}@example.org", "first_name": "R"}
            rest = {"last_name": "N", "password_hash": "", "created_at": now, "email_verified_at": now}
            await store.insert("users", user | rest)
    draft = await pair.call("PUT", "/legal/privacy/draft", json={"title": "Privacy policy", "markdown": "## 1. New"})
    body = {
        "revision": draft.json()["revision"],
        "effective_on": str(datetime.now(UTC).date() + timedelta(days=20)),
        "material": True,
        "summary": "Less is kept.",
    }
    assert await pair.at_once("POST", "/legal/privacy/publish", json=body) == {200: 1, 409: 2 * AT_ONCE - 1}
    versions = (await pair.call("GET", "/legal/privacy/versions", at=1)).json()["items"]
    assert sorted(one["version"] for one in versions) == ["1.0", "2.0"]
    assert await pair.audited("legal_published") == ["privacy-2"]

    async def all_told() -> None:
        assert not (await pair.call("GET", "/legal")).json()[0]["newest"]["mailing"]

    await eventually(all_told)
    readers = [f"reader{number:02}@example.org" for number in range(READERS)]
    assert await pair.letters("Privacy policy: what changes") == Counter(readers)


async def test_a_decision_is_made_written_down_and_mailed_once(pair: Pair) -> None:
    for name, decide, body, subject in (
        ("Anna", "approve", {}, "will be deleted"),
        ("Berta", "approve", {"at_once": True}, "was deleted"),
        ("Clara", "reject", {}, "was not deleted"),
    ):
        user = (await pair.register(name))["user"]
        begun = await pair.at_once("POST", f"/users/{user['id']}/erasure", json={"notes": "Asked by phone"})
        assert begun == {200: 1, 403: 2 * AT_ONCE - 1}
        (request,) = (await pair.call("GET", "/deletion-requests", params={"q": user["email"]})).json()["items"]
        answers = await pair.at_once("POST", f"/deletion-requests/{request['id']}/{decide}", json=body)
        assert answers == {200: 1, 403: 2 * AT_ONCE - 1}
        decided = await pair.audited("deletion_approved", "deletion_rejected", "account_erased")
        assert decided.count(request["id"]) == 1
        assert (await pair.letters(subject))[user["email"]] == 1


async def test_a_mail_that_is_tried_again_by_two_goes_out_once(pair: Pair) -> None:
    pair.office.answers.append("550 No such person")
    address = (await pair.register("Dora"))["user"]["email"]

    async def given_up() -> str:
        dead = (await pair.call("GET", "/mail", params={"status": "dead"})).json()["items"]
        assert [one["to"] for one in dead] == [address]
        mail_id: str = dead[0]["id"]
        return mail_id

    mail = await eventually(given_up)
    answers = await pair.at_once("POST", f"/mail/{mail}/retry")
    assert answers[204] >= 1
    assert set(answers) <= {204, 404}, "sent already when some of them came"
    assert (await pair.letters("confirm your e-mail"))[address] == 1


async def test_every_browser_hears_once_of_who_waits_and_of_what_begins(pair: Pair) -> None:
    account = await pair.register("Emma")
    browsers = [await pair.browser("/api/me/push", account["token"]) for _ in range(2)]
    create: dict[str, Any] = {"headers": bearer(account["token"]), "timeout": 60}
    lobby = await pair.sites[0].http.post("/api/meetings", json={"title": "Talk", "lobby": True}, **create)
    code = lobby.json()["meeting"]["code"]
    knocks = [
        pair.sites[number % 2].http.post(f"/api/meetings/{code}/join", json={"name": f"Guest {number}"}, timeout=60)
        for number in range(4)
    ]
    assert {one.json()["admission"] for one in await asyncio.gather(*knocks)} == {"waiting"}
    starts = datetime.now(UTC) + timedelta(minutes=12)
    plan = {"kind": "scheduled", "title": "Stand-up", "starts_at": starts.isoformat(), "duration_minutes": 15}
    planned = await pair.sites[1].http.post("/api/meetings", json={**plan, "reminders": [10]}, **create)
    assert planned.status_code == 201, planned.text
    soon = datetime.now(UTC) + timedelta(minutes=10)
    async with pair.store() as store:  # plans are made for full minutes; nobody shall wait for one here
        moved = {"schedule.starts_at": soon, "remind_at": soon - timedelta(minutes=10)}
        await store.update("meetings", {"_id": planned.json()["meeting"]["code"]}, {"$set": moved})

    async def all_there() -> None:
        for browser in browsers:
            assert "Stand-up" in [browser.read(one)["title"] for one in browser.arrived()]

    await eventually(all_there)
    expected = sorted([*(f"Guest {number} is waiting" for number in range(4)), "Stand-up"])
    for browser in browsers:
        assert sorted(browser.read(one)["title"] for one in browser.arrived()) == expected
