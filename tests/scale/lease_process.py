"""A process for tests: waits for a lease, says so on a line of its own, and works until it is killed.

Called as ``python -m scale.lease_process STORE``.
"""

import asyncio
import sys
from pathlib import Path

from videocall.leases import Lease, Pace
from videocall.store.opening import open_store

QUICK = Pace(count=0.1, stop=2.0, take=3.0)
"""Slow enough for a busy machine: who holds the lease must not lose it before it is killed."""


async def _work() -> None:
    sys.stdout.write("working\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        sys.stdout.write("stopped\n")
        sys.stdout.flush()


async def main(url: str) -> None:
    store = open_store(url, Path())
    await store.open()
    await Lease(store, "work", pace=QUICK).hold(_work)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
