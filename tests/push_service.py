"""A push service for tests (RFC 8030), and the browsers behind it, which decrypt what arrives."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import http_ece
import msgspec
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from running_server import until
from videocall.push.rules import packed
from videocall.web.certificate import certificate_for


class Received:
    """One message as it came over the wire."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path = path
        self.headers = headers
        self.body = body


class Browser:
    """A browser that has subscribed at the service."""

    def __init__(self, service: "PushService") -> None:
        self._service = service
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = secrets.token_bytes(16)
        self.endpoint = f"{service.address}/push/{secrets.token_urlsafe(16)}"

    @property
    def subscription(self) -> dict[str, Any]:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "keys": {"p256dh": packed(point), "auth": packed(self._secret)}}

    def read(self, received: Received) -> dict[str, Any]:
        plain = http_ece.decrypt(received.body, private_key=self._key, auth_secret=self._secret, version="aes128gcm")
        message: dict[str, Any] = msgspec.json.decode(plain)
        return message

    def arrived(self) -> list[Received]:
        return [one for one in self._service.received if one.path == urlsplit(self.endpoint).path]

    async def messages(self, count: int) -> list[dict[str, Any]]:
        """Wait until so many have arrived; what they say."""

        async def look() -> list[Received]:
            return self.arrived()

        return [self.read(one) for one in await until(look, lambda found: len(found) == count)]


class PushService:
    """Takes what is pushed, or answers as a test wants it to."""

    def __init__(self, port: int) -> None:
        self.address = f"https://localhost:{port}"
        self.received: list[Received] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        """Status and headers of the next answers; with none left it is 201."""
        self.silent = False
        """Takes what comes and never answers."""

    def browser(self) -> Browser:
        return Browser(self)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event["body"], event["more_body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.received.append(Received(scope["path"], headers, body))
        while self.silent:
            if (await receive())["type"] == "http.disconnect":
                return
        status, extra = self.answers.pop(0) if self.answers else (201, {})
        named = [(name.encode(), value.encode()) for name, value in extra.items()]
        await send({"type": "http.response.start", "status": status, "headers": named})
        await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def open_push_service(folder: Path) -> AsyncIterator[tuple[PushService, Path]]:
    """A service over HTTPS, and its certificate, which a server has to trust (SSL_CERT_FILE)."""
    files = certificate_for(folder, ["localhost"], [ip_address("127.0.0.1")], datetime.now(UTC))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        service = PushService(listener.getsockname()[1])
        config = uvicorn.Config(
            service, lifespan="off", log_config=None, ssl_certfile=files.certificate, ssl_keyfile=files.key
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await until(lambda: asyncio.sleep(0, server.started or serving.done()), bool)
            yield service, files.certificate
        finally:
            server.should_exit = True
            await serving
