"""Runs the application under uvicorn: takes the port, says where to go once it answers, and stops at Ctrl-C."""

import asyncio
import errno
import io
import logging
import os
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import segno
import structlog
import uvicorn
from msgspec.structs import replace
from prometheus_client.multiprocess import mark_process_dead
from rich.console import Console
from rich.text import Text

from videocall.app import create_app
from videocall.mail.sending import OUTBOX
from videocall.problems import Problem
from videocall.settings import BadSetting, Settings
from videocall.store.base import Store, StoreError
from videocall.store.opening import open_store
from videocall.web.certificate import (
    CertificateFiles,
    address_on_network,
    certificate_for,
    local_addresses,
    local_names,
)
from videocall.web.health import SHARED_FOLDER
from videocall.web.websockets import PatientWebSockets
from videocall.workers import Workers

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

log = structlog.get_logger()

EVERYWHERE = "0.0.0.0"  # noqa: S104 -- what --lan asks for
HERE = {EVERYWHERE, "::", "127.0.0.1", "::1"}
"""Addresses that a browser on this machine reaches as localhost."""

MOST_MESSAGE_BYTES = 256 * 1024
"""The longest WebSocket message that is read: a session description of 64 KiB with its candidates fits."""
STOP_WITHIN_SECONDS = 2
BACKLOG = 2048
KEEP_ALIVE_SECONDS = 150
"""How long a silent connection is kept: longer than proxies keep theirs (nginx 60 s, Caddy 2 min). If the server hung
up first, a request could meet a connection that is just closing, and the visitor would get a 502."""


def serve(settings: Settings) -> None:
    """Serve HTTP until told to stop. Raises `BadSetting` when the port or the folder cannot be had."""
    prepare_folder(settings.data)
    with listen(settings.host, settings.port) as listener:
        settings = replace(settings, port=listener.getsockname()[1])
        address = settings.site_url or f"http://{written(settings.host)}:{settings.port}"
        run_processes(settings, listener, announce=lambda: announce(address, settings))


def serve_local_network(settings: Settings) -> None:
    """Serve HTTPS with a self-made certificate, so that a phone beside this machine may use its camera."""
    prepare_folder(settings.data)
    here = address_on_network()
    if here is None:
        raise BadSetting("This machine is on no network: connect it to one, or start without --lan.")
    with listen(settings.host, settings.port) as listener:
        settings = replace(settings, port=listener.getsockname()[1])
        address = settings.site_url or f"https://{written(str(here))}:{settings.port}"
        files = certificate_for(settings.data, local_names(), local_addresses(), datetime.now(UTC))

        def tell() -> None:
            announce(address, settings)
            show_code(address)

        run_processes(replace(settings, site_url=address), listener, announce=tell, files=files)


def prepare_folder(folder: Path) -> None:
    """Make the data folder, and make sure that it can be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        where = folder.absolute()
        raise BadSetting(
            f"The data folder {where} cannot be written ({error.strerror}): correct that or set VIDEOCALL_DATA."
        ) from None


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything slow begins, so that a taken one is told at once."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise BadSetting(f"There is no address {host}: choose another by --host or VIDEOCALL_HOST.") from None
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        reasons = {
            errno.EADDRINUSE: f"Port {port} is taken: stop what uses it or choose another by --port or VIDEOCALL_PORT.",
            errno.EACCES: f"Port {port} needs an administrator: choose one over 1023 by --port or VIDEOCALL_PORT.",
            errno.EADDRNOTAVAIL: f"This machine has no address {host}: choose another by --host or VIDEOCALL_HOST.",
        }
        if error.errno not in reasons:
            raise
        raise BadSetting(reasons[error.errno]) from None
    return listener


def written(host: str) -> str:
    """How a person on this machine writes the host of an address."""
    if host in HERE:
        return "localhost"
    return f"[{host}]" if ":" in host else host


def run_processes(
    settings: Settings,
    listener: socket.socket,
    *,
    announce: Callable[[], None],
    files: CertificateFiles | None = None,
) -> None:
    """Run the application in this process, or in as many as `settings.workers` says."""
    if settings.workers == 1:
        run(settings, listener, announce=announce, files=files)
        return
    # Started once without serving: what cannot work is told here and not by each worker, and migrations are done.
    asyncio.run(_start_once(settings))
    with tempfile.TemporaryDirectory(prefix="videocall-metrics-") as numbers:
        # Read by prometheus_client when a worker imports it; its sums hold over the death of a worker.
        os.environ[SHARED_FOLDER] = numbers
        gone = partial(mark_process_dead, path=numbers)
        Workers(partial(_work, settings, files), listener, settings.workers, announce, gone).run()


async def _start_once(settings: Settings) -> None:
    try:
        async with create_app(settings, store=_store(settings)).lifespan():
            pass
    except BaseExceptionGroup as error:
        raise _reason(error) from None


def _work(
    settings: Settings, files: CertificateFiles | None, listener: socket.socket, answers: Callable[[], None]
) -> None:
    try:
        run(settings, listener, announce=answers, files=files)
    except (BadSetting, StoreError, Problem) as error:
        log.error("worker_cannot_start", reason=str(error))  # noqa: TRY400 -- the sentence says it all
        sys.exit(1)


def _store(settings: Settings) -> Store:
    try:
        return open_store(settings.store_url, settings.data)
    except ValueError as error:
        raise BadSetting(str(error)) from None


def run(
    settings: Settings,
    listener: socket.socket,
    *,
    announce: Callable[[], None],
    files: CertificateFiles | None = None,
) -> None:
    """Run the application on a listening socket, by HTTPS if there is a certificate; announce it once it answers."""
    startup = Startup(create_app(settings, store=_store(settings)))
    config = configured(startup, settings, files)
    server = Server(config, announce)
    try:
        with suppress(KeyboardInterrupt):  # Ctrl-C is how one stops it
            server.run(sockets=[listener])
    except SystemExit:
        if startup.error:
            raise startup.error from None
        raise


def configured(application: object, settings: Settings, files: CertificateFiles | None = None) -> uvicorn.Config:
    """How uvicorn serves the application, here and in the tests."""
    return uvicorn.Config(
        cast("ASGI3Application", application),
        loop="uvloop",
        http="httptools",
        ws=PatientWebSockets,
        ws_per_message_deflate=False,  # it triples the memory of a connection
        ws_max_size=MOST_MESSAGE_BYTES,
        lifespan="on",
        log_config=None,  # videocall.logs
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=STOP_WITHIN_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        backlog=BACKLOG,
        ssl_certfile=files and files.certificate,
        ssl_keyfile=files and files.key,
    )


class Startup:
    """Keeps what stopped an application from starting, which uvicorn only writes to its log."""

    def __init__(self, application: object) -> None:
        self._application = cast("ASGI3Application", application)
        self.error: BaseException | None = None

    async def __call__(self, scope: "Scope", receive: "ASGIReceiveCallable", send: "ASGISendCallable") -> None:
        """Pass everything on."""
        if scope["type"] != "lifespan":
            await self._application(scope, receive, send)
            return
        try:
            await self._application(scope, receive, send)
        except Exception as error:
            self.error = _reason(error)
            raise


def _reason(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]  # Litestar runs its lifespan in a task group
    return error


class Server(uvicorn.Server):
    """Says that it serves when it does, and leaves the words about a failed start to the command."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then announce."""
        log = logging.getLogger("uvicorn.error")
        log.disabled = True
        try:
            await super().startup(sockets)
        finally:
            log.disabled = False
        if self.started:
            self._announce()


def announce(address: str, settings: Settings) -> None:
    """Print where to go, where data and unsent mail are, and how to stop."""
    console = Console(highlight=False, soft_wrap=True)
    console.print()
    console.print("  [bold]VideoCall.cc[/] is ready")
    console.print()
    lines = {
        "Address": address,
        "Data folder": str(settings.data.absolute()),
        **({} if settings.smtp_url else {"Mail": f"laid into {OUTBOX}/ there, until VIDEOCALL_SMTP_URL is set"}),
        "First admin": f"{sys.argv[0] if sys.argv[0].endswith('videocall') else 'videocall'} admin create",
        "Stop": "Ctrl-C",
    }
    for label, value in lines.items():
        console.print(Text.assemble((f"  {label:<13}", "dim"), (value, "bold" if label == "Address" else "")))
    console.print()


def show_code(address: str) -> None:
    """Print the address as a QR code for a phone's camera, and prepare people for the browser's warning."""
    code = io.StringIO()
    segno.make(address, micro=False).terminal(code, border=2, compact=True)
    console = Console(highlight=False, soft_wrap=True)
    for line in code.getvalue().splitlines():
        # In fixed colours, since many phones read no inverted code off a light terminal.
        console.print(Text.assemble("  ", (line, "bright_white on black")))
    console.print()
    console.print(
        "  Scan it with a phone on this network. Its browser warns once, since this machine made the certificate"
    )
    console.print("  itself: choose to go on.")
    console.print()
