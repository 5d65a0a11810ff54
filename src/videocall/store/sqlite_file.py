"""The file behind the embedded store: where it may lie, how it is opened, and what its troubles are called."""

import contextlib
import os
import re
import sqlite3
import time
from pathlib import Path

from videocall.store.base import DuplicateKey, StoreError, StoreUnavailable

_NETWORK = re.compile(r"(fuse\.)?(nfs|cifs|smb|9p|afs|ncpfs|ceph|lustre|gluster|sshfs|rclone|s3fs|davfs).*")
_ROOM_TO_WORK = 64 * 1024
_SENTENCES = {
    sqlite3.SQLITE_FULL: "The disk is full: nothing more is kept in {path} until there is room.",
    sqlite3.SQLITE_READONLY: "{path} cannot be written: the file, its folder or its disk is read-only.",
    sqlite3.SQLITE_PERM: "{path} cannot be written: the permissions do not allow it.",
    sqlite3.SQLITE_CANTOPEN: "{path} cannot be opened: check that its folder is there and can be written.",
    sqlite3.SQLITE_NOTADB: "{path} is not a SQLite database; choose another file.",
    sqlite3.SQLITE_CORRUPT: "{path} is damaged: stop the service and put back a backup.",
    sqlite3.SQLITE_BUSY: "{path} is locked by another program for too long: close what else has it open.",
    sqlite3.SQLITE_LOCKED: "{path} is locked by another program for too long: close what else has it open.",
    sqlite3.SQLITE_IOERR: "The disk of {path} cannot be read or written.",
}


def prepare(path: Path, mounts: Path) -> None:
    """Make the file, and the folders above it, where they are missing: readable by its owner only.

    `mounts` lists the mounted file systems (``/proc/self/mountinfo`` on Linux). Raises `StoreUnavailable` when the file
    cannot be written or lies on a network.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        network = network_file_system(path.resolve(), mounts.read_text("utf-8", "replace")) if mounts.exists() else None
        if network:
            raise StoreUnavailable(
                f"{path} lies on a network file system ({network}), where SQLite's locks cannot be trusted: "
                "choose a folder on a local disk, or use MongoDB."
            )
        _make_private(path)
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be written: {error.strerror}.") from error
    if not path.is_file() or not os.access(path, os.W_OK):
        raise StoreUnavailable(f"{path} cannot be written: it is a folder, or read-only.")


def _make_private(path: Path) -> None:
    # A file that is there is not even opened: closing it again would drop the locks that SQLite holds on it for this
    # process (POSIX), and another process could then take itself for the last one and remove the log under our feet.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def network_file_system(path: Path, mounts: str) -> str | None:
    """The type of the network file system that holds an absolute path, None for a local disk."""
    kind = ""
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        point = Path(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields.split(" ")[4]))
        # Of the mounts above a path the latest counts: it lies over the others.
        if path.is_relative_to(point):
            kind = rest.split(" ")[0]
    return kind if _NETWORK.fullmatch(kind) else None


def connect(path: Path, *, patience: float, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode to a file that exists; `patience` is how many seconds it waits for a lock."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=patience, isolation_level=None, check_same_thread=False
    )
    try:
        _switch_to_log(connection, patience)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA journal_size_limit=67108864")
        connection.execute(f"PRAGMA query_only={int(read_only)}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _switch_to_log(connection: sqlite3.Connection, patience: float) -> None:
    # SQLite does not wait for this lock by itself: of several processes that start on a new file, some would fail.
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def copy(source: sqlite3.Connection, path: Path) -> None:
    """Write what a connection sees now into a file at `path`, whole or not at all; an older copy there is replaced.

    Raises `StoreUnavailable` when that fails.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
        with contextlib.closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
        unfinished.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(f"The backup {path} cannot be written: {error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def explain(path: Path, error: sqlite3.Error) -> StoreError:
    """The store's error for one of SQLite's, with a sentence for the operator."""
    if isinstance(error, sqlite3.IntegrityError):
        return DuplicateKey(f"Another document has the same value: {error}.")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_IOERR and _is_full(path):
        code = sqlite3.SQLITE_FULL
    sentence = _SENTENCES.get(code, "SQLite cannot work with {path}.").format(path=path)
    return StoreUnavailable(f"{sentence} ({error})")


def _is_full(path: Path) -> bool:
    with contextlib.suppress(OSError):
        disk = os.statvfs(path.parent)
        return disk.f_bavail * disk.f_frsize < _ROOM_TO_WORK
    return False
