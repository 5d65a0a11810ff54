"""A client that costs little: requests written by hand over connections that stay open."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlsplit

import msgspec

AT_ONCE = 32
Request = tuple[str, str, object, str]
"""Method, path, body (None for none) and bearer token ("" for none)."""


def _written(request: Request) -> bytes:
    method, path, body, token = request
    content = b"" if body is None else msgspec.json.encode(body)
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(content)}"]
    if content:
        lines.append("Content-Type: application/json")
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode() + content


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length: ")[2].partition("\r\n")[0] or 0)
    return int(head[9:12]), await reader.readexactly(length)


async def answers(address: str, requests: Sequence[Request]) -> tuple[list[bytes], float]:
    """What a server answers to each request, `AT_ONCE` at a time, and how many it took a second.

    Raises `RuntimeError` for a refusal.
    """
    there = urlsplit(address)
    texts = [_written(request) for request in requests]
    found: list[bytes] = [b""] * len(texts)
    places = iter(range(len(texts)))

    async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for place in places:
            writer.write(texts[place])
            status, found[place] = await _answer(reader)
            if status >= 300:
                raise RuntimeError(f"{requests[place][1]}: {status} {found[place]!r}")
        writer.close()

    lines = [await asyncio.open_connection("127.0.0.1", there.port) for _ in range(AT_ONCE)]
    begun = time.perf_counter()
    await asyncio.gather(*(work(*line) for line in lines))
    return found, len(texts) / (time.perf_counter() - begun)


async def rate(call: Callable[[int], Awaitable[object]], calls: int) -> float:
    """How many calls a second, `AT_ONCE` at a time."""
    numbers = iter(range(calls))

    async def work() -> None:
        for number in numbers:
            await call(number)

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return calls / (time.perf_counter() - begun)
