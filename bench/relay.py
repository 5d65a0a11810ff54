"""Idle people in rooms of two: memory and CPU for each, and how long a relayed message takes; beside a bare route."""

import asyncio
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Awaitable, Callable

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from bench.serving import cpu_seconds, floor, product, resident_kilobytes

SAMPLES = 1000
IDLE_SECONDS = 20.0
Pair = tuple[ClientConnection, ClientConnection]
Say = Callable[[Pair, int], Awaitable[None]]


class Figures(msgspec.Struct):
    """What one server did with so many people."""

    kilobytes_each: float
    cpu_milliseconds_each_minute: float
    p50: float
    p99: float


async def measure(counts: list[int]) -> None:
    """Print the figures for each number of people."""
    print(f"\nIdle people in rooms of two, and {SAMPLES} relayed messages")
    print("  people  server      kB each   CPU ms each minute   relay p50 ms   p99 ms")
    for count in counts:
        with floor("bench.floor_socket:app") as (address, process):
            bare = await _measure(address, process, count, _bare_pair, _say_bare)
        with product() as (address, process):
            ours = await _measure(address, process, count, _product_pair, _say_product)
        for name, figures in (("bare route", bare), ("VideoCall", ours)):
            print(
                f"  {count:6}  {name:10} {figures.kilobytes_each:8.1f} {figures.cpu_milliseconds_each_minute:20.2f}"
                f" {figures.p50:14.2f} {figures.p99:8.2f}"
            )
        print(f"          ratio      {ours.kilobytes_each / bare.kilobytes_each:8.2f}  (goal for memory 1.3)")


async def _measure(
    address: str,
    process: subprocess.Popen[bytes],
    count: int,
    make: Callable[[str, int], Awaitable[Pair]],
    say: Say,
) -> Figures:
    warm = [await make(address, number) for number in range(10)]
    before = resident_kilobytes(process)
    pairs = [await make(address, number + 10) for number in range(count // 2)]
    memory = (resident_kilobytes(process) - before) / (2 * len(pairs))
    used = cpu_seconds(process)
    await asyncio.sleep(IDLE_SECONDS)
    cpu = (cpu_seconds(process) - used) * 1000 / count * 60 / IDLE_SECONDS
    times = []
    for number in range(SAMPLES):
        begun = time.perf_counter()
        await say(pairs[number % len(pairs)], number)
        times.append((time.perf_counter() - begun) * 1000)
    for pair in [*warm, *pairs]:
        for socket in pair:
            await socket.close()
    percentiles = statistics.quantiles(times, n=100)
    return Figures(memory, cpu, percentiles[49], percentiles[98])


async def _socket(address: str) -> ClientConnection:
    return await connect(address.replace("http", "ws"), compression=None, proxy=None, ping_interval=None)


async def _bare_pair(address: str, number: int) -> Pair:
    return await _socket(f"{address}/ws/{number}"), await _socket(f"{address}/ws/{number}")


async def _say_bare(pair: Pair, number: int) -> None:
    await pair[0].send(f'{{"type": "signal", "number": {number}}}')
    await pair[1].recv()


_receivers: dict[ClientConnection, tuple[str, str]] = {}
"""Participant id and page session of each socket."""


async def _product_pair(address: str, number: int) -> Pair:
    code = await asyncio.to_thread(_create, address)
    pair = (await _socket(f"{address}/api/meetings/{code}/live"), await _socket(f"{address}/api/meetings/{code}/live"))
    for place, socket in enumerate(pair):
        join = {"type": "join", "name": f"Person {place}", "session": f"session-{number}-{place}"}
        await socket.send(msgspec.json.encode(join).decode())
        snapshot = msgspec.json.decode(await socket.recv())
        _receivers[socket] = (snapshot["you"], join["session"])
    await pair[0].recv()  # the second one joined
    return pair


def _create(address: str) -> str:
    body = b'{"kind": "instant", "guest": {"name": "Ada"}}'
    request = urllib.request.Request(  # noqa: S310 -- our own server
        f"{address}/api/meetings", data=body, headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 -- same
        return str(msgspec.json.decode(answer.read())["meeting"]["code"])


async def _say_product(pair: Pair, number: int) -> None:
    to, session = _receivers[pair[1]]
    signal = {"type": "signal", "to": to, "to_session": session, "candidates": [{"candidate": str(number)}]}
    await pair[0].send(msgspec.json.encode(signal).decode())
    await pair[1].recv()
