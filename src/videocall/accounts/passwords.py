"""Password hashes: bcrypt (policy section 3.1), worked out beside the event loop, and never more than can be borne."""

import asyncio
import base64
import hashlib
import hmac
import os
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import resources
from typing import TypeVar

import bcrypt

from videocall.problems import TooManyRequests

_Answer = TypeVar("_Answer")
_BCRYPT_BYTES = 72
_RETRY_SECONDS = 3


@cache
def common_passwords() -> frozenset[str]:
    """The list that ships with this package."""
    text = resources.files("videocall.accounts").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _prepared(password: str) -> bytes:
    """What bcrypt is given: the password's bytes, or a digest of them where bcrypt would drop a part.

    It reads 72 bytes, and some versions of it stop at a NUL. The text is composed first (NFKC, NIST SP 800-63B
    3.1.1.2), so that two keyboards that make one letter in two ways agree. A lone surrogate counts as the bytes of
    its number.
    """
    plain = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
    if len(plain) <= _BCRYPT_BYTES and b"\0" not in plain:
        return plain
    return base64.b64encode(hmac.digest(b"videocall.cc long password", plain, hashlib.sha384))


class Passwords:
    """Makes and checks hashes in threads of their own, one fewer than there are cores; a full queue says try later."""

    def __init__(self, cost: int, most_waiting: int) -> None:
        self._cost = cost
        self._threads = ThreadPoolExecutor(max(1, (os.cpu_count() or 1) - 1), thread_name_prefix="bcrypt")
        self._places = threading.BoundedSemaphore(most_waiting)
        # No password has this hash, and checking it costs what checking a real one costs.
        self._nobody = bcrypt.gensalt(cost).decode() + "." * 31

    async def hash(self, password: str) -> str:
        """The hash to keep; raises `TooManyRequests`."""
        prepared = _prepared(password)
        return (await self._run(lambda: bcrypt.hashpw(prepared, bcrypt.gensalt(self._cost)))).decode()

    async def check(self, password: str, hashed: str | None) -> bool:
        """Whether a hash is of this password; None for somebody unknown, which takes as long. `TooManyRequests`."""
        prepared, wanted = _prepared(password), (hashed or self._nobody).encode()
        right = await self._run(lambda: bcrypt.checkpw(prepared, wanted))
        return right and hashed is not None

    def is_stale(self, hashed: str) -> bool:
        """Whether a hash was made with another cost than is set now."""
        return not hashed.startswith(f"$2b${self._cost:02}$")

    async def _run(self, work: Callable[[], _Answer]) -> _Answer:
        if not self._places.acquire(blocking=False):
            raise TooManyRequests("Too many people are signing in right now.", retry_after=_RETRY_SECONDS)
        future = self._threads.submit(work)
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)
