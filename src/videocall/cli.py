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
from videocall.store.base import Store, StoreError

StoreOption = Annotated[
    str | None, typer.Option(metavar="URL", help="sqlite:///PATH or a mongodb:// address (VIDEOCALL_STORE).")
]

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
admin = typer.Typer(no_args_is_help=True, help="Administrators of this installation.")
cli.add_typer(admin, name="admin")
pool = typer.Typer(no_args_is_help=True, help="Jitsi servers that carry large meetings (docs/pool.md).")
cli.add_typer(pool, name="pool")
DomainArgument = Annotated[
    str, typer.Argument(metavar="DOMAIN", help="Like meet.example.org or meet.example.org:8443.")
]


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


@cli.command()
def doctor(store: StoreOption = None) -> None:
    """Look at everything an installation needs, and say what to do; exit code 1 when something has to be mended."""
    from videocall.doctor.report import examine

    settings = _settings(store=store)
    if not examine(settings, _store(settings)):
        raise typer.Exit(1)


@admin.command("create")
def create_admin(store: StoreOption = None) -> None:
    """Make an administrator; asks for name and password. The server may be running meanwhile."""
    from videocall.admin.creating import create_admin

    settings = _settings(store=store)
    kept = _store(settings)
    if sys.stdin.isatty():
        name = typer.prompt("Name")
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:  # from a script: two lines
        name, password = (sys.stdin.readline().rstrip("\r\n") for _ in range(2))
    made = create_admin(settings, kept, name, password)
    typer.echo(f"{made} is an administrator now. Sign in at {settings.public_url}/admin")


@pool.command("check")
def check_server(domain: DomainArgument) -> None:
    """Look at a server, in the pool or not, and print what it allows; exit code 1 when it cannot carry meetings."""
    from videocall.pool.command import check

    settings = _settings()
    if not check(settings, _store(settings), domain):
        raise typer.Exit(1)


@pool.command("add")
def add_server(
    domain: DomainArgument,
    *,
    operator: Annotated[str, typer.Option(help="Who operates it; people are told before they join.")],
    country: Annotated[str, typer.Option(help="Where it stands: two letters, like DE.")],
    region: Annotated[str, typer.Option(help="A word of yours for where it is near, like EU.")] = "",
    weight: Annotated[int, typer.Option(min=1, max=1000, help="Its share beside the others.")] = 10,
    most_meetings: Annotated[int, typer.Option(min=1, max=100_000, help="Meetings at once that were agreed on.")] = 20,
    notes: Annotated[str, typer.Option(help="For you: whom you asked, and when.")] = "",
    store: StoreOption = None,
) -> None:
    """Take a server into the pool, if it can carry meetings; the server of VideoCall.cc may be running meanwhile."""
    from videocall.pool.command import add
    from videocall.pool.model import NewServer

    wish = NewServer(domain, operator, country, region, weight, most_meetings, notes)
    settings = _settings(store=store)
    add(settings, _store(settings), wish)


@pool.command("list")
def list_servers(store: StoreOption = None) -> None:
    """Show the servers of the pool, how they are, and what is on them."""
    from videocall.pool.command import list_servers

    settings = _settings(store=store)
    list_servers(settings, _store(settings))


@pool.command("edit")
def edit_server(
    domain: DomainArgument,
    *,
    operator: Annotated[str | None, typer.Option(help="Who operates it.")] = None,
    country: Annotated[str | None, typer.Option(help="Two letters.")] = None,
    region: Annotated[str | None, typer.Option(help="A word of yours, like EU.")] = None,
    weight: Annotated[int | None, typer.Option(min=1, max=1000, help="Its share beside the others.")] = None,
    most_meetings: Annotated[int | None, typer.Option(min=1, max=100_000, help="Meetings at once.")] = None,
    notes: Annotated[str | None, typer.Option(help="For you.")] = None,
    store: StoreOption = None,
) -> None:
    """Change what is known of a server; what is left out stays."""
    from videocall.pool.command import change

    settings = _settings(store=store)
    change(
        settings,
        _store(settings),
        domain,
        operator=operator,
        country=country,
        region=region,
        weight=weight,
        most_meetings=most_meetings,
        notes=notes,
    )


@pool.command("drain")
def drain_server(
    domain: DomainArgument,
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Let it take meetings again.")] = False,
    store: StoreOption = None,
) -> None:
    """Give a server no more meetings; those on it stay until they end."""
    from videocall.pool.command import change

    settings = _settings(store=store)
    change(settings, _store(settings), domain, draining=not undo)


@pool.command("disable")
def disable_server(
    domain: DomainArgument,
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Switch it on again, once it was looked at.")] = False,
    store: StoreOption = None,
) -> None:
    """Switch a server off; meetings on it move to another one."""
    from videocall.pool.command import change

    settings = _settings(store=store)
    change(settings, _store(settings), domain, enabled=undo)


@pool.command("remove")
def remove_server(domain: DomainArgument, *, store: StoreOption = None) -> None:
    """Take a server out of the pool, with its history; meetings on it move to another one."""
    from videocall.pool.command import remove

    settings = _settings(store=store)
    remove(settings, _store(settings), domain)


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


def _store(settings: Settings) -> Store:
    from videocall.serving import prepare_folder
    from videocall.store.opening import open_store

    prepare_folder(settings.data)
    try:
        return open_store(settings.store_url, settings.data)
    except ValueError as error:
        raise BadSetting(str(error)) from None


def _require_pages() -> None:
    from videocall.web.pages import STATIC

    if not (STATIC / "index.html").is_file():
        raise BadSetting("The web pages are not built yet: run make web, or install VideoCall.cc by pip.")
