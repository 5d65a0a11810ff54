"""One thread that writes: what has queued up while it was busy is committed together, with one fsync for all of it."""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from videocall.store.base import StoreError, StoreUnavailable

Result = TypeVar("Result")

LARGEST_BATCH = 500
"""How many writes share a commit at most, so that the first of them does not wait for ever."""


class _Job:
    """A piece of work, who waits for it, and what came of it."""

    __slots__ = ("error", "result", "waiter", "work")

    def __init__(self, work: Callable[[sqlite3.Connection], Any], waiter: "asyncio.Future[Any]") -> None:
        self.work = work
        self.waiter = waiter
        self.result: Any = None
        self.error: Exception | None = None

    def settle(self) -> None:
        if self.waiter.done():
            return
        if self.error is None:
            self.waiter.set_result(self.result)
        else:
            self.waiter.set_exception(self.error)


class GroupCommit:
    """Runs writes on its own thread and connection; a write returns when it is on the disk.

    The connection is in autocommit mode and belongs to this thread from now on; it is closed in the end. `explain`
    turns SQLite's errors into the store's.
    """

    def __init__(self, connection: sqlite3.Connection, explain: Callable[[sqlite3.Error], StoreError]) -> None:
        self._connection = connection
        self._explain = explain
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    async def do(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run `work` inside a transaction and wait until that is committed.

        Work that writes with more than one statement wraps them in `all_or_nothing`. When it raises, what others wrote
        in the same commit stands; when the commit itself fails, everyone in it gets the error.
        """
        if self._closed:
            raise StoreUnavailable("The store is closed.")
        waiter: asyncio.Future[Result] = self._loop.create_future()
        self._jobs.put(_Job(work, waiter))
        return await waiter

    async def close(self) -> None:
        """Finish what was asked for, then stop the thread and close the connection."""
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        more = True
        while more:
            jobs, more = self._next_batch()
            if jobs:
                self._write(jobs)
                # The loop is gone when the program ends without close(): then nobody waits any more.
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(_settle, jobs)
        self._connection.close()

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """The jobs to commit together, at least one, and whether more will come."""
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) == LARGEST_BATCH:
                break
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
        return jobs, job is not None

    def _write(self, jobs: Sequence[_Job]) -> None:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job in jobs:
                self._attempt(job)
            connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001  every waiter must hear of it, or it would hang
            for job in jobs:
                job.error = self._explained(error)
            if connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")

    def _attempt(self, job: _Job) -> None:
        try:
            job.result = job.work(self._connection)
        except Exception as error:
            # On a full disk SQLite may undo the whole transaction, and with it what the jobs before this one wrote.
            if not self._connection.in_transaction:
                raise
            job.error = self._explained(error)

    def _explained(self, error: Exception) -> Exception:
        # A new one for each waiter: raising the same object in several tasks would mix up their tracebacks.
        return self._explain(error) if isinstance(error, sqlite3.Error) else error


def _settle(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        job.settle()


@contextlib.contextmanager
def all_or_nothing(connection: sqlite3.Connection) -> Iterator[None]:
    """Undo what was written inside when it raises, and only that."""
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK TO part")
            connection.execute("RELEASE part")
        raise
    connection.execute("RELEASE part")
