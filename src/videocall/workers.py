"""Several server processes behind one port: started together, replaced when one dies, stopped together."""

import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType

import structlog

log = structlog.get_logger()
PAUSE_SECONDS = 1.0
"""Between the death of a worker and its successor, so that one that cannot start does not burn a core."""
STOP_SECONDS = 10.0
"""What a worker has to end by itself."""

_spawn = multiprocessing.get_context("spawn")

Work = Callable[[socket.socket, Callable[[], None]], None]
"""What a worker does: serve on a listening socket, and call back once it answers. It is pickled, so a partial fits."""


class Workers:
    """Keeps `count` processes at `work` until Ctrl-C.

    `announce` is called once, when the first of them answers; `gone` with the id of each process that has ended.
    """

    def __init__(
        self,
        work: Work,
        listener: socket.socket,
        count: int,
        announce: Callable[[], None],
        gone: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._work = work
        self._listener = listener
        self._count = count
        self._announce = announce
        self._gone = gone
        self._heard, self._answers = _spawn.Pipe(duplex=False)
        self._woken, self._wake = os.pipe()
        self._stopping = False

    def run(self) -> None:
        """Return when all have stopped."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        workers = [self._start() for _ in range(self._count)]
        announced = False
        while not self._stopping:
            ready = wait([self._woken, self._heard, *(worker.sentinel for worker in workers)])
            if self._heard in ready:
                self._heard.recv_bytes()
                if not announced:
                    self._announce()
                announced = True
            workers = [worker if worker.is_alive() else self._replace(worker) for worker in workers]
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join(STOP_SECONDS)
            worker.kill()

    def _stop(self, _: int, __: FrameType | None) -> None:
        self._stopping = True
        os.write(self._wake, b".")

    def _start(self) -> SpawnProcess:
        worker = _spawn.Process(target=_run, args=(self._work, self._listener, self._answers))
        worker.start()
        return worker

    def _replace(self, worker: SpawnProcess) -> SpawnProcess:
        if not self._stopping:
            log.warning("worker_died", exit_code=worker.exitcode)
            self._gone(worker.pid or 0)
            wait([self._woken], PAUSE_SECONDS)
        return worker if self._stopping else self._start()


def _run(work: Work, listener: socket.socket, answers: Connection) -> None:
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    with suppress(KeyboardInterrupt):
        work(listener, lambda: answers.send_bytes(b"."))


def _stop_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
