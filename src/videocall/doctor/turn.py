"""A TURN client just large enough to show that a server relays: from one side to the other and back (RFC 8656)."""

import asyncio
import hashlib
import hmac
import ipaddress
import secrets
import ssl
import struct
import zlib
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Protocol, Self

from msgspec import Struct

_COOKIE = 0x2112A442
_ALLOCATE, _CREATE_PERMISSION, _REFRESH = 0x0003, 0x0008, 0x0004
_SEND_INDICATION, _DATA_INDICATION = 0x0016, 0x0017
_SUCCESS, _ERROR = 0x0100, 0x0110
_USERNAME, _INTEGRITY, _ERROR_CODE, _LIFETIME = 0x0006, 0x0008, 0x0009, 0x000D
_PEER, _DATA, _REALM, _NONCE, _RELAYED, _TRANSPORT = 0x0012, 0x0013, 0x0014, 0x0015, 0x0016, 0x0019
_FINGERPRINT = 0x8028
_HEADER = 20
_UDP = 17
_AGAIN_SECONDS = 0.5
_TRIES = 6

Peer = tuple[str, int]


class TurnTrouble(Exception):
    """The server does not do what browsers need of it; the sentence says what."""


class TurnAddress(Struct, frozen=True):
    """What a `turn:` or `turns:` address says (RFC 7065)."""

    host: str
    port: int
    secure: bool
    transport: str

    @classmethod
    def read(cls, url: str) -> "TurnAddress":
        """Take an address apart; raises `TurnTrouble`."""
        scheme, _, rest = url.partition(":")
        place, _, query = rest.partition("?")
        host, colon, port = place.rpartition(":")
        if not colon or "]" in port:
            host, port = place, ""
        secure = scheme == "turns"
        if scheme not in {"turn", "turns"} or not host or not (port.isdecimal() or not port):
            raise TurnTrouble("It is no address of a TURN server; one looks like turn:turn.example.org:3478.")
        transport = query.removeprefix("transport=") or ("tcp" if secure else "udp")
        return cls(host.strip("[]"), int(port or (5349 if secure else 3478)), secure, transport)


class _Message(Struct):
    kind: int
    transaction: bytes
    attributes: dict[int, bytes]


class _Way(Protocol):
    def send(self, packet: bytes) -> None: ...

    def close(self) -> None: ...


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, inbox: "asyncio.Queue[bytes]") -> None:
        self._inbox = inbox

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 -- the interface's own
        self._inbox.put_nowait(data)


class _UdpWay:
    def __init__(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def send(self, packet: bytes) -> None:
        self._transport.sendto(packet)

    def close(self) -> None:
        self._transport.close()


class _StreamWay:
    def __init__(self, writer: asyncio.StreamWriter, reading: "asyncio.Task[None]") -> None:
        self._writer = writer
        self._reading = reading

    def send(self, packet: bytes) -> None:
        self._writer.write(packet)

    def close(self) -> None:
        self._reading.cancel()
        self._writer.close()


class TurnClient:
    """One side of a relay: `async with TurnClient(address, username, password) as side`."""

    def __init__(self, address: TurnAddress, username: str, password: str) -> None:
        self._address = address
        self._username = username
        self._password = password
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._way: _Way | None = None
        self._key = b""
        self._realm = b""
        self._nonce = b""
        self.relayed: Peer = ("", 0)
        """Where the relay takes what is for this side."""

    async def __aenter__(self) -> Self:
        self._way = await self._open()
        try:
            await self._allocate()
        except BaseException:
            self._way.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._way is not None:
            self._way.send(self._signed(_REFRESH, {_LIFETIME: struct.pack("!I", 0)})[1])
            self._way.close()

    async def _open(self) -> _Way:
        here = self._address
        loop = asyncio.get_running_loop()
        if here.transport == "udp":
            transport, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self._inbox), remote_addr=(here.host, here.port)
            )
            return _UdpWay(transport)
        context = ssl.create_default_context() if here.secure else None
        reader, writer = await asyncio.open_connection(here.host, here.port, ssl=context)
        return _StreamWay(writer, asyncio.create_task(self._read(reader)))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            head = await reader.readexactly(_HEADER)
            self._inbox.put_nowait(head + await reader.readexactly(struct.unpack_from("!H", head, 2)[0]))

    async def _allocate(self) -> None:
        wish = {_TRANSPORT: struct.pack("!Bxxx", _UDP)}
        transaction, packet = _packed(_ALLOCATE, wish)
        answer = await self._asked(transaction, packet)
        if _NONCE not in answer.attributes:
            raise TurnTrouble("It asks for no name and password: anybody could use it. Set use-auth-secret.")
        self._realm, self._nonce = answer.attributes[_REALM], answer.attributes[_NONCE]
        # The protocol itself fixes MD5 and SHA-1 here (RFC 8489, section 9.2.2).
        secret = b":".join([self._username.encode(), self._realm, self._password.encode()])
        self._key = hashlib.md5(secret, usedforsecurity=False).digest()
        answer = await self._asked(*self._signed(_ALLOCATE, wish))
        code = _error_of(answer)
        if code == 401:  # noqa: PLR2004 -- unauthorised
            raise TurnTrouble(
                "It does not take our credentials: VIDEOCALL_TURN_SECRET differs from its static-auth-secret."
            )
        if code or _RELAYED not in answer.attributes:
            raise TurnTrouble(f"It gives no relay (error {code}).")
        self.relayed = _address(answer.attributes[_RELAYED])

    async def permit(self, peer: Peer) -> None:
        """Let somebody send to this side; raises `TurnTrouble` when the server does not allow it."""
        answer = await self._asked(*self._signed(_CREATE_PERMISSION, {_PEER: _packed_address(peer)}))
        if code := _error_of(answer):
            raise TurnTrouble(f"It does not relay to its own addresses (error {code}).")

    def send(self, peer: Peer, data: bytes) -> None:
        """Send something through the relay."""
        assert self._way is not None  # noqa: S101 -- entered
        self._way.send(_packed(_SEND_INDICATION, {_PEER: _packed_address(peer), _DATA: data})[1])

    async def received(self, seconds: float) -> bytes:
        """The next that comes through the relay, or nothing."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = _unpacked(await self._inbox.get())
                    if message.kind == _DATA_INDICATION:
                        return message.attributes.get(_DATA, b"")
        except TimeoutError:
            return b""

    async def _asked(self, transaction: bytes, packet: bytes) -> _Message:
        assert self._way is not None  # noqa: S101 -- opened
        for _ in range(_TRIES if self._address.transport == "udp" else 1):
            self._way.send(packet)
            try:
                async with asyncio.timeout(_AGAIN_SECONDS if self._address.transport == "udp" else 5):
                    while True:
                        message = _unpacked(await self._inbox.get())
                        if message.transaction == transaction:
                            return message
            except TimeoutError:
                continue
        raise TurnTrouble("It does not answer.")

    def _signed(self, kind: int, attributes: dict[int, bytes]) -> tuple[bytes, bytes]:
        own = {_USERNAME: self._username.encode(), _REALM: self._realm, _NONCE: self._nonce}
        return _packed(kind, {**attributes, **own}, self._key)


def _packed(kind: int, attributes: dict[int, bytes], key: bytes = b"") -> tuple[bytes, bytes]:
    """The transaction and the packet; with a `key`, signed."""
    transaction = secrets.token_bytes(12)
    body = b"".join(_attribute(name, value) for name, value in attributes.items())

    def head(length: int) -> bytes:
        return struct.pack("!HHI", kind, length, _COOKIE) + transaction

    if key:
        signature = hmac.new(key, head(len(body) + 24) + body, hashlib.sha1).digest()
        body += _attribute(_INTEGRITY, signature)
    mark = zlib.crc32(head(len(body) + 8) + body) ^ 0x5354554E
    body += _attribute(_FINGERPRINT, struct.pack("!I", mark))
    return transaction, head(len(body)) + body


def _attribute(name: int, value: bytes) -> bytes:
    return struct.pack("!HH", name, len(value)) + value + bytes(-len(value) % 4)


def _unpacked(packet: bytes) -> _Message:
    try:
        kind, length, _ = struct.unpack_from("!HHI", packet)
        attributes: dict[int, bytes] = {}
        at = _HEADER
        while at < _HEADER + length:
            name, size = struct.unpack_from("!HH", packet, at)
            attributes.setdefault(name, packet[at + 4 : at + 4 + size])
            at += 4 + size + -size % 4
    except struct.error:
        raise TurnTrouble("What answers there does not speak TURN.") from None
    return _Message(kind, packet[8:_HEADER], attributes)


def _error_of(message: _Message) -> int:
    code = message.attributes.get(_ERROR_CODE)
    if code is None or message.kind & _ERROR != _ERROR:
        return 0
    return code[2] * 100 + code[3]


def _address(value: bytes) -> Peer:
    port = struct.unpack_from("!H", value, 2)[0] ^ (_COOKIE >> 16)
    # Only IPv4: that is what a relay gives who does not ask for more.
    number = struct.unpack_from("!I", value, 4)[0] ^ _COOKIE
    return str(ipaddress.IPv4Address(number)), port


def _packed_address(peer: Peer) -> bytes:
    number = int(ipaddress.IPv4Address(peer[0])) ^ _COOKIE
    return struct.pack("!BBHI", 0, 1, peer[1] ^ (_COOKIE >> 16), number)


async def relays(address: TurnAddress, username: str, password: str) -> None:
    """Send something from one side to the other and back, through the relay; raises `TurnTrouble`, `OSError`."""
    async with AsyncExitStack() as sides:
        one = await sides.enter_async_context(TurnClient(address, username, password))
        other = await sides.enter_async_context(TurnClient(address, username, password))
        await one.permit(other.relayed)
        await other.permit(one.relayed)
        for here, there in ((one, other), (other, one)):
            token = secrets.token_bytes(16)
            for _ in range(_TRIES):
                here.send(there.relayed, token)
                if await there.received(_AGAIN_SECONDS) == token:
                    break
            else:
                raise TurnTrouble(
                    "It gives relays, but nothing comes through: its relay ports (UDP 49152-65535) are closed."
                )
