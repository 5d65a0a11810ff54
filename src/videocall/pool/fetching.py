"""Asks a stranger's server: bounded in size and time, and never a machine that only we can reach (SSRF)."""

import asyncio
import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2
from msgspec import Struct

from videocall.texts import one_line

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_MOST_REDIRECTS = 3
_MOST_SAID = 120
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Unreachable(Exception):
    """The server could not be asked; the sentence says why, and `permanent` that another time will not help."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        self.permanent = permanent
        super().__init__(reason)


class Answer(Struct, frozen=True):
    """What a server answered. Names of headers are in lower case; a longer body than was asked for is `cut`."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    cut: bool
    milliseconds: float

    def header(self, name: str) -> str:
        """A header, several of a name joined as HTTP has it."""
        return ", ".join(value for key, value in self.headers if key == name)

    @property
    def text(self) -> str:
        """The body as text, whatever it is."""
        return self.body.decode("utf-8", "replace")


class Fetcher:
    """Makes connections to pool servers. With `private_addresses` also to machines of our own network."""

    def __init__(self, *, private_addresses: bool = False, ca_file: str = "") -> None:
        self._backend = GuardedBackend(private_addresses=private_addresses)
        self._ca_file = ca_file
        self._context: ssl.SSLContext | None = None

    @asynccontextmanager
    async def visiting(self, domain: str) -> AsyncIterator["Visit"]:
        """One visit to a server; its connections are closed at the end."""
        if self._context is None:
            self._context = await asyncio.to_thread(self._trust)
        async with httpcore2.AsyncConnectionPool(
            ssl_context=self._context, network_backend=self._backend, max_connections=2
        ) as pool:
            yield Visit(pool, domain)

    def _trust(self) -> ssl.SSLContext:
        context = httpx2.create_ssl_context()
        if self._ca_file:
            context.load_verify_locations(self._ca_file)
        return context


class Visit:
    """Requests to one server over HTTPS; a redirect is followed only to itself."""

    def __init__(self, pool: httpcore2.AsyncConnectionPool, domain: str) -> None:
        self._pool = pool
        self._origin = f"https://{domain}"
        self._domain = domain

    async def get(self, path: str, *, most_bytes: int) -> Answer:
        """Fetch a page. Raises `Unreachable`."""
        return await self._asked("GET", path, most_bytes=most_bytes)

    async def post(self, path: str, body: bytes, kind: str, *, most_bytes: int) -> Answer:
        """Send something of a media type `kind`. Raises `Unreachable`."""
        return await self._asked("POST", path, most_bytes=most_bytes, body=body, kind=kind)

    async def _asked(self, method: str, path: str, *, most_bytes: int, body: bytes = b"", kind: str = "") -> Answer:
        if not path.startswith("/") or path.startswith("//"):  # the latter names another host
            raise Unreachable(f"Its configuration names an address that cannot be asked ({said(path)}).")
        url = self._origin + path
        for _ in range(_MOST_REDIRECTS):
            answer = await self._once(method, url, most_bytes, body, kind)
            if answer.status not in {301, 302, 303, 307, 308} or method != "GET":
                return answer
            url = self._followed(url, answer.header("location"))
        raise Unreachable("It redirects again and again.")

    def _followed(self, url: str, location: str) -> str:
        try:
            target = urljoin(url, location)
            parts = urlsplit(target)
            same = parts.scheme == "https" and parts.netloc.lower().removesuffix(":443") == self._domain
        except ValueError:
            same, target = False, location
        if not same:
            raise Unreachable(f"It redirects to another place ({said(location)}).")
        return target

    async def _once(self, method: str, url: str, most_bytes: int, body: bytes, kind: str) -> Answer:
        headers: dict[bytes | str, bytes | str] = {
            "Host": self._domain,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "User-Agent": "VideoCall.cc pool probe",
            **({"Content-Type": kind, "Content-Length": str(len(body))} if body else {}),
        }
        begun = time.perf_counter()
        try:
            async with self._pool.stream(method, url, headers=headers, content=body or None) as response:
                milliseconds = (time.perf_counter() - begun) * 1000
                named = [(key.decode("latin-1").lower(), value.decode("latin-1")) for key, value in response.headers]
                encoding = ", ".join(value for key, value in named if key == "content-encoding")
                content, cut = await _bounded(response.aiter_stream(), encoding, most_bytes)
        except Unreachable:
            raise
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout, ssl.SSLError) as error:
            raise _no_connection(error) from None
        except (httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError, OSError, ValueError):
            raise Unreachable("It broke off, or does not speak HTTP.") from None
        except (httpcore2.UnsupportedProtocol, UnicodeError):
            raise Unreachable("It cannot be asked under this name.") from None
        return Answer(response.status, named, content, cut, milliseconds)


async def _bounded(chunks: AsyncIterator[bytes], encoding: str, most: int) -> tuple[bytes, bool]:
    """The first `most` bytes, unpacked only that far: a few kilobytes of zip can hold gigabytes."""
    unpack = _unpacking(encoding)
    content = bytearray()
    async for chunk in chunks:
        room = most + 1 - len(content)
        content += unpack.decompress(chunk, room) if unpack else chunk[:room]
        if len(content) > most:
            break
    return bytes(content[:most]), len(content) > most


class _Unpacking:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)

    def decompress(self, chunk: bytes, most: int) -> bytes:
        try:
            return self._stream.decompress(chunk, most)
        except zlib.error:
            raise Unreachable("It sends a body that cannot be unpacked.") from None


def _unpacking(encoding: str) -> _Unpacking | None:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip" | "deflate":  # not asked for, but some always send it
            return _Unpacking()
        case _:
            raise Unreachable("It packs its answers in a way that was not asked for.")


def _no_connection(error: BaseException) -> Unreachable:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Unreachable(f"Its certificate is not valid: {said(cause.verify_message)}.")
        if isinstance(cause, ssl.SSLError):
            return Unreachable("No encrypted connection can be made to it.")
        cause = cause.__cause__ or cause.__context__
    return Unreachable("It cannot be reached.")


def said(text: str) -> str:
    """What a stranger's server says, fit to be shown: one short line."""
    line = one_line(text)
    return line if len(line) <= _MOST_SAID else f"{line[:_MOST_SAID]}…"


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Looks a name up once, refuses addresses that are not public, and connects to the very address it looked at."""

    def __init__(self, *, private_addresses: bool) -> None:
        self._private_addresses = private_addresses
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the interface's own
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to one of the addresses of a name; raises `Unreachable` for one that is ours alone."""
        addresses = await _addresses(host, port)
        if not self._private_addresses and not all(is_public(address) for address in addresses):
            raise Unreachable("Its address is not a public one.", permanent=True)
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._plain.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore2.ConnectError as error:
                failure = error
        raise failure or httpcore2.ConnectError

    async def sleep(self, seconds: float) -> None:
        """Wait between attempts."""
        await asyncio.sleep(seconds)


async def _addresses(host: str, port: int) -> list[Address]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("There is no such name.") from None
    return list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet; those that only wrap another one count as that."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.teredo is not None:
            return False
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast
