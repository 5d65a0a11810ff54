import asyncio
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.frames import CloseCode

from running_server import LiveClient
from videocall import cli, serving
from videocall.settings import BadSetting, Settings
from videocall.web import pages

VIDEOCALL = str(Path(sys.executable).with_name("videocall"))
BARE = {name: value for name, value in os.environ.items() if not name.startswith("VIDEOCALL_")}
PATIENCE = 20


class Serving(NamedTuple):
    """A `videocall serve` that said that it is ready."""

    process: asyncio.subprocess.Process
    address: str
    said: str


async def start(folder: Path, *arguments: str, **settings: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        VIDEOCALL,
        *arguments,
        cwd=folder,
        env=BARE | {f"VIDEOCALL_{name.upper()}": value for name, value in settings.items()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def served(folder: Path, *arguments: str, **settings: str) -> AsyncIterator[Serving]:
    process = await start(folder, "serve", "--port", "0", *arguments, **settings)
    assert process.stdout
    try:
        async with asyncio.timeout(PATIENCE):
            said = (await process.stdout.readuntil(b"Ctrl-C\n")).decode()
            address = said.partition("Address")[2].split()[0]
            yield Serving(process, address, said)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def run(folder: Path, *arguments: str, **settings: str) -> tuple[int | None, str, str]:
    process = await start(folder, *arguments, **settings)
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_serve_says_where_to_go_once_it_answers(tmp_path: Path) -> None:
    async with served(tmp_path) as server, httpx.AsyncClient() as browser:
        answer = await browser.get(f"{server.address}/healthz")

    assert answer.status_code == 200
    assert server.address.startswith("http://localhost:")
    assert f"Data folder  {tmp_path / 'data'}\n" in server.said
    assert "Mail         laid into mail/ there" in server.said, "no SMTP server is set"
    assert re.search(r"First admin  \S*videocall admin create\n", server.said)
    assert "Stop         Ctrl-C\n" in server.said


async def test_the_public_address_is_shown_where_one_is_set(tmp_path: Path) -> None:
    async with served(tmp_path, site_url="https://meet.example") as server:
        assert server.address == "https://meet.example"


async def test_ctrl_c_stops_within_two_seconds_with_a_live_page_open(tmp_path: Path) -> None:
    async with served(tmp_path) as server, httpx.AsyncClient(base_url=server.address) as browser:
        made = await browser.post("/api/meetings", json={"kind": "instant", "guest": {"name": "Ada"}})
        code = made.json()["meeting"]["code"]
        async with connect(f"{server.address.replace('http', 'ws', 1)}/api/meetings/{code}/live") as page:
            person = LiveClient(page)
            assert (await person.join("Bo"))["type"] == "snapshot"
            server.process.send_signal(signal.SIGINT)
            async with asyncio.timeout(2):
                await server.process.wait()
            assert await person.closed() == CloseCode.SERVICE_RESTART

        assert server.process.returncode == 0
        assert server.process.stderr
        assert await server.process.stderr.read() == b""


@pytest.mark.parametrize(
    ("arguments", "settings", "sentence"),
    [
        ((), {"data": "a-file"}, "The data folder {here}/a-file cannot be written (File exists)"),
        ((), {"data": "a-file/data"}, "The data folder {here}/a-file/data cannot be written (Not a directory)"),
        ((), {"data": "/proc/videocall"}, "The data folder /proc/videocall cannot be written"),
        (("--store", "papyrus:///scroll"), {}, "'papyrus' is no kind of store"),
        (("--store", "sqlite:///a-file/x.db"), {}, "a-file/x.db cannot be written"),
        (("--host", "nowhere.invalid"), {}, "There is no address nowhere.invalid"),
        (("--host", "203.0.113.7"), {}, "This machine has no address 203.0.113.7"),
        (("--workers", "2"), {}, "leave --workers at 1"),
        ((), {"port": "eight"}, "VIDEOCALL_PORT"),
        ((), {"colour": "blue"}, "There is no setting VIDEOCALL_COLOUR"),
    ],
)
async def test_what_cannot_be_is_told_in_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], settings: dict[str, str], sentence: str
) -> None:
    (tmp_path / "a-file").touch()

    code, out, err = await run(tmp_path, "serve", *arguments, **{"port": "0", **settings})

    assert (code, out, err.count("\n")) == (1, "", 1)
    assert sentence.format(here=tmp_path) in err
    assert err.endswith(".\n")


async def test_a_taken_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        code, out, err = await run(tmp_path, "serve", "--port", str(port))

    assert (code, out) == (1, "")
    assert err == f"Port {port} is taken: stop what uses it or choose another by --port or VIDEOCALL_PORT.\n"


async def test_lan_serves_https_that_verifies_and_shows_a_code_for_phones(tmp_path: Path) -> None:
    async with served(tmp_path, "--lan") as server:
        assert server.address.startswith("https://")
        assert not server.address.startswith("https://localhost")
        trusting = ssl.create_default_context(cafile=str(tmp_path / "data" / "lan-certificate.pem"))
        port = server.address.rpartition(":")[2]
        async with httpx.AsyncClient(verify=trusting) as browser:
            for address in (server.address, f"https://localhost:{port}", f"https://127.0.0.1:{port}"):
                assert (await browser.get(f"{address}/healthz")).status_code == 200
        assert server.process.stdout
        rest = (await server.process.stdout.readuntil(b"go on.\n")).decode()

    assert rest.count("█") > 100
    assert "browser warns once" in rest


def test_lan_without_a_network_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "address_on_network", lambda: None)

    with pytest.raises(BadSetting, match="on no network"):
        serving.serve_local_network(Settings(data=tmp_path))


@pytest.mark.parametrize(("trusted", "second"), [("", 429), ("127.0.0.1", 201)])
async def test_only_a_trusted_proxy_says_who_calls(tmp_path: Path, trusted: str, second: int) -> None:
    limits = {"create_rate": "1/minute", "trusted_proxies": trusted}
    async with served(tmp_path, **limits) as server, httpx.AsyncClient(base_url=server.address) as browser:
        answers = [
            await browser.post(
                "/api/meetings",
                json={"kind": "instant", "guest": {"name": "Ada"}},
                headers={"x-forwarded-for": f"198.51.100.{number}"},
            )
            for number in (1, 2)
        ]

    assert [answer.status_code for answer in answers] == [201, second]


def test_openapi_prints_the_description_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = subprocess.run([VIDEOCALL, "openapi"], cwd=tmp_path, env=BARE, capture_output=True, text=True, check=True)

    assert done.stderr == ""
    assert json.loads(done.stdout)["openapi"].startswith("3.1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["serve", "openapi"])
def test_a_checkout_without_built_pages_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pages, "STATIC", tmp_path)
    monkeypatch.setattr(sys, "argv", ["videocall", command])

    with pytest.raises(SystemExit, match="1"):
        cli.main()

    assert capsys.readouterr().err.startswith("The web pages are not built yet: run make web")


async def test_help_answers_without_loading_the_server() -> None:
    heavy = "sys.modules.keys() & {'litestar', 'uvicorn', 'cryptography', 'pymongo'}"
    program = f"import sys, videocall.cli; print({heavy})"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()

    assert out == b"set()\n"


@pytest.mark.parametrize("command", [("doctor",), ("admin", "create")])
async def test_what_is_no_store_is_told_in_a_sentence(tmp_path: Path, command: tuple[str, ...]) -> None:
    code, said, trouble = await run(tmp_path, *command, "--store=foo")
    assert (code, said) == (1, "")
    assert trouble.startswith("'foo' is no kind of store")
    assert trouble.count("\n") == 1
