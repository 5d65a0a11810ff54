"""Debian's coturn on a free port of this machine, unprivileged, with time-limited credentials (TURN REST API)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from e2e.site_process import free_port
from e2e.waiting import eventually


@asynccontextmanager
async def turn_server(
    folder: Path, secret: str, *, host: str = "127.0.0.1", udp: bool = True, tcp: bool = False
) -> AsyncIterator[str]:
    """Run one; its addresses as browsers are told them: UDP, which is silent without `udp`, and TCP if wished."""
    port = free_port(host)
    options = [
        "-n",  # no configuration file
        f"--listening-ip={host}",
        f"--relay-ip={host}",
        f"--listening-port={port}",
        "--use-auth-secret",
        f"--static-auth-secret={secret}",
        "--realm=test",
        "--allow-loopback-peers",
        "--cli-password=unused",
        "--no-cli",
        "--no-tls",
        "--no-dtls",
        "--fingerprint",
        f"--pidfile={folder / 'turn.pid'}",
        f"--userdb={folder / 'turn.db'}",
        f"--log-file={folder / 'turn.log'}",
        "--simple-log",
        *([] if udp else ["--no-udp"]),
    ]
    # As nobody, when we are root: it needs no rights.
    process = await asyncio.create_subprocess_exec(
        "turnserver", *options, cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:

        async def answers() -> None:
            assert process.returncode is None, (folder / "turn.log").read_text()
            try:
                _, writer = await asyncio.open_connection(host, port)
            except OSError as error:
                raise AssertionError("coturn does not answer") from error
            writer.close()
            await writer.wait_closed()

        await eventually(answers)
        yield ",".join(f"turn:{host}:{port}?transport={way}" for way in ("udp", *(["tcp"] if tcp else [])))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
