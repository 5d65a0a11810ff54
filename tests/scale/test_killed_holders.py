"""A process that holds a lease is killed without a word: another one goes on within seconds."""

import asyncio
from contextlib import AsyncExitStack

from scale.programs import line, program

pytest_plugins = ("conformance.engines",)


async def test_of_four_processes_one_works_and_another_when_it_was_killed(store_url: str) -> None:
    async with AsyncExitStack() as stack:
        waiting = {
            asyncio.create_task(line(process), name=str(at)): process
            for at, process in enumerate(
                [await stack.enter_async_context(program("scale.lease_process", store_url)) for _ in range(4)]
            )
        }
        for _ in range(2):
            done, _ = await asyncio.wait(waiting, timeout=20, return_when=asyncio.FIRST_COMPLETED)
            assert [task.result() for task in done] == ["working"], "one at a time, and soon"
            waiting.pop(done.pop()).kill()
        for process in waiting.values():
            process.kill()
        await asyncio.wait(waiting)
