"""Network namespaces joined by a router in this process, which loses, delays and narrows: the kernel here has no netem.

Each namespace and this machine hold one end of a TUN device; the other ends are files here, read and written by packet.
"""

import asyncio
import fcntl
import os
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import msgspec

_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x0001 | 0x1000
_MTU = 1500
_QUEUE_SECONDS = 0.3
"""What a narrow link keeps waiting, as a home router does; the rest is dropped."""
HERE = "10.77.0.1"


class Weather(msgspec.Struct, frozen=True):
    """What one link does to packets, in both directions."""

    loss: float = 0
    """Share of packets, 0 to 1."""
    delay: float = 0
    """Seconds in each direction."""
    rate: float | None = None
    """Bits per second in each direction."""
    udp: bool = True
    """Whether UDP gets through."""


@dataclass
class _End:
    file: int
    weather: Weather
    free_at: tuple[float, float] = (0.0, 0.0)


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    if await process.wait():
        raise RuntimeError(" ".join(command))


def _tun(name: str) -> int:
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(file, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN_NO_PI))
    return file


class UserNetwork:
    """The router; `HERE` is this machine in it."""

    def __init__(self) -> None:
        self._ends: dict[str, _End] = {}
        self._chance = random.Random(1)  # noqa: S311 -- weather
        self._number = os.getpid() % 10_000

    async def add_machine(self) -> None:
        """Give `HERE` to the machine that this runs on."""
        name = f"vccr{self._number}"
        self._attach(HERE, _tun(name))
        await _run("ip", "addr", "add", f"{HERE}/16", "dev", name)
        await _run("ip", "link", "set", name, "up")

    @asynccontextmanager
    async def namespace(self, address: str) -> AsyncIterator[str]:
        """A namespace with this address; its name for `ip netns exec`."""
        name = f"vccn{self._number}-{address.rpartition('.')[2]}"
        await _run("ip", "netns", "add", name)
        try:
            device = f"vcct{self._number}x{address.rpartition('.')[2]}"
            self._attach(address, _tun(device))
            await _run("ip", "link", "set", device, "netns", name)
            await _run("ip", "-n", name, "link", "set", device, "name", "wlan0")
            await _run("ip", "-n", name, "addr", "add", f"{address}/16", "dev", "wlan0")
            await _run("ip", "-n", name, "link", "set", "wlan0", "up")
            await _run("ip", "-n", name, "link", "set", "lo", "up")
            await _run("ip", "-n", name, "route", "add", "default", "dev", "wlan0")
            yield name
        finally:
            await _run("ip", "netns", "del", name)

    def set_weather(self, address: str, weather: Weather) -> None:
        """From now on, of the link to this address."""
        self._ends[address].weather = weather

    async def move(self, namespace: str, before: str, after: str) -> None:
        """Another network: the old address is gone, the new one is there at once."""
        self._ends[after] = self._ends.pop(before)
        await _run("ip", "-n", namespace, "addr", "del", f"{before}/16", "dev", "wlan0")
        await _run("ip", "-n", namespace, "addr", "add", f"{after}/16", "dev", "wlan0")
        await _run("ip", "-n", namespace, "route", "replace", "default", "dev", "wlan0")

    def close(self) -> None:
        """Pull all cables."""
        for end in self._ends.values():
            asyncio.get_running_loop().remove_reader(end.file)
            os.close(end.file)

    def _attach(self, address: str, file: int) -> None:
        self._ends[address] = _End(file, Weather())
        asyncio.get_running_loop().add_reader(file, self._read, file)

    def _read(self, file: int) -> None:
        for _ in range(64):
            try:
                packet = os.read(file, _MTU)
            except BlockingIOError:
                return
            if packet[0] >> 4 == 4:  # IPv4; there is no other here
                self._route(packet)

    def _route(self, packet: bytes) -> None:
        source, target = (self._ends.get(socket.inet_ntoa(packet[start : start + 4])) for start in (12, 16))
        if not source or not target:
            return
        now = asyncio.get_running_loop().time()
        at = self._cross(source, 0, now, packet)
        at = None if at is None else self._cross(target, 1, at, packet)
        if at is not None:
            asyncio.get_running_loop().call_at(at, self._write, target.file, packet)

    def _cross(self, end: _End, way: int, at: float, packet: bytes) -> float | None:
        """When the packet is through this link, in loop time; None when it is lost."""
        weather = end.weather
        if not weather.udp and packet[9] == socket.IPPROTO_UDP:
            return None
        if self._chance.random() < weather.loss:
            return None
        if weather.rate is not None:
            begin = max(at, end.free_at[way])
            if begin - at > _QUEUE_SECONDS:
                return None
            at = begin + len(packet) * 8 / weather.rate
            end.free_at = (at, end.free_at[1]) if way == 0 else (end.free_at[0], at)
        return at + weather.delay

    @staticmethod
    def _write(file: int, packet: bytes) -> None:
        try:
            os.write(file, packet)
        except OSError:  # full, or gone: a network loses packets
            return


@asynccontextmanager
async def user_network() -> AsyncIterator[UserNetwork]:
    """A router with this machine at it."""
    async with AsyncExitStack() as stack:
        network = UserNetwork()
        stack.callback(network.close)
        await network.add_machine()
        yield network
