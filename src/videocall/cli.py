"""The ``videocall`` command. What takes long to import is imported where it is used: ``--help`` answers at once."""

# ruff: noqa: PLC0415

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from videocall.problems import Problem
from videocall.settings import BadSetting, Settings, load_settings
from videocall.store.base import StoreError

StoreOption = Annotated[
    str | None, typer.Option(metavar="URL", help="sqlite:///PATH or a mongodb:// address (VIDEOCALL_STORE).")
]

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
admin = typer.Typer(no_args_is_help=True, help="Administrators of this installation.")
cli.add_typer(admin, name="admin")


def main() -> None:
    """Run the command; what cannot be done ends with one sentence and exit code 1."""
    try:
        cli()
    except (BadSetting, StoreError, Problem) as refusal:
        typer.echo(str(refusal), err=True)
        sys.exit(1)


@cli.callback()
def _commands() -> None:
    """VideoCall.cc: video meetings in the browser."""


@cli.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (VIDEOCALL_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (VIDEOCALL_PORT).")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that share the work (VIDEOCALL_WORKERS); they need Redis.")
    ] = None,
    lan: Annotated[bool, typer.Option("--lan", help="HTTPS, so that a phone beside you can join.")] = False,  # noqa: FBT002
    store: StoreOption = None,
) -> None:
    """Serve meetings until Ctrl-C."""
    from videocall.serving import EVERYWHERE, serve, serve_local_network

    if lan and host is None:
        host = EVERYWHERE
    settings = _settings(host=host, port=port, workers=workers, store=store)
    if settings.workers > 1 and not settings.redis_url:
        raise BadSetting(
            "Several processes share their rooms over Redis: set VIDEOCALL_REDIS_URL, or leave --workers at 1."
        )
    _require_pages()
    (serve_local_network if lan else serve)(settings)


@cli.command()
def export(file: Annotated[Path, typer.Argument(help="Where to write it.")], store: StoreOption = None) -> None:
    """Write everything that is kept into one file, for another store or another machine."""
    from videocall.moving import export

    export(_settings(store=store), file)


@cli.command("import")
def import_(file: Annotated[Path, typer.Argument(help="What export has written.")], store: StoreOption = None) -> None:
    """Read everything from such a file into an empty store; begun again, it goes on where it was."""
    from videocall.moving import import_

    import_(_settings(store=store), file)


@cli.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write it.")], store: StoreOption = None) -> None:
    """Copy the SQLite file as it is at one moment, while the server goes on."""
    from videocall.moving import backup

    backup(_settings(store=store), file)


@admin.command("create")
def create_admin(store: StoreOption = None) -> None:
    """Make an administrator; asks for name and password. The server may be running meanwhile."""
    from videocall.admin.creating import create_admin
    from videocall.serving import prepare_folder
    from videocall.store.opening import open_store

    settings = _settings(store=store)
    prepare_folder(settings.data)
    if sys.stdin.isatty():
        name = typer.prompt("Name")
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:  # from a script: two lines
        name, password = (sys.stdin.readline().rstrip("\r\n") for _ in range(2))
    made = create_admin(settings, open_store(settings.store_url, settings.data), name, password)
    typer.echo(f"{made} is an administrator now. Sign in at {settings.public_url}/admin")


@cli.command()
def openapi() -> None:
    """Print the description of the API (OpenAPI 3.1) as JSON."""
    from videocall.app import create_app
    from videocall.web.openapi import description

    _require_pages()
    with tempfile.TemporaryDirectory() as folder:  # the description depends on no data
        document = description(create_app(Settings(data=Path(folder))))
    typer.echo(msgspec.json.format(msgspec.json.encode(document), indent=2))


def _settings(**options: str | int | None) -> Settings:
    given = {f"VIDEOCALL_{name.upper()}": str(value) for name, value in options.items() if value is not None}
    return load_settings({**os.environ, **given})


def _require_pages() -> None:
    from videocall.web.pages import STATIC

    if not (STATIC / "index.html").is_file():
        raise BadSetting("The web pages are not built yet: run make web, or install VideoCall.cc by pip.")
