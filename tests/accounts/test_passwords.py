"""Hashes: nothing truncated, nothing that crashes, and no more work at once than can be borne."""

import asyncio
import threading
from collections.abc import Iterator

import bcrypt
import pytest

from videocall.accounts.passwords import Passwords
from videocall.problems import TooManyRequests


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(4, 8)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("password", "other"),
    [
        ("x" * 72, "x" * 71),
        ("x" * 72 + "a", "x" * 72 + "b"),
        ("x" * 73, "x" * 72),
        ("ü" * 36 + "a", "ü" * 36 + "b"),
        ("before\0after one", "before\0after two"),
        ("before\0", "before"),
        ("x" * 1024, "x" * 1023),
        ("\ud800 half a character", "\ud801 half a character"),
    ],
)
async def test_every_character_counts(passwords: Passwords, password: str, other: str) -> None:
    hashed = await passwords.hash(password)
    assert hashed.startswith("$2b$04$")
    assert await passwords.check(password, hashed)
    assert not await passwords.check(other, hashed)


async def test_keyboards_that_compose_differently_agree(passwords: Passwords) -> None:
    assert await passwords.check("cafe\u0301 au lait", await passwords.hash("caf\u00e9 au lait"))


async def test_nobody_has_no_password_and_costs_the_same(passwords: Passwords) -> None:
    work = 0
    real = bcrypt.checkpw

    def counted(password: bytes, hashed: bytes) -> bool:
        nonlocal work
        work += 2 ** int(hashed.split(b"$")[2])
        return real(password, hashed)

    hashed = await passwords.hash("analytical engine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bcrypt, "checkpw", counted)
        assert not await passwords.check("analytical engine", None)
        for_nobody, work = work, 0
        assert not await passwords.check("differential engine", hashed)
    assert for_nobody == work == 2**4


async def test_a_full_queue_says_try_later_and_empties(passwords: Passwords) -> None:
    gate = threading.Event()

    def slow(*_: object) -> bytes:
        gate.wait(10)
        return b"$2b$04$"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bcrypt, "hashpw", slow)
        waiting = [asyncio.create_task(passwords.hash("analytical engine")) for _ in range(8)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyRequests) as refusal:
            await passwords.hash("analytical engine")
        assert refusal.value.retry_after
        gate.set()
        await asyncio.gather(*waiting)
    assert await passwords.hash("analytical engine")


async def test_a_hash_of_another_cost_is_stale(passwords: Passwords) -> None:
    assert not passwords.is_stale(await passwords.hash("analytical engine"))
    assert passwords.is_stale(bcrypt.hashpw(b"analytical engine", bcrypt.gensalt(5)).decode())
