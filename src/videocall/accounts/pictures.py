"""Where profile pictures lie: ``public/uploads`` in the data folder, under names that nobody can guess (policy 3.4)."""

import asyncio
import os
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from videocall.accounts.model import Me, User
from videocall.accounts.picture import redraw
from videocall.accounts.repository import AccountRepository
from videocall.accounts.service import Accounts, present
from videocall.problems import NotFound, TooManyRequests
from videocall.rates import Rates

PICTURE_RATE = "20/hour"
MOST_WAITING = 8
_NAME = re.compile(r"[A-Za-z0-9_-]{22}\.webp")


class Pictures:
    """Takes, shows and removes profile pictures. One is drawn at a time, so the memory it takes is bounded."""

    def __init__(self, folder: Path, accounts: Accounts, repository: AccountRepository, rates: Rates) -> None:
        self._folder = folder / "public" / "uploads"
        self._accounts = accounts
        self._repository = repository
        self._rates = rates
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._waiting = 0

    async def put(self, user: User, uploaded: bytes) -> Me:
        """Give an account a new picture; the old one is removed. Raises `PictureRefused`, `TooManyRequests`."""
        await self._rates.hit(PICTURE_RATE, "picture", user.id)
        return await self._exchange(user, await self.keep(uploaded))

    async def keep(self, uploaded: bytes) -> str:
        """Draw a picture anew and keep it; the name of its file. Raises `PictureRefused`, `TooManyRequests`."""
        if self._waiting >= MOST_WAITING:
            raise TooManyRequests("Too many pictures are being uploaded right now.", retry_after=5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._draw, uploaded)
        finally:
            self._waiting -= 1

    async def remove(self, user: User) -> Me:
        """Take the picture away, file and all."""
        return await self._exchange(user, "")

    async def _exchange(self, user: User, name: str) -> Me:
        changed = await self._repository.change_if(user.id, {"picture": user.picture}, picture=name)
        if changed is None:
            # Another upload was faster, or the account is gone: the file belongs to nobody.
            self.erase(name)
            return self._accounts.view(await self._accounts.reload(user.id))
        self.erase(user.picture)
        return self._accounts.view(present(changed))

    def _draw(self, uploaded: bytes) -> str:
        picture = redraw(uploaded)
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{secrets.token_urlsafe(16)}.webp"
        with os.fdopen(os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
            file.write(picture)
        return name

    async def read(self, name: str) -> bytes:
        """A picture by its file name; raises `NotFound`."""
        if not _NAME.fullmatch(name):
            raise NotFound
        try:
            return await asyncio.to_thread((self._folder / name).read_bytes)
        except FileNotFoundError:
            raise NotFound from None

    def erase(self, name: str) -> None:
        """Remove a file, if there is one."""
        if _NAME.fullmatch(name):
            (self._folder / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown(wait=False, cancel_futures=True)
