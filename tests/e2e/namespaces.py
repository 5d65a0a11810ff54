"""A network namespace with one cable to this machine, which a test can pull out."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


async def _ip(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec("ip", *arguments)
    assert await process.wait() == 0, arguments


class Namespace:
    """`name` for `ip netns exec`; `here` is this machine's address at the near end of the cable."""

    def __init__(self, name: str, near: str, here: str) -> None:
        self.name = name
        self.here = here
        self._near = near

    @asynccontextmanager
    async def pulled(self, seconds: float) -> AsyncIterator[None]:
        """The cable is out for this long, or longer if what is done meanwhile takes longer."""
        await _ip("link", "set", self._near, "down")
        enough = asyncio.create_task(asyncio.sleep(seconds))
        yield
        await enough
        await _ip("link", "set", self._near, "up")


@asynccontextmanager
async def namespace() -> AsyncIterator[Namespace]:
    """A namespace named after this process, so that two test runs do not meet."""
    number = os.getpid()
    name, near = f"vcc{number}", f"vcc{number}"[:15]
    net = f"10.{200 + number // 250 % 50}.{number % 250}"
    await _ip("netns", "add", name)
    try:
        await _ip("link", "add", near, "type", "veth", "peer", "name", "eth0", "netns", name)
        await _ip("addr", "add", f"{net}.1/24", "dev", near)
        await _ip("link", "set", near, "up")
        await _ip("-n", name, "addr", "add", f"{net}.2/24", "dev", "eth0")
        await _ip("-n", name, "link", "set", "eth0", "up")
        await _ip("-n", name, "link", "set", "lo", "up")
        yield Namespace(name, near, f"{net}.1")
    finally:
        await _ip("netns", "del", name)


def allowed() -> bool:
    """Whether this process may make one."""
    return os.geteuid() == 0 and Path("/proc/self/ns/net").exists()
