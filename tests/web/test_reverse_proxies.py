"""The samples in deploy/ run as they are, but for names and ports, in front of the real server."""

import asyncio
import os
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from websockets.asyncio.client import connect

from people import PASSWORD
from running_server import LiveClient, RunningServer, bearer, until
from videocall.settings import Settings
from videocall.web.certificate import CertificateFiles, certificate_for

DEPLOY = Path(__file__).parents[2] / "deploy"
SITE = "meet.example.org"
Sample = Callable[[Path, CertificateFiles, int, int], list[str]]


def nginx(folder: Path, files: CertificateFiles, port: int, behind: int) -> list[str]:
    """What starts nginx with our sample inside of a main file like Debian's."""
    sample = (DEPLOY / "nginx.conf").read_text()
    sample = exactly_replaced(sample, "127.0.0.1:8000", f"127.0.0.1:{behind}")
    sample = exactly_replaced(sample, "listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;")
    sample = exactly_replaced(sample, "listen 80;", f"listen unix:{folder}/plain;")
    sample = exactly_replaced(sample, f"/etc/letsencrypt/live/{SITE}/fullchain.pem", str(files.certificate))
    sample = exactly_replaced(sample, f"/etc/letsencrypt/live/{SITE}/privkey.pem", str(files.key))
    (folder / "site.conf").write_text(sample)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "" if os.getuid() else "user root;"  # else its workers could not write into the folder of the test
    (folder / "main.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr; events {{}}"
        f"http {{ access_log {folder}/access.log; {temporary} include {folder}/site.conf; }}"
    )
    return ["nginx", "-c", str(folder / "main.conf"), "-p", str(folder)]


def caddy(folder: Path, files: CertificateFiles, port: int, behind: int) -> list[str]:
    """What starts Caddy with our sample, and a certificate that it need not fetch."""
    sample = exactly_replaced((DEPLOY / "Caddyfile").read_text(), "127.0.0.1:8000", f"127.0.0.1:{behind}")
    here = f"https://{SITE}:{port} {{\n\tbind 127.0.0.1\n\ttls {files.certificate} {files.key}\n"
    sample = exactly_replaced(sample, f"\n{SITE} {{\n", f"\n{here}")
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{sample}")
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def exactly_replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old} stands {text.count(old)} times in the sample"
    return text.replace(old, new)


class Proxy:
    """A running proxy, as people far away reach it."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self._port = port
        self._trust = trust

    @asynccontextmanager
    async def seen_from(self, address: str) -> AsyncIterator[httpx.AsyncClient]:
        """A client at one of this machine's addresses."""
        transport = httpx.AsyncHTTPTransport(local_address=address, verify=self._trust)
        async with httpx.AsyncClient(
            base_url=f"https://127.0.0.1:{self._port}", transport=transport, headers={"host": SITE}, trust_env=False
        ) as http:
            http.event_hooks["request"].append(self._by_name)
            yield http

    async def _by_name(self, request: httpx.Request) -> None:
        request.extensions["sni_hostname"] = SITE

    def socket(self, path: str) -> connect:
        """A WebSocket, the same as over the network: the name is only ours, so where to connect to is told beside."""
        address = f"wss://{SITE}:{self._port}{path}"
        return connect(address, host="127.0.0.1", port=self._port, ssl=self._trust, proxy=None)

    @asynccontextmanager
    async def live(self, code: str) -> AsyncIterator[LiveClient]:
        async with self.socket(f"/api/meetings/{code}/live") as opened:
            yield LiveClient(opened)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(
        settings, site_url=f"https://{SITE}", trusted_proxies=("127.0.0.1",), register_rate="2/hour", bcrypt_cost=4
    )


@pytest.fixture(params=[nginx, caddy])
async def proxy(request: pytest.FixtureRequest, server: RunningServer, tmp_path: Path) -> AsyncIterator[Proxy]:
    sample: Sample = request.param
    files = certificate_for(tmp_path, [SITE], [], datetime.now(UTC))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = sample(tmp_path, files, port, server.settings.port)
    program = shutil.which(command[0], path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin")
    assert program, f"Debian's package {command[0]} is missing: make debian-packages"
    process = await asyncio.create_subprocess_exec(
        program,
        *command[1:],
        env={"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        stderr=asyncio.subprocess.PIPE,
    )
    proxy = Proxy(port, ssl.create_default_context(cafile=files.certificate))

    async def answers() -> bool:
        assert process.returncode is None, await said(process)
        try:
            async with proxy.seen_from("127.0.0.1") as http:
                return (await http.get("/healthz")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    try:
        await until(answers, bool)
        yield proxy
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def said(process: asyncio.subprocess.Process) -> str:
    assert process.stderr
    return (await process.stderr.read()).decode()


async def test_a_meeting_goes_through_a_proxy_live_socket_and_all(server: RunningServer, proxy: Proxy) -> None:
    meeting = await server.create()
    async with proxy.live(meeting["code"]) as ada, proxy.live(meeting["code"]) as grace:
        assert (await ada.join(token=meeting["token"]))["type"] == "snapshot"
        assert (await grace.join("Grace"))["type"] == "snapshot"
        assert (await ada.next("participant_joined"))["participant"]["name"] == "Grace"
        await grace.send("set_hand", raised=True)
        assert (await ada.next("participant_changed"))["participant"]["hand"] is not None
    async with proxy.socket("/api/connection-test") as test:
        assert "servers" in str(await test.recv())
        await test.send("ping")
        assert await test.recv() == "pong"


async def test_rates_count_for_the_client_whatever_it_says_about_its_address(
    server: RunningServer,  # noqa: ARG001 -- behind the proxy
    proxy: Proxy,
) -> None:
    def person(number: int) -> dict[str, Any]:
        return {"first_name": "Ada", "last_name": "L", "email": f"ada{number}@example.org", "password": PASSWORD}

    lies = {"x-forwarded-for": "198.51.100.7", "forwarded": "for=198.51.100.7", "x-real-ip": "198.51.100.7"}
    async with proxy.seen_from("127.0.0.5") as eve, proxy.seen_from("127.0.0.6") as ada:
        statuses = [
            (await eve.post("/api/auth/register", json=person(number), headers=lies)).status_code for number in range(3)
        ]
        assert statuses == [201, 201, 429]
        assert (await ada.post("/api/auth/register", json=person(9))).status_code == 201


async def test_pages_are_secure_and_nothing_is_said_that_only_the_operator_may_know(
    server: RunningServer,  # noqa: ARG001 -- behind the proxy
    proxy: Proxy,
) -> None:
    async with proxy.seen_from("127.0.0.1") as http:
        page = await http.get("/", headers={"accept-encoding": "br"})
        assert page.status_code == 200
        assert "max-age" in page.headers["strict-transport-security"]
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert (await http.get("/metrics")).status_code == 404
        # Large, but allowed: the refusal is ours and not the proxy's.
        person = {"first_name": "Ada", "last_name": "L", "email": "ada@example.org", "password": PASSWORD}
        token = (await http.post("/api/auth/register", json=person)).json()["token"]
        large = {"file": b"x" * (6 * 1024 * 1024)}
        answer = await http.put("/api/me/picture", files=large, headers=bearer(token))
        assert answer.headers["content-type"] == "application/problem+json", answer.text
