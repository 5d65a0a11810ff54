"""Whatever a stranger's server sends, a probe ends in time, holds little in memory, and says what was wrong."""

import asyncio
import gzip
import ssl
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest

from videocall.clock import SystemClock
from videocall.pool.fetching import Fetcher, Unreachable, is_public
from videocall.pool.framing import may_embed
from videocall.pool.probe import Prober
from videocall.web.certificate import CertificateFiles, certificate_for

MEGABYTE = 1024 * 1024
SECONDS = 3.0
Send = Callable[[asyncio.StreamWriter], Awaitable[None]]


def fixed(head: str, body: bytes = b"") -> Send:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()

    return send


def endless(head: str, piece: bytes, pause: float = 0) -> Send:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode())
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return send


def bomb() -> bytes:
    """A hundred megabytes of spaces, in a hundred kilobytes."""
    pack = zlib.compressobj(9, wbits=31)
    return b"".join([*(pack.compress(b" " * MEGABYTE) for _ in range(100)), pack.flush()])


SCRIPT = fixed("200 OK", b"var JitsiMeetExternalAPI = {};")
CONFIG = "var config = {{ hosts: {{ domain: 'meet.example', muc: 'conference.meet.example' }}, bosh: '{}' }};"
XMPP = {"/config.js": fixed("200 OK", CONFIG.format("/http-bind").encode())}
CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
HOSTILE: dict[str, tuple[dict[str, Send], str]] = {
    "endless body": (
        {"/external_api.js": endless(CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n")},
        "It has no Jitsi pages: /config.js",
    ),
    "endless configuration": (
        {"/config.js": endless(CHUNKED, b"10000\r\n" + b"/" * 65536 + b"\r\n")},
        "Its /config.js is longer than 512 KB.",
    ),
    "configuration of 5 MB": (
        {"/config.js": fixed("200 OK", b"// x\n" * MEGABYTE)},
        "Its /config.js is longer than 512 KB.",
    ),
    "gzip bomb": (
        {"/config.js": fixed("200 OK\r\nContent-Encoding: gzip", bomb())},
        "Its /config.js is longer than 512 KB.",
    ),
    "broken gzip": (
        {"/config.js": fixed("200 OK\r\nContent-Encoding: gzip", b"no gzip at all")},
        "It sends a body that cannot be unpacked.",
    ),
    "packing not asked for": (
        {"/config.js": fixed("200 OK\r\nContent-Encoding: br", b"x")},
        "It packs its answers in a way that was not asked for.",
    ),
    "slow drip": (
        {"/config.js": endless("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x", 0.05)},
        "It did not answer within 3 seconds.",
    ),
    "never an answer": ({"/config.js": endless("", b"", 0.05)}, "It did not answer within 3 seconds."),
    "endless headers": (
        {"/config.js": endless("HTTP/1.1 200 OK\r\n", b"X-Header: " + b"y" * 1000 + b"\r\n")},
        "It broke off, or does not speak HTTP.",
    ),
    "no HTTP": ({"/config.js": endless("SSH-2.0-OpenSSH_9.2\r\n\r\n", b"\r\n", 0.01)}, "It broke off"),
    "redirect to loopback": (
        {"/config.js": fixed("302 Found\r\nLocation: https://127.0.0.1:22/\x1b[31m")},
        "It redirects to another place (https://127.0.0.1:22/",
    ),
    "redirect to nothing": (
        {"/config.js": fixed("302 Found\r\nLocation: http://[::1")},
        "It redirects to another place",
    ),
    "tags that never end": (
        {**XMPP, "/http-bind": fixed("200 OK", b"<body " * 10900)},
        "Its XMPP server opens no session.",
    ),
    "ways to sign in that never end": (
        {**XMPP, "/http-bind": fixed("200 OK", b"<body sid='1'><stream:features>" + b"<mechanism " * 5900)},
        "It lets only people with a login there begin a meeting.",
    ),
    "XMPP at another host": (
        {"/config.js": fixed("200 OK", CONFIG.format("////127.0.0.1:1/http-bind").encode())},
        "Its XMPP server opens no session.",
    ),
    "packed in a plain way": (
        {"/config.js": fixed("200 OK\r\nContent-Encoding: gzip", gzip.compress(b"<!"))},
        "It has no",
    ),
}


@asynccontextmanager
async def hostile(files: CertificateFiles, answers: dict[str, Send]) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split()[1].decode()
                await answers.get(path, SCRIPT)(writer)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.transport.abort()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield f"localhost:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_server_costs_little_and_is_told_apart(tmp_path: Path, name: str) -> None:
    files = certificate_for(tmp_path, ["localhost"], [], SystemClock().now())
    answers, reason = HOSTILE[name]
    prober = Prober(Fetcher(private_addresses=True, ca_file=str(files.certificate)), "https://meet.example")
    async with hostile(files, answers) as domain:
        tracemalloc.start()
        begun = time.perf_counter()
        found = await prober.probe(domain, seconds=SECONDS)
        seconds = time.perf_counter() - begun
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert not found.ok
    assert found.reason.startswith(reason), found
    assert found.reason.isprintable(), "what a stranger says is shown in terminals and pages"
    assert most < 24 * MEGABYTE, f"{most / MEGABYTE:.1f} MB"
    assert seconds < SECONDS + 10, "the limit, and what a busy machine takes"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("192.168.1.1", False),
        ("0.0.0.0", False),  # noqa: S104 -- an address to be refused
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d70e", True),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(address: str, public: bool) -> None:  # noqa: FBT001
    assert is_public(ip_address(address)) == public


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"x-frame-options": "DENY"}, False),
        ({"x-frame-options": "SameOrigin"}, False),
        ({"x-frame-options": "ALLOWALL"}, True),
        ({"content-security-policy": "default-src 'self'"}, True),
        ({"content-security-policy": "frame-ancestors *"}, True),
        ({"content-security-policy": "frame-ancestors 'none'"}, False),
        ({"content-security-policy": "frame-ancestors 'self' https:"}, True),
        ({"content-security-policy": "frame-ancestors"}, False),
        ({"content-security-policy": "frame-ancestors https://meet.example"}, True),
        ({"content-security-policy": "frame-ancestors meet.example"}, True),
        ({"content-security-policy": "frame-ancestors *.example"}, True),
        ({"content-security-policy": "frame-ancestors *.meet.example"}, False),
        ({"content-security-policy": "frame-ancestors http://meet.example"}, True),
        ({"content-security-policy": "frame-ancestors https://meet.example:*"}, True),
        ({"content-security-policy": "frame-ancestors https://meet.example:8443"}, False),
        ({"content-security-policy": "frame-ancestors https://other.example wss://meet.example"}, False),
        ({"content-security-policy": "frame-ancestors *, frame-ancestors 'self'"}, False),
        ({"content-security-policy": "frame-ancestors *", "x-frame-options": "DENY"}, True),
    ],
)
def test_headers_are_read_as_browsers_read_them(headers: dict[str, str], allowed: bool) -> None:  # noqa: FBT001
    assert may_embed(list(headers.items()), "https://meet.example") == allowed


async def test_a_path_never_names_another_host(tmp_path: Path) -> None:
    files = certificate_for(tmp_path, ["localhost"], [], SystemClock().now())
    fetcher = Fetcher(private_addresses=True, ca_file=str(files.certificate))
    async with fetcher.visiting("localhost:1") as visit:
        for path in ("//victim.example/path", "https://victim.example/path", ""):
            with pytest.raises(Unreachable, match="cannot be asked"):
                await visit.get(path, most_bytes=1)
