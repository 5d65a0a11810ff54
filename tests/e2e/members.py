"""People with an account at a site: how they get one without a browser, and what they find in their mailbox."""

import itertools
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import httpx

from e2e.site_process import SiteProcess
from e2e.visitor import Visitor
from e2e.waiting import eventually

PASSWORD = "analytical engine no. 1"
_numbers = itertools.count(1)


@dataclass
class Member:
    """Somebody who registered; everybody has an address of their own."""

    site: SiteProcess
    name: str
    email: str
    token: str
    user: dict[str, Any]

    async def call(self, method: str, path: str, **body: Any) -> Any:
        answer = await self.site.http.request(
            method, path, headers={"Authorization": f"Bearer {self.token}"}, json=body or None
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def meeting(self, **wish: Any) -> str:
        """A new meeting; its code."""
        code: str = (await self.call("POST", "/api/meetings", **wish))["meeting"]["code"]
        return code

    async def past_meeting(self, title: str) -> str:
        """A meeting that was held, and is over."""
        code = await self.meeting(title=title)
        await self.call("POST", f"/api/meetings/{code}/join", session="session-of-the-host")
        await self.call("POST", f"/api/meetings/{code}/end")
        return code

    async def verify(self) -> None:
        """Follow the link in the letter that asks for it."""
        letter = await received(self.site, self.email, "confirm your e-mail")
        found = re.search(r"#token=(\S+)", text_of(letter))
        assert found, text_of(letter)
        answer = await self.site.http.post("/api/auth/verify-email", json={"token": found[1]})
        assert answer.is_success, answer.text

    async def sits_at(self, visitor: Visitor) -> Visitor:
        """A browser in which this person is signed in."""
        await visitor.open("/api/docs")
        await visitor.page.evaluate(
            "([token, user]) => { localStorage.token = token; localStorage.user = JSON.stringify(user) }",
            [self.token, {"id": self.user["id"], "name": self.name}],
        )
        return visitor


async def register(site: SiteProcess, name: str = "Ada Lovelace") -> Member:
    first, _, last = name.partition(" ")
    email = f"{first.lower()}{next(_numbers)}@example.org"
    body = {"first_name": first, "last_name": last or "Test", "email": email, "password": PASSWORD}
    answer = await site.http.post("/api/auth/register", json=body)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return Member(site, name, email, answer.json()["token"], answer.json()["user"])


async def busy(site: SiteProcess) -> tuple[Member, str, str]:
    """Somebody with meetings of every kind: going on, to come, over. Also the codes of a series and of a past one."""
    member = await register(site)
    await member.verify()
    series = await member.meeting(
        kind="scheduled",
        title="Weekly walk through everything that is open",
        description="Bring your numbers.",
        starts_at="2027-03-24T08:30:00Z",
        time_zone="Europe/Berlin",
        recurrence={"freq": "weekly", "weekdays": ["tu", "we"], "until": "2027-06-30"},
        invitees=["somebody.with.a.very.long.name.indeed@department.of.names.example.org", "ben@example.org"],
    )
    soon = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    await member.meeting(kind="scheduled", title="Interview", starts_at=soon, time_zone="Asia/Kathmandu")
    past = await member.past_meeting("Design review")
    live = await member.meeting(title="Coffee")
    await member.call("POST", f"/api/meetings/{live}/join", session="session-of-the-host")
    return member, series, past


async def received(site: SiteProcess, to: str, about: str) -> EmailMessage:
    """The letter to an address with that in its subject, once it has come (no SMTP server is set: they are files)."""

    async def look() -> EmailMessage:
        files = (site.folder / "data" / "mail").glob("*.eml")
        letters = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
        found = [letter for letter in letters if letter["To"] == to and about in letter["Subject"]]
        assert found, f"no letter to {to} about {about!r}: {[(one['To'], one['Subject']) for one in letters]}"
        return found[-1]

    return await eventually(look)


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    text: str = body.get_content()
    return text
