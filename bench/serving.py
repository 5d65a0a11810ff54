"""Starts programs to measure, each in a process of its own."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNLIMITED = {
    f"VIDEOCALL_{name}_RATE": "1000000/minute" for name in ("CREATE", "JOIN", "MEETING_JOIN", "GUESS", "REQUEST")
}


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(command: list[str], port: int, path: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the context; it has answered on `path` when the context begins."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
                break
            except OSError:
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def product(**settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`videocall serve` on an embedded store of its own; its address, and its process."""
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        environment = {
            **UNLIMITED,
            "VIDEOCALL_DATA": data,
            "VIDEOCALL_PORT": str(port),
            "VIDEOCALL_LOG_LEVEL": "error",
            **settings,
        }
        command = [str(Path(sys.executable).parent / "videocall"), "serve", "--port", str(port)]
        with started(command, port, "/readyz", environment) as process:
            yield f"http://localhost:{port}", process


@contextmanager
def floor(module: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A bare ASGI application of this folder, under the same server with the same options as the product."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", module, "--port", str(port), "--log-level", "error"]
    command += ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--no-access-log"]
    with started(command, port, "/", {}) as process:
        yield f"http://localhost:{port}", process


def resident_kilobytes(process: subprocess.Popen[bytes]) -> int:
    """Resident memory of a process."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise RuntimeError("The process is gone.")


def cpu_seconds(process: int) -> float:
    """CPU time that a process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
