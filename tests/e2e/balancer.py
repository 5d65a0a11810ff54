"""A load balancer in front of several servers: one address, connections in turn, and none to a server that is dead."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress

CHUNK = 65536


class Balancer:
    """Knows nothing of people or meetings: whoever connects again may land anywhere."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._turns: Iterator[int] = itertools.count()
        self._ports: Sequence[int] = ()

    def serve(self, addresses: Sequence[str]) -> None:
        """Pass connections on to these from now on."""
        self._ports = [int(address.rpartition(":")[2]) for address in addresses]

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            first = await reader.read(CHUNK)
            # Sockets take turns among themselves, so that people are spread evenly whatever files their pages fetch.
            turn = next(self._turns) if b"/live HTTP" in first else 0
            there = await self._connect(turn)
            if there is not None:
                there[1].write(first)
                await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))
        writer.close()

    async def _connect(self, turn: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for number in range(len(self._ports)):
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self._ports[(turn + number) % len(self._ports)])
        return None


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def balancer() -> AsyncIterator[Balancer]:
    found = Balancer("")
    server = await asyncio.start_server(found.pass_on, "127.0.0.1", 0)
    found.address = f"http://localhost:{server.sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        server.close()
