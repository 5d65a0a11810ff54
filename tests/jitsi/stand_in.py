"""Stand-in Jitsi servers as processes that can be killed, and the authority that vouches for them."""

import asyncio
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from e2e.site_process import START_SECONDS, free_port
from e2e.waiting import eventually

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
DAY = timedelta(days=1)


class Authority(NamedTuple):
    """A certificate authority of the tests, and a certificate for this machine: PEM files."""

    authority: Path
    certificate: Path
    key: Path

    def trust(self) -> ssl.SSLContext:
        """For who asks the stand-ins from Python."""
        return ssl.create_default_context(cafile=self.authority)


@cache
def authority() -> Authority:
    """The one of this run."""
    folder = Path(mkdtemp(prefix="stand-in-"))
    files = Authority(folder / "authority.pem", folder / "certificate.pem", folder / "key.pem")
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stand-in")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    root_id = x509.SubjectKeyIdentifier.from_public_key(root_key.public_key())
    now = datetime.now(UTC)

    def begin(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + 30 * DAY)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(root_id), critical=False)
        )

    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    signs = x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage)
    root = (
        begin(root_name, root_key.public_key())
        .add_extension(root_id, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(signs, critical=True)
        .sign(root_key, SHA256())
    )
    leaf = begin(name, key.public_key()).add_extension(names, critical=False).sign(root_key, SHA256())
    files.authority.write_bytes(root.public_bytes(Encoding.PEM))
    files.certificate.write_bytes(leaf.public_bytes(Encoding.PEM))
    files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


@cache
def page() -> Path:
    """The script of the page, with Jitsi's transport in it."""
    built = Path(mkdtemp(prefix="stand-in-page-")) / "page.js"
    bundle = ["npm", "exec", "--", "rolldown", str(HERE / "page.js"), "--file", str(built), "--format", "iife"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "hatch_build.py"), *bundle], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return built


class StandInServer:
    """One stand-in: a real process on a port that outlives it."""

    def __init__(self, **seconds: float) -> None:
        self.port = free_port()
        self.domain = f"127.0.0.1:{self.port}"
        self._seconds = seconds
        self._process: asyncio.subprocess.Process | None = None
        self._http = httpx.AsyncClient(base_url=f"https://{self.domain}", verify=authority().trust(), trust_env=False)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """It answers afterwards. Somebody else may have its port for a moment: then it is started again."""
        await eventually(self._runs, START_SECONDS)

    async def _runs(self) -> None:
        if not self.running:
            files = authority()
            options = {
                "port": self.port,
                "certificate": files.certificate,
                "key": files.key,
                "page": page(),
                **self._seconds,
            }
            words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
            self._process = await asyncio.create_subprocess_exec(sys.executable, str(HERE / "server.py"), *words)
        try:
            await self.state()
        except httpx.TransportError as error:
            raise AssertionError(str(error)) from error

    async def state(self) -> dict[str, Any]:
        """Its fault, and the names of who is in which room."""
        state: dict[str, Any] = (await self._http.get("/stand-in")).json()
        return state

    async def rooms(self) -> list[list[str]]:
        """Who is together."""
        return list((await self.state())["rooms"].values())

    async def break_down(self, fault: str | None) -> None:
        """Pages loaded from now on do this; None mends it."""
        await self._http.post("/stand-in", json={"fault": fault})

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def close(self) -> None:
        await self._end(signal.SIGKILL)
        await self._http.aclose()

    async def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(how)
            await self._process.wait()


@asynccontextmanager
async def stand_ins(count: int, **seconds: float) -> AsyncIterator[list[StandInServer]]:
    """So many servers that know nothing of each other."""
    async with AsyncExitStack() as stack:
        servers = [StandInServer(**seconds) for _ in range(count)]
        for server in servers:
            stack.push_async_callback(server.close)
        await asyncio.gather(*(server.start() for server in servers))
        yield servers
