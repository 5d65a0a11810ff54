"""The commands export, import and backup: what they do is in `videocall.store.transfer`, what they say is here."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress, TaskID

from videocall.clock import SystemClock
from videocall.keys import KEY_FILE
from videocall.records import BY_ITSELF, FOLDERS, RECORDS
from videocall.settings import BadSetting, Settings
from videocall.store.archive import Receipt
from videocall.store.base import Store
from videocall.store.opening import open_store
from videocall.store.sqlite import SqliteStore
from videocall.store.transfer import Report, Transfer

Result = TypeVar("Result")
_SQLITE = "sqlite:///"


def export(settings: Settings, file: Path) -> None:
    """Write the store and the pictures into `file`. Raises `CannotTransfer`, `StoreUnavailable`, `BadSetting`."""
    _require_file(settings)

    async def work(store: Store, report: Report) -> Receipt:
        transfer = Transfer(store, settings.data, RECORDS, FOLDERS, report)
        return await transfer.export(file, SystemClock().now())

    receipt = _run(settings, work)
    _say(f"Exported to {file}", receipt)
    _print(
        f"  {(settings.data / KEY_FILE).absolute()} is not in it. Copy that file to the data folder of the new place "
        "too:\n  without it nobody's token or link is valid there, and no meeting password can be read.\n"
    )


def import_(settings: Settings, file: Path) -> None:
    """Read such a file into a store that holds nothing but what a first start puts there.

    Raises `CannotTransfer`, `StoreUnavailable`, `BadSetting`.
    """

    async def work(store: Store, report: Report) -> Receipt:
        return await Transfer(store, settings.data, RECORDS, FOLDERS, report, BY_ITSELF).import_(file)

    receipt = _run(settings, work)
    _say(f"Imported from {file}, and read again to compare", receipt)
    key = settings.data / KEY_FILE
    if not key.exists():
        _print(
            f"  {key.absolute()} is missing. Copy it from the old place before the first start: a new one would make "
            "every\n  token and link invalid, and no meeting password could be read.\n"
        )


def backup(settings: Settings, file: Path) -> None:
    """Copy the SQLite file, as it is at one moment. Raises `StoreUnavailable`, `BadSetting`."""
    _require_file(settings)

    async def work(store: Store, _: Report) -> None:
        if not isinstance(store, SqliteStore):
            raise BadSetting(
                "A MongoDB is backed up by its own tools (mongodump, or the backups of Atlas); videocall export works "
                "with it too."
            )
        await store.backup(file)

    _run(settings, work)
    _print(
        f"  Copied to {file}. Keep {(settings.data / KEY_FILE).absolute()} and the pictures in "
        f"{(settings.data / FOLDERS[0]).absolute()} beside it."
    )


def _require_file(settings: Settings) -> None:
    """To open a store makes it, and an empty one would be exported where somebody has mistyped its name."""
    path = Path(settings.store_url.removeprefix(_SQLITE))
    if settings.store_url.startswith(_SQLITE) and not path.exists():
        raise BadSetting(f"There is no {path.absolute()}: say where the store is by --store or VIDEOCALL_STORE.")


def _run(settings: Settings, work: Callable[[Store, Report], Awaitable[Result]]) -> Result:
    try:
        store = open_store(settings.store_url, settings.data)
    except ValueError as error:
        raise BadSetting(str(error)) from None

    async def opened(progress: Progress) -> Result:
        tasks: dict[str, TaskID] = {}

        def report(doing: str, done: int, total: int) -> None:
            if doing not in tasks:
                tasks[doing] = progress.add_task(doing)
            progress.update(tasks[doing], completed=done, total=total)

        await store.open()
        try:
            return await work(store, report)
        finally:
            await store.close()

    with Progress(console=Console(stderr=True), transient=True) as progress:
        return asyncio.run(opened(progress))


def _say(what: str, receipt: Receipt) -> None:
    _print(f"  {what}:")
    for name, number in [*receipt.counts.items(), ("files", receipt.files)]:
        _print(f"  {number:>12,}  {name.replace('_', ' ')}")
    _print(f"  SHA-256 {receipt.digest}\n")


def _print(text: str) -> None:
    Console(highlight=False, soft_wrap=True).print(text, markup=False)
