"""Whatever somebody types is shown as text: on every page, in the console, on pages without JavaScript, in mails."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload

from e2e.arrivals import Arrivals
from e2e.members import Member, received, register, text_of
from e2e.site_process import SiteProcess
from e2e.test_screens import SCREENS
from e2e.visitor import Send, Visitor
from e2e.waiting import eventually
from hostile_texts import ADDRESSES, ALL, LOOK_FOR_TRACES, NO_ADDRESSES, READ, TEXTS, read_html
from people import PASSWORD, admin_headers
from running_server import bearer
from videocall.accounts.credentials import MOST_PASSKEYS
from videocall.accounts.passkey_model import Passkey
from videocall.pool.model import PoolServer
from videocall.store.base import as_document
from videocall.store.opening import open_store

NAMES = [text for text in TEXTS if len(text) <= 40]
"""An account's names are shorter than a guest's."""
AGENT = TEXTS[0]
TAGS = {"html", "head", "meta", "title", "style", "body", "div", "p", "span", "a", "table", "tr", "td"}
ATTRIBUTES = {"lang", "dir", "charset", "name", "content", "style", "class", "href", "role"}
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"}
HEADERS |= {"Content-Type", "Content-Language"}


class Planted:
    """A site where every field that takes text has been given the hostile ones."""

    def __init__(self, site: SiteProcess) -> None:
        self.site = site
        self.users: list[str] = []
        self.requests: list[str] = []
        self.admin: dict[str, str] = {}
        self.mallory: Member
        self.code = ""
        self.invited = ""
        self.guest = ""

    async def post(self, path: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
        return await self.send("POST", path, headers, **body)

    async def send(self, method: str, path: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
        answer = await self.site.http.request(method, f"/api{path}", headers=headers, json=body, timeout=60)
        assert answer.is_success, f"{path} {body}: {answer.text}"
        return answer.json() if answer.content else None

    async def plant(self) -> None:
        self.admin = await admin_headers(self.site.http, self.site.address, **{"User-Agent": AGENT})
        await self.accounts()
        await self.meetings()
        await self.wishes()
        await self.documents()

    async def accounts(self) -> None:
        for number, name in enumerate(NAMES):
            person: dict[str, Any] = {
                "first_name": name,
                "last_name": name,
                "email": f"p{number}@example.org",
                "password": PASSWORD,
            }
            self.users.append((await self.post("/auth/register", **person))["user"]["id"])
        odd: dict[str, Any] = {"first_name": "Odd", "last_name": "Address", "email": ADDRESSES[0], "password": PASSWORD}
        await self.post("/auth/register", **odd)
        self.mallory = await register(self.site, "Mallory X")
        await self.mallory.verify()
        await self.send("PATCH", "/me", bearer(self.mallory.token), first_name=NAMES[1], last_name=NAMES[2])
        await self.post("/auth/login", {"User-Agent": AGENT}, email=self.mallory.email, password=PASSWORD)
        await self.post(f"/admin/users/{self.users[0]}/disable", self.admin, notes=ALL)

    async def meetings(self) -> None:
        mine = bearer(self.mallory.token)
        for number, text in enumerate(TEXTS):
            guest = {"name": text, "email": f"g{number}@example.org"}
            await self.post("/meetings", guest=guest, title=text, description=ALL)
            plan = {"starts_at": (datetime.now(UTC) + timedelta(hours=3)).isoformat(), "kind": "scheduled"}
            invited = [f"i{number}@example.org"]
            await self.post("/meetings", mine, title=text, description=ALL[:2000], invitees=invited, **plan)
        plan = {"starts_at": (datetime.now(UTC) + timedelta(hours=3)).isoformat(), "kind": "scheduled"}
        answer = await self.post("/meetings", mine, title=TEXTS[4], invitees=ADDRESSES, **plan)
        self.invited = answer["meeting"]["code"]
        self.code = (await self.post("/meetings", mine, title=TEXTS[3], description=ALL))["meeting"]["code"]
        for text in TEXTS:
            joined = await self.post(f"/meetings/{self.code}/join", name=text)
            self.guest = joined["token"]
            await self.post(f"/meetings/{self.code}/leave", bearer(self.guest))

    async def wishes(self) -> None:
        for number, name in enumerate(NAMES):
            whose: dict[str, Any] = {"first_name": name, "last_name": name, "email": f"p{number}@example.org"}
            await self.post("/account-deletions", reason=ALL, **whose)

        async def all_taken() -> None:
            answer = await self.site.http.get("/api/admin/deletion-requests", headers=self.admin)
            self.requests = [one["id"] for one in answer.json()["items"]]
            assert len(self.requests) == len(NAMES)

        await eventually(all_taken)
        about = f"/admin/deletion-requests/{self.requests[0]}"
        await self.post(f"{about}/verify", self.admin, notes=ALL)
        await self.post(f"{about}/reject", self.admin, notes=ALL)
        for path, who in (("/me", self.mallory.token), (f"/meetings/{self.code}/my-record", self.guest)):
            await self.post(f"{path}/rights", bearer(who), kind="objection", text=ALL)
            wish = await self.post(f"{path}/rights", bearer(who), kind="restriction", text=ALL)
            answer = {"accepted": True, "answer": ALL}
            await self.post(f"/admin/rights-requests/{wish['id']}/answer", self.admin, **answer)

    async def documents(self) -> None:
        for kind, material in (("privacy", False), ("terms", True)):
            days = 30 if material else 0
            on = {"effective_on": str(datetime.now(UTC).date() + timedelta(days=days)), "material": material}
            draft = {"title": TEXTS[18], "markdown": "\n\n".join(TEXTS)}
            saved = await self.send("PUT", f"/admin/legal/{kind}/draft", self.admin, **draft)
            wish = {"revision": saved["revision"], "summary": "\n".join(TEXTS[:12]), **on}
            await self.post(f"/admin/legal/{kind}/publish", self.admin, **wish)
            again = {**draft, "markdown": "\n\n".join(reversed(TEXTS))}
            await self.send("PUT", f"/admin/legal/{kind}/draft", self.admin, **again)
        branding = {"name": TEXTS[1]}
        await self.send("PUT", "/admin/regions/europe", self.admin, name=TEXTS[2], countries=["DE"], branding=branding)


async def planted_site(site: SiteProcess) -> Planted:
    """Servers of the pool are looked at before they are taken, and passkeys asked of a device: these are kept as if."""
    await site.start()
    await site.make_admin("root")
    planted = Planted(site)
    await planted.plant()
    store = open_store(site.store_url, site.folder)
    await store.open()
    for collection in ("pool_servers", "passkeys"):
        await store.ensure(collection, [])
    for number, text in enumerate(TEXTS):
        server = PoolServer(
            domain=f"s{number}.example",
            operator=text,
            country="DE",
            region=text[:40],
            notes=ALL,
            added_at=datetime.now(UTC),
            enabled=False,
        )
        await store.insert("pool_servers", as_document(server))
    for number, text in enumerate(TEXTS[:MOST_PASSKEYS]):
        passkey = Passkey(
            id=f"passkey-{number}",
            user=planted.mallory.user["id"],
            name=text,
            public_key="",
            sign_count=0,
            transports=[],
            created_at=datetime.now(UTC),
        )
        await store.insert("passkeys", as_document(passkey))
    await store.close()
    return planted


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def planted(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Planted]:
    site = SiteProcess(tmp_path_factory.mktemp("hostile"), bcrypt_cost=4, abandoned_after_seconds=86400)
    try:
        yield await planted_site(site)
    finally:
        await site.close()


def one_line(text: str) -> str:
    return " ".join(text.split())


async def shows_as_text(visitor: Visitor, path: str, texts: Sequence[str]) -> None:
    """A page shows these texts as they were typed, and made nothing else of any."""

    async def check() -> None:
        shown = one_line(await visitor.page.evaluate(READ))
        assert [text for text in texts if one_line(text) not in shown] == [], path

    await visitor.open(path)
    await eventually(check)
    assert await visitor.page.evaluate(LOOK_FOR_TRACES) == [], path


def watched(visitor: Visitor) -> Visitor:
    """No text opens a dialog; one that does is closed, since it would hold up everything."""

    async def close(dialog: Any) -> None:
        visitor.trouble.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    visitor.page.on("dialog", close)
    return visitor


async def test_the_console_shows_what_people_typed_as_text(arrive: Arrivals, planted: Planted) -> None:
    admin = watched(await arrive("Root", site=planted.site, **SCREENS["desktop"]))
    name, _, value = planted.admin["Cookie"].partition("=")
    await admin.page.context.add_cookies([{"name": name, "value": value, "url": planted.site.address}])
    for path, texts in (
        ("", ()),
        ("/users", (*NAMES, ADDRESSES[0])),
        (f"/users/{planted.users[1]}", NAMES[1:2]),
        ("/meetings?sort=created_at&limit=100", ()),
        (f"/meetings/{planted.code}", TEXTS),
        ("/deletion-requests", NAMES),
        (f"/deletion-requests/{planted.requests[0]}", TEXTS),
        ("/rights", TEXTS),
        ("/rights?status=accepted", TEXTS),
        ("/servers", TEXTS),
        ("/servers/s2.example", TEXTS),
        ("/regions", (TEXTS[2],)),
        ("/regions/europe", (TEXTS[1], TEXTS[2])),
        ("/legal", TEXTS),
        ("/legal/terms", TEXTS),
        ("/mail", ()),
        ("/audit", TEXTS),
        ("/security", ()),
    ):
        await shows_as_text(admin, f"/admin{path}", texts)


async def test_people_see_what_others_typed_as_text(arrive: Arrivals, planted: Planted) -> None:
    arrive.forgive("status of 4")
    site, code = planted.site, planted.code
    mallory = await planted.mallory.sits_at(watched(await arrive("Mallory", site=site, **SCREENS["desktop"])))
    for path, texts in (
        ("/dashboard", TEXTS[:12]),
        (f"/meetings/{code}", TEXTS),
        (f"/meetings/{planted.invited}", (TEXTS[4], *ADDRESSES)),
        ("/profile", (*NAMES[1:3], *TEXTS[:MOST_PASSKEYS])),
        ("/privacy-rights", TEXTS),
        (f"/m/{code}", (TEXTS[3],)),
        ("/legal/privacy", TEXTS[:2]),  # Markdown: some are links without an address, some are code
        ("/legal/privacy?since=1.0", TEXTS[:2]),
        ("/legal/terms?version=2.0&since=1.0", TEXTS[:2]),
    ):
        await shows_as_text(mallory, path, texts)
    letter = text_of(await received(site, ADDRESSES[0], "Invitation"))
    _, _, secret = letter.partition("/rsvp#")
    await shows_as_text(mallory, f"/rsvp#{secret.split()[0]}", (TEXTS[4],))
    for address in NO_ADDRESSES:
        wish = {"title": "x", "kind": "scheduled", "starts_at": "2030-01-01T10:00:00Z", "invitees": [address]}
        answer = await site.http.post("/api/meetings", json=wish, headers=bearer(planted.mallory.token))
        assert answer.status_code == 400, address
    guest = watched(await arrive("Guest", site=site))
    await shows_as_text(guest, f"/my-record#code={code}&token={planted.guest}", (TEXTS[-1], TEXTS[3]))


async def test_in_the_room_names_chat_polls_and_files_are_text(arrive: Arrivals, planted: Planted) -> None:
    created = await planted.site.create(guest={"name": TEXTS[1]}, title=TEXTS[0], lobby=True)
    host = watched(await arrive(TEXTS[1], site=planted.site))
    await host.host(created, send=Send.NOTHING)
    guest = watched(await arrive(TEXTS[13], site=planted.site))
    await guest.open_meeting(created["code"])
    await guest.textbox("Your name").fill(TEXTS[13])
    await guest.press("Join now")
    await host.page.get_by_text(TEXTS[13]).first.wait_for()
    await host.page.get_by_role("button", name="Admit").first.click()
    await guest.is_in("live")
    await guest.sees_only(TEXTS[1])
    await guest.says_in_chat(ALL)
    await host.press("Chat")

    async def all_said() -> None:
        shown = one_line(await host.page.evaluate(READ))
        assert [text for text in (*TEXTS, TEXTS[0]) if one_line(text) not in shown] == []

    await eventually(all_said)
    question, *choices = [text for text in TEXTS if "onerror" in text or "script" in text][:5]
    await host.press("Poll")
    await host.textbox("Question").fill(question)
    for number, choice in enumerate(choices[:2], start=1):
        await host.textbox(f"Choice {number}").fill(choice)
    await host.page.get_by_role("switch", name="Show who chose what").check()
    await host.press("Ask everybody")
    asked = guest.page.get_by_role("group", name=question)
    await asked.get_by_role("radio", name=choices[0], exact=True).check()
    await guest.press("Vote")
    files = [text for text in TEXTS if "/" not in text]
    for name in files:
        offered = FilePayload(name=name, mimeType="text/html", buffer=name.encode())
        await host.page.locator("#panel-chat input[type=file]").set_input_files(offered)
        await guest.page.get_by_text(name).last.wait_for()
    await host.sees("1 person voted")
    for one in (host, guest):
        assert await one.page.evaluate(LOOK_FOR_TRACES) == []


async def test_every_mail_holds_what_people_typed_as_text(planted: Planted) -> None:
    folder = planted.site.folder / "data" / "mail"
    await received(planted.site, planted.mallory.email, "what changes")
    texts = {path: path.read_bytes() for path in await asyncio.to_thread(lambda: list(folder.glob("*.eml")))}
    seen: set[str] = set()
    for path, whole in texts.items():
        letter = message_from_bytes(whole, policy=policy.default)
        assert not letter.defects, path
        assert set(letter) <= HEADERS, path
        tags, attributes, text = read_html(body_of(letter, "html"))
        assert tags <= TAGS, path
        assert {name for name, _ in attributes} <= ATTRIBUTES, path
        links = [value for name, value in attributes if name == "href"]
        assert all(link.startswith(planted.site.address) for link in links), links
        read = one_line(text) + one_line(letter["Subject"]) + one_line(body_of(letter, "plain"))
        seen |= {text for text in TEXTS if one_line(text) in read}
    assert seen == set(TEXTS), set(TEXTS) - seen
    assert len(texts) > 4 * len(NAMES), "welcome, invitation, host link, deletion and the rest"


def body_of(letter: Any, kind: str) -> str:
    text: str = letter.get_body((kind,)).get_content()
    return text
