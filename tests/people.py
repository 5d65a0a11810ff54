"""People with an account, for tests: they register, read their mail, and call the API."""

import re
from contextlib import suppress
from typing import Any

import httpx

from post_office import PostOffice
from running_server import RunningServer, bearer
from videocall.problems import InvalidBody

PASSWORD = "analytical engine no. 1"


class Account:
    """Somebody who registered."""

    def __init__(self, server: RunningServer, answer: dict[str, Any], email: str, password: str) -> None:
        self.server = server
        self.token: str = answer["token"]
        self.me: dict[str, Any] = answer["user"]
        self.email = email
        self.password = password

    async def call(self, method: str, path: str, token: str | None = None, **options: Any) -> httpx.Response:
        return await self.server.http.request(method, path, headers=bearer(token or self.token), **options)

    async def get(self, path: str, **options: Any) -> Any:
        answer = await self.call("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def meeting(self, **wish: Any) -> str:
        """A new meeting; its code."""
        answer = await self.call("POST", "/api/meetings", json=wish)
        assert answer.status_code == 201, answer.text
        code: str = answer.json()["meeting"]["code"]
        return code

    async def sign_in(self, **fields: Any) -> httpx.Response:
        return await sign_in(self.server, self.email, fields.pop("password", self.password), **fields)

    async def verify(self, office: PostOffice) -> None:
        letter = await office.letter(self.email, about="confirm your e-mail")
        answer = await self.server.http.post("/api/auth/verify-email", json={"token": secret_in(letter)})
        assert answer.status_code == 200, answer.text


async def register(
    server: RunningServer, name: str = "Ada Lovelace", email: str = "ada@example.org", password: str = PASSWORD
) -> Account:
    first, _, last = name.partition(" ")
    body = {"first_name": first, "last_name": last, "email": email, "password": password}
    answer = await server.http.post("/api/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    return Account(server, answer.json(), email.lower(), password)


async def sign_in(server: RunningServer, email: str, password: str, **fields: Any) -> httpx.Response:
    return await server.http.post("/api/auth/login", json={"email": email, "password": password, **fields})


def part(server: RunningServer, name: str) -> Any:
    """A service of the application, as routes get it."""
    provide: Any = server.app.dependencies[name]
    return provide.dependency()


def text_of(letter: Any) -> str:
    text: str = letter.get_body(("plain",)).get_content()
    return text


def secret_in(letter: Any) -> str:
    """What stands after the # in the first link of a letter."""
    found = re.search(r"https://\S+#\w+=(\S+)", text_of(letter))
    assert found, text_of(letter)
    return found[1]


def code_of(answer: httpx.Response) -> tuple[int, str | None]:
    """Status and stable code of an answer."""
    kind = answer.headers.get("content-type", "")
    return answer.status_code, answer.json()["code"] if "problem" in kind else None


async def audit(server: RunningServer, headers: dict[str, str], action: str) -> list[dict[str, Any]]:
    """What the audit log says of a kind of acts, the latest first; each names whence it was done."""
    answer = await server.http.get("/api/admin/audit", params={"action": action}, headers=headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    assert {one["address"] for one in items} <= {"127.0.0.1"}, items
    return items


def headers_of(answer: httpx.Response) -> dict[str, str]:
    """What an answer says of itself, without what is another thing in each of them."""
    return {name: value for name, value in answer.headers.items() if name not in {"date", "x-request-id"}}


async def signed_in_admin(server: RunningServer, name: str = "root", password: str = PASSWORD) -> dict[str, str]:
    """What the browser of an administrator sends along."""
    with suppress(InvalidBody):  # there already
        await part(server, "admins").create(name, password)
    return await admin_headers(server.http, server.settings.public_url, name, password)


async def admin_headers(
    http: httpx.AsyncClient, origin: str, name: str = "root", password: str = PASSWORD, **more: str
) -> dict[str, str]:
    """What the browser of an administrator sends along after signing in; `more` is said while signing in, too."""
    answer = await http.post("/api/admin/login", json={"name": name, "password": password}, headers=more)
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["set-cookie"].partition(";")[0]
    http.cookies.clear()
    return {"Cookie": cookie, "Origin": origin, **more}
