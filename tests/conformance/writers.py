"""Three processes that write to a store until they are killed, and say on stdout what has been acknowledged.

Each line `go` on stdin starts a round. This process forks the writers, so that a round costs no start of Python.
Lines on stdout: `writers PID PID PID`, `kept ID STEP` for each acknowledged write, `over STATUS STATUS STATUS`.
"""

import asyncio
import itertools
import os
import sys
import traceback
from pathlib import Path

from videocall.store.opening import open_store

if "mongodb" in sys.argv[1]:
    # Loaded once here, not once in every writer.
    import videocall.store.mongo  # noqa: F401

WRITERS = 3
TASKS = 4


async def write(url: str, round_number: int, name: str) -> None:
    """Make documents and change each once; `twice` is always double of `step`."""
    store = open_store(url, Path())
    await store.open()
    await store.ensure("kept", [])

    async def task(number: int) -> None:
        for count in itertools.count():
            one = f"{name}-{number}-{count}"
            await store.insert(
                "kept", {"_id": one, "round": round_number, "step": 1, "twice": 2, "filling": "x" * count}
            )
            say(f"kept {one} 1")
            await store.update("kept", {"_id": one, "step": 1}, {"$set": {"step": 2}, "$inc": {"twice": 2}})
            say(f"kept {one} 2")

    await asyncio.gather(*(task(number) for number in range(TASKS)))


def say(line: str) -> None:
    # Straight into the pipe: what was written there survives the writer.
    os.write(1, f"{line}\n".encode())


def fork_writer(url: str, round_number: int, writer: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        asyncio.run(write(url, round_number, f"{round_number}-{writer}"))
    except BaseException:  # noqa: BLE001  it ends right here, whatever it was
        traceback.print_exc()
    os._exit(1)


for round_number, _ in enumerate(sys.stdin):
    pids = [fork_writer(sys.argv[1], round_number, writer) for writer in range(WRITERS)]
    say(f"writers {' '.join(map(str, pids))}")
    say(f"over {' '.join(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])) for pid in pids)}")
