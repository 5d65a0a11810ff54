"""A `videocall serve` of its own: a real process on a free port that can be killed and started again."""

import asyncio
import os
import signal
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from e2e.waiting import eventually
from own_store import own_store
from people import PASSWORD

VIDEOCALL = Path(sys.executable).with_name("videocall")
BARE = {name: value for name, value in os.environ.items() if not name.startswith("VIDEOCALL_")}
START_SECONDS = 90
"""Generous: several may start at once on a busy machine."""
RATES = ("CREATE", "JOIN", "MEETING_JOIN", "REQUEST", "REGISTER", "INVITE", "MAIL", "MAIL_ADDRESS")
UNLIMITED = {f"VIDEOCALL_{rate}_RATE": "100000/minute" for rate in RATES}
"""All visitors of a test come from one address. Guesses count for each meeting, so they keep their limit."""
MOST_GUESSES = 5


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


class SiteProcess:
    """One server process with a data folder and a port that outlive it."""

    def __init__(self, folder: Path, host: str = "localhost", **settings: object) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._bound = "127.0.0.1" if host == "localhost" else host
        port = free_port(self._bound)
        self.address = f"http://{host}:{port}"
        self._log = folder / "server.log"
        self._store = ExitStack()
        self._environment = {
            **BARE,
            **UNLIMITED,
            "VIDEOCALL_DATA": str(folder / "data"),
            "VIDEOCALL_HOST": self._bound,
            "VIDEOCALL_PORT": str(port),
            "VIDEOCALL_SITE_URL": self.address,
            "VIDEOCALL_STORE": self._store.enter_context(own_store()),
            **{f"VIDEOCALL_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self._process: asyncio.subprocess.Process | None = None
        self.http = httpx.AsyncClient(base_url=self.address, trust_env=False)

    @property
    def environment(self) -> dict[str, str]:
        """What commands of the same installation need."""
        return self._environment

    @property
    def store_url(self) -> str:
        """Where its documents are."""
        return self._environment["VIDEOCALL_STORE"] or f"sqlite:///{self.folder / 'data' / 'videocall.db'}"

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                VIDEOCALL, "serve", cwd=self.folder, env=self._environment, stdout=log, stderr=log
            )
        await eventually(self._answers, START_SECONDS)

    async def _answers(self) -> None:
        assert self._process
        assert self._process.returncode is None, self.log()
        try:
            answer = await self.http.get("/readyz")
        except httpx.TransportError as error:
            raise AssertionError(self.log()) from error
        assert answer.status_code == httpx.codes.OK, answer.text

    async def kill(self) -> None:
        """End it without a chance to say or write anything."""
        await self._end(signal.SIGKILL)

    async def close(self) -> None:
        await self.http.aclose()
        await self._end(signal.SIGTERM)
        self._store.close()

    async def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(how)
            await self._process.wait()

    async def command(self, *words: str, typed: str = "") -> str:
        """What `videocall` says to this, with the settings of this server."""
        process = await asyncio.create_subprocess_exec(
            VIDEOCALL,
            *words,
            cwd=self.folder,
            env=self._environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate(typed.encode())
        assert process.returncode == 0, said.decode()
        return said.decode()

    async def make_admin(self, name: str) -> None:
        """An administrator with the password of all people in tests."""
        await self.command("admin", "create", typed=f"{name}\n{PASSWORD}\n")

    def log(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    async def create(self, **wish: Any) -> dict[str, Any]:
        """A new meeting of the guest Ada: token, host_link, meeting, and `code` at hand."""
        answer = await self.http.post("/api/meetings", json={"kind": "instant", "guest": {"name": "Ada"}, **wish})
        assert answer.status_code == httpx.codes.CREATED, answer.text
        created: dict[str, Any] = answer.json()
        return {**created, "code": created["meeting"]["code"]}

    async def record(self, meeting: dict[str, Any]) -> dict[str, Any]:
        """A meeting with its attendance, as its creator may see it."""
        authorization = {"Authorization": f"Bearer {meeting['token']}"}
        answer = await self.http.get(f"/api/meetings/{meeting['code']}", headers=authorization)
        assert answer.status_code == httpx.codes.OK, answer.text
        record: dict[str, Any] = answer.json()
        return record

    async def is_ended(self, meeting: dict[str, Any], why: str) -> None:
        """The meeting ends by itself, for this reason."""

        async def check() -> None:
            record = await self.record(meeting)
            assert (record["status"], record["end_reason"]) == ("ended", why)

        await eventually(check)
