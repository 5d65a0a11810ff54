"""Idle people in rooms of two: memory and CPU for each, what a join costs, how long a relayed message takes.

Beside a bare route. Everybody sends a heartbeat every ten seconds, as pages do, and reads what they are sent.
"""

import asyncio
import contextlib
import os
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Awaitable, Callable

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.serving import cpu_seconds, floor, product, resident_kilobytes

SAMPLES = 1000
IDLE_SECONDS = 20.0
HEARTBEAT_SECONDS = 10.0
FEW = 200
"""How many people are there when the first joins are measured, which later ones are compared with."""
JOINS = 200


class Client:
    """One person's socket: answers are read at once; what is waited for is told apart by a word in it."""

    def __init__(self, socket: ClientConnection, beat: str) -> None:
        self._socket = socket
        self._beat = beat
        self.word = ""
        self.heard = asyncio.Event()
        self.last = ""
        self.address: tuple[str, str] = ("", "")
        self.tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def at(cls, address: str, beat: str) -> "Client":
        """Connect."""
        socket = await connect(address.replace("http", "ws"), compression=None, proxy=None, ping_interval=None)
        client = cls(socket, beat)
        client.tasks = [asyncio.create_task(client._read()), asyncio.create_task(client._be_there())]
        return client

    async def say(self, text: str) -> None:
        """Send."""
        await self._socket.send(text)

    async def hear(self, word: str) -> str:
        """Wait for the next message with a word in it, which must not have come yet."""
        self.word = word
        await self.heard.wait()
        self.heard.clear()
        return self.last

    async def close(self) -> None:
        """Go."""
        for task in self.tasks:
            task.cancel()
        self._socket.transport.abort()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self._socket:
                if self.word and self.word in str(text):
                    self.word, self.last = "", str(text)
                    self.heard.set()

    async def _be_there(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS)
                await self.say(self._beat)


Pair = tuple[Client, Client]
Make = Callable[[str, int], Awaitable[Pair]]
Say = Callable[[Pair, int], Awaitable[None]]


class Figures(msgspec.Struct):
    """What one server did with so many people."""

    kilobytes_each: float
    cpu_milliseconds_each_minute: float
    p50: float
    p99: float
    join_among_few: float
    join_among_all: float
    """Milliseconds of the server's CPU for creating a meeting and joining it, each person counted."""


async def measure(counts: list[int]) -> None:
    """Print the figures for each number of people."""
    print(f"\nIdle people in rooms of two, and {SAMPLES} relayed messages; load {os.getloadavg()[0]:.1f}")
    print("  people  server      kB each   CPU ms each minute   relay p50 ms   p99 ms   join CPU ms, among 200 / all")
    for count in counts:
        with floor("bench.floor_socket:app") as (address, process):
            bare = await _measure(address, process, count, _bare_pair, _say_bare)
        with product() as (address, process):
            ours = await _measure(address, process, count, _product_pair, _say_product)
        for name, figures in (("bare route", bare), ("VideoCall", ours)):
            print(
                f"  {count:6}  {name:10} {figures.kilobytes_each:8.1f} {figures.cpu_milliseconds_each_minute:20.2f}"
                f" {figures.p50:14.2f} {figures.p99:8.2f} {figures.join_among_few:16.2f} / {figures.join_among_all:.2f}"
            )
        print(
            f"          ratio      {ours.kilobytes_each / bare.kilobytes_each:8.2f}  (goal for memory 1.3)"
            f"   join among all to among {FEW}: {ours.join_among_all / ours.join_among_few:.2f} (goal 1.2)"
            f"   load {os.getloadavg()[0]:.1f}"
        )


async def _measure(address: str, process: subprocess.Popen[bytes], count: int, make: Make, say: Say) -> Figures:
    pairs: list[Pair] = []

    async def joined(people: int) -> tuple[float, float]:
        """So many more people; the CPU of the server and the time that it took, in seconds."""
        begun, used, began_at = len(pairs), cpu_seconds(process.pid), time.perf_counter()
        while 2 * (len(pairs) - begun) < people:
            pairs.append(await make(address, len(pairs)))
        return cpu_seconds(process.pid) - used, time.perf_counter() - began_at

    await joined(20)
    before = resident_kilobytes(process)
    await joined(FEW - 20)
    among_few = await joined(JOINS)
    await joined(count - 2 * len(pairs) - JOINS)
    among_all = await joined(JOINS)
    memory = (resident_kilobytes(process) - before) / (2 * len(pairs) - 20)
    used = cpu_seconds(process.pid)
    await asyncio.sleep(IDLE_SECONDS)
    cpu = (cpu_seconds(process.pid) - used) * 1000 / count * 60 / IDLE_SECONDS
    # Without what those who were there already cost meanwhile.
    each_second = cpu / 60 / 1000
    costs = [
        (used - each_second * there * seconds) * 1000 / JOINS
        for (used, seconds), there in ((among_few, FEW), (among_all, count - JOINS))
    ]
    times = []
    for number in range(SAMPLES):
        begun = time.perf_counter()
        await say(pairs[number % len(pairs)], number)
        times.append((time.perf_counter() - begun) * 1000)
    await asyncio.gather(*(client.close() for pair in pairs for client in pair))
    percentiles = statistics.quantiles(times, n=100)
    return Figures(memory, cpu, percentiles[49], percentiles[98], *costs)


async def _bare_pair(address: str, number: int) -> Pair:
    beat = '{"type": "heartbeat"}'
    return await Client.at(f"{address}/ws/{number}", beat), await Client.at(f"{address}/ws/{number}", beat)


async def _say_bare(pair: Pair, number: int) -> None:
    heard = asyncio.create_task(pair[1].hear("number"))
    await asyncio.sleep(0)
    await pair[0].say(f'{{"type": "signal", "number": {number}}}')
    await heard


async def _product_pair(address: str, number: int) -> Pair:
    code = await asyncio.to_thread(_create, address)
    beat = '{"type":"heartbeat"}'
    live = f"{address}/api/meetings/{code}/live"
    pair = await Client.at(live, beat), await Client.at(live, beat)
    for place, client in enumerate(pair):
        join = {"type": "join", "name": f"Person {place}", "session": f"session-{number}-{place}"}
        answer = asyncio.create_task(client.hear("snapshot"))
        await asyncio.sleep(0)
        await client.say(msgspec.json.encode(join).decode())
        client.address = msgspec.json.decode(await answer)["you"], join["session"]
    return pair


def _create(address: str) -> str:
    body = b'{"kind": "instant", "guest": {"name": "Ada"}}'
    request = urllib.request.Request(  # noqa: S310 -- our own server
        f"{address}/api/meetings", data=body, headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 -- same
        return str(msgspec.json.decode(answer.read())["meeting"]["code"])


async def _say_product(pair: Pair, number: int) -> None:
    to, session = pair[1].address
    signal = {"type": "signal", "to": to, "to_session": session, "candidates": [{"candidate": str(number)}]}
    heard = asyncio.create_task(pair[1].hear("peer_signal"))
    await asyncio.sleep(0)
    await pair[0].say(msgspec.json.encode(signal).decode())
    await heard
