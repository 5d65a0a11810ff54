"""Legal documents: true from the first start on, safe to show, published once, read in every version."""

import asyncio
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from msgspec.structs import replace

from people import audit, code_of, part, register, signed_in_admin
from running_server import RunningServer, TurnedClock, running
from videocall.legal.difference import difference, shortened
from videocall.legal.rendering import render
from videocall.settings import Settings

ADMIN = "/api/admin/legal/privacy"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "<a href='javascript:alert(1)'>x</a>",
    "<svg/onload=alert(1)>",
    "</article></main><script src=//evil.example></script>",
    '[x](https://ok.example "onmouseover=alert(1)")',
    '# "><script>alert(1)</script>',
    "<style>*{display:none}</style>",
    "<iframe src=//evil.example>",
    "`<script>alert(1)</script>`",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "```html\n<script>alert(1)</script>\n```",
    "|<script>|\n|---|\n|<img src=x onerror=y>|",
]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, bcrypt_cost=4, operator="Ada's Engines", operator_contact="Write to ada@example.org.")


async def save(server: RunningServer, headers: dict[str, str], markdown: str, **fields: Any) -> dict[str, Any]:
    body = {"title": "Privacy policy", "markdown": markdown, **fields}
    answer = await server.http.put(f"{ADMIN}/draft", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    draft: dict[str, Any] = answer.json()
    return draft


async def publish(server: RunningServer, headers: dict[str, str], revision: int, **fields: Any) -> Any:
    body = {"revision": revision, "effective_on": "2026-06-22", **fields}
    return await server.http.post(f"{ADMIN}/publish", json=body, headers=headers)


async def test_the_first_start_puts_texts_in_that_name_the_operator(server: RunningServer) -> None:
    for kind in ("privacy", "terms"):
        page = await server.http.get(f"/legal/{kind}")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        for word in ("Version 1.0", "22 June 2026", "Ada's Engines", "ada@example.org"):
            assert word in page.text, word
        answer = (await server.http.get(f"/api/legal/{kind}")).json()
        assert (answer["version"], answer["effective_on"], answer["state"]) == ("1.0", "2026-06-22", "current")
        assert answer["markdown"].startswith("## 1.")
        assert '<h2 id="section-1">' in answer["html"]
    policy = (await server.http.get("/api/legal/privacy")).json()["markdown"]
    assert policy.count("\n## ") == 16, "17 sections, as in the policy that we implement"
    assert code_of(await server.http.get("/api/legal/cookies")) == (404, "not-found")
    assert code_of(await server.http.get("/api/legal/privacy?version=9.9")) == (404, "not-found")
    assert (await server.http.get("/legal/privacy?version=9.9")).status_code == 404


async def test_a_policy_stays_true_when_the_settings_change(settings: Settings, clock: TurnedClock) -> None:
    for days, version in ((0, "1.0"), (0, "1.0"), (90, "1.1")):
        async with running(replace(settings, keep_meetings_days=days), clock) as server:
            answer = (await server.http.get("/api/legal/privacy")).json()
            assert answer["version"] == version
            assert ("for 90 days" in answer["markdown"]) is (days == 90)


async def test_people_are_told_before_a_text_of_ours_changes_in_more_than_the_operators_words(
    settings: Settings, clock: TurnedClock
) -> None:
    async with running(settings, clock) as server:
        ada = await register(server)
        await server.app.state.store.update(
            "users", {"_id": ada.me["id"]}, {"$set": {"email_verified_at": clock.now()}}
        )
    clock.turn(hours=1)
    async with running(
        replace(settings, operator="Grace's Ships", operator_contact="Write\n\nto us."), clock
    ) as server:
        now = (await server.http.get("/api/legal/privacy")).json()
        assert (now["version"], "Grace's Ships" in now["markdown"]) == ("1.1", True)
        ada.server = server
        assert await ada.get("/api/me/legal") == []
    clock.turn(hours=1)
    atlas = replace(settings, keep_meetings_days=90)
    async with running(atlas, clock) as server:
        now = (await server.http.get("/api/legal/privacy")).json()
        assert now["version"] == "1.1", "still"
        ada.server = server
        (notice,) = await ada.get("/api/me/legal")
        assert (notice["version"], notice["since"], notice["in_effect"]) == ("2.0", "1.0", False)
        await part(server, "legal_mailing").tell_some()
        assert await server.app.state.store.count("mails", {"letter": "legal-change"}) == 1, "the terms stay"
    async with running(replace(atlas, operator="Ada's Own"), clock) as server:
        versions = (await server.http.get("/api/legal/privacy")).json()["versions"]
        days = [(one["version"], one["material"], one["effective_on"]) for one in versions]
        assert days[:2] == [("2.1", False, "2026-06-29"), ("2.0", True, "2026-06-29")]
    clock.turn(days=7)
    async with running(replace(atlas, operator="Ada's Own"), clock) as server:
        assert (await server.http.get("/api/legal/privacy")).json()["version"] == "2.1"


async def test_what_an_administrator_published_is_not_written_over(settings: Settings, clock: TurnedClock) -> None:
    async with running(settings, clock) as server:
        headers = await signed_in_admin(server)
        draft = await save(server, headers, "## 1. Mine")
        assert (await publish(server, headers, draft["revision"])).status_code == 200
    async with running(replace(settings, keep_meetings_days=90), clock) as server:
        assert (await server.http.get("/api/legal/privacy")).json()["markdown"] == "## 1. Mine"


async def test_a_version_holds_from_its_day_on_and_older_ones_can_be_read(
    server: RunningServer, clock: TurnedClock
) -> None:
    headers = await signed_in_admin(server)
    draft = await save(server, headers, "## 1. New\n\nWe keep less than before.")
    answer = await publish(server, headers, draft["revision"], effective_on="2026-07-01", summary="Less is kept.")
    assert answer.json()["newest"]["state"] == "upcoming"
    assert (await server.http.get("/api/legal/privacy")).json()["version"] == "1.0"
    ahead = await server.http.get("/legal/privacy?version=1.1")
    assert "does not hold yet" in ahead.text
    (noted,) = await audit(server, headers, "legal_published")
    assert noted["after"] == {"version": "1.1", "effective_on": "2026-07-01", "material": False}
    assert await audit(server, headers, "legal_draft_saved")
    clock.turn(days=9)
    now = (await server.http.get("/api/legal/privacy")).json()
    assert (now["version"], now["title"], now["summary"]) == ("1.1", "Privacy policy", "Less is kept.")
    assert [(one["version"], one["state"]) for one in now["versions"]] == [("1.1", "current"), ("1.0", "past")]
    old = await server.http.get("/legal/privacy?version=1.0")
    assert "older version" in old.text
    assert "Ada's Engines" in old.text
    changed = await server.http.get("/legal/privacy?since=1.0")
    assert "<ins>We keep less than before.</ins>" in changed.text
    assert "<del>" in changed.text
    lines = (await server.http.get("/api/legal/privacy/difference?before=1.0&after=1.1")).json()["lines"]
    assert {"kind": "added", "parts": [{"kind": "added", "text": "We keep less than before."}]} in lines


async def test_a_draft_is_not_written_over_and_not_published_unseen(server: RunningServer) -> None:
    headers = await signed_in_admin(server)
    first = await save(server, headers, "one")
    second = await save(server, headers, "two", revision=first["revision"])
    body = {"title": "x", "markdown": "three", "revision": first["revision"]}
    assert code_of(await server.http.put(f"{ADMIN}/draft", json=body, headers=headers)) == (409, "legal-changed")
    assert code_of(await publish(server, headers, first["revision"])) == (409, "legal-changed")
    shown = (await server.http.get("/api/admin/legal", headers=headers)).json()[0]
    assert (shown["kind"], shown["draft"]["markdown"], shown["draft"]["saved_by"]) == ("privacy", "two", "root")
    unread = await server.http.get(f"{ADMIN}/difference?before=1.0", headers=headers)
    assert unread.json()["after"] is None
    gone = await server.http.delete(f"{ADMIN}/draft?revision={second['revision']}", headers=headers)
    assert gone.status_code == 204
    assert code_of(await publish(server, headers, second["revision"])) == (409, "legal-changed")
    assert (await save(server, headers, "four"))["markdown"] == "four"


async def test_bad_publications_say_what_is_wrong(server: RunningServer) -> None:
    headers = await signed_in_admin(server)
    draft = await save(server, headers, "one")
    for fields, field in (
        ({"effective_on": "2026-06-21"}, "effective_on"),
        ({"effective_on": "2030-01-01"}, "effective_on"),
        ({"effective_on": "2026-06-25", "material": True, "summary": "x"}, "effective_on"),
        ({"effective_on": "2026-08-01", "material": True}, "summary"),
        ({"effective_on": "tomorrow"}, "effective_on"),
    ):
        answer = await publish(server, headers, draft["revision"], **fields)
        assert code_of(answer) == (400, "invalid-body"), fields
        assert list(answer.json()["errors"]) == [field]
    for body in (
        {},
        {"title": "", "markdown": "x"},
        {"title": "x", "markdown": "a\0b"},
        {"title": "\u202e", "markdown": " "},
    ):
        answer = await server.http.put(f"{ADMIN}/draft", json=body, headers=headers)
        assert code_of(answer) == (400, "invalid-body"), body
    big = {"title": "x", "markdown": "x" * 200_001}
    assert code_of(await server.http.put(f"{ADMIN}/draft", json=big, headers=headers)) == (400, "invalid-body")
    assert (await server.http.get("/api/legal/privacy")).json()["version"] == "1.0"


async def test_two_processes_that_publish_at_once_publish_once(settings: Settings, clock: TurnedClock) -> None:
    async with running(settings, clock) as one, running(settings, clock) as other:
        headers = await signed_in_admin(one)
        draft = await save(one, headers, "## 1. New")
        answers = await asyncio.gather(
            *(publish(server, headers, draft["revision"]) for server in (one, other) for _ in range(5))
        )
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
        versions = (await one.http.get("/api/legal/privacy")).json()["versions"]
        assert [version["version"] for version in versions] == ["1.1", "1.0"]


@pytest.mark.parametrize("markdown", HOSTILE)
def test_nothing_hostile_survives_in_a_document(markdown: str) -> None:
    seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, attrs))

    Reader().feed(render(markdown).html)
    assert {tag for tag, _ in seen} <= {
        "p",
        "a",
        "h2",
        "code",
        "pre",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "div",
    }
    for name, value in (pair for _, attributes in seen for pair in attributes):
        assert name in {"href", "rel", "id", "class", "title"}
        assert name != "href" or str(value).startswith("https://")


def test_a_document_has_headings_tables_and_links() -> None:
    rendered = render("# A *b*\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n## C\n\n[d](https://e.example) <f>\n\n3. g")
    assert [(section.id, section.title) for section in rendered.sections] == [("section-1", "A b"), ("section-2", "C")]
    assert '<div class="scroll"><table>' in rendered.html
    assert '<a href="https://e.example" rel="noopener noreferrer">d</a> &lt;f&gt;' in rendered.html
    assert '<ol start="3">' in rendered.html


def test_a_difference_tells_lines_and_words() -> None:
    lines = difference(
        "same\n\nWe keep names for ten days.\ngone", "same\nWe keep names for two days.\n\nnew stuff here"
    )
    assert [line.kind for line in lines] == ["same", "changed", "removed", "added"]
    assert [(part.kind, part.text) for part in lines[1].parts if part.kind != "same"] == [
        ("removed", "ten"),
        ("added", "two"),
    ]


def test_a_difference_is_shown_without_what_stayed_the_same() -> None:
    text = "# A\none\ntwo\nthree\n# B\nfour\nfive\nsix\nseven"
    shown = shortened(difference(text, text.replace("six", "nine")))
    assert [line and line.parts[0].text for line in shown] == [None, "# B", None, "five", "six", "nine", "seven"]


async def test_whoever_has_an_account_is_told_on_the_dashboard_until_they_say_so(
    server: RunningServer, clock: TurnedClock
) -> None:
    headers = await signed_in_admin(server)
    ada = await register(server)
    assert await ada.get("/api/me/legal") == []
    clock.turn(hours=1)
    draft = await save(server, headers, "## 1. New")
    published = await publish(
        server, headers, draft["revision"], effective_on="2026-07-06", material=True, summary="Names are kept longer."
    )
    assert published.json()["newest"]["version"] == "2.0"
    (notice,) = await ada.get("/api/me/legal")
    assert (notice["version"], notice["since"], notice["in_effect"]) == ("2.0", "1.0", False)
    assert notice["link"] == "/legal/privacy?version=2.0&since=1.0"
    assert (await server.http.get(notice["link"])).status_code == 200
    clock.turn(hours=1)
    late = await register(server, "Grace Hopper", "grace@example.org")
    assert await late.get("/api/me/legal") == [], "she read that one when she came"
    bad = await ada.call("POST", "/api/me/legal", json={"kind": "privacy", "version": "7.0"})
    assert code_of(bad) == (404, "not-found")
    done = await ada.call("POST", "/api/me/legal", json={"kind": "privacy", "version": "2.0"})
    assert done.json() == []
    older = await ada.call("POST", "/api/me/legal", json={"kind": "privacy", "version": "1.0"})
    assert older.json() == [], "nobody forgets"
    assert (await ada.get("/api/me"))["legal_seen"] == {"privacy": "2.0"}


async def test_every_confirmed_account_is_mailed_once_whoever_dies_meanwhile(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("videocall.legal.mailing.BATCH", 3)
    store, mailing = server.app.state.store, part(server, "legal_mailing")
    now = server.clock.now()
    for number in range(10):
        user = {"_id": f"u{number}", "email": f"u{number}@example.org", "first_name": "U", "last_name": "N"}
        verified = None if number == 4 else now
        await store.insert("users", {**user, "password_hash": "", "created_at": now, "email_verified_at": verified})
    headers = await signed_in_admin(server)
    draft = await save(server, headers, "## 1. New")
    day = {"effective_on": str(date(2026, 7, 6)), "material": True, "summary": "Names are kept longer."}
    assert (await publish(server, headers, draft["revision"], **day)).status_code == 200
    while await mailing.tell_some():
        # As if the process had died after the letters, before it noted how far it came.
        await store.update("legal_versions", {"_id": "privacy-2", "mailed_after": "u2"}, {"$set": {"mailed_after": ""}})
        await asyncio.gather(mailing.tell_some(), mailing.tell_some())
    assert await mailing.tell_some() == 0
    letters = await store.find("mails", {"letter": "legal-change"})
    assert len(letters) == 9
    assert not (await server.http.get("/api/admin/legal", headers=headers)).json()[0]["newest"]["mailing"]
