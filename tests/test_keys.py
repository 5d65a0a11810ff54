"""The secrets of an installation: made once, readable by their owner only, each purpose with a key of its own."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import InvalidToken

from videocall.keys import KEY_FILE, Keys, same
from videocall.settings import BadSetting


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = Keys.open(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]
    assert Keys.open(tmp_path).derive("a purpose") == first.derive("a purpose")


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        derived = list(pool.map(lambda _: Keys.open(tmp_path).derive("a purpose"), range(64)))
    assert len(set(derived)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_damaged_secret_stops_the_start_instead_of_weakening_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(BadSetting, match=r"secret\.key is damaged"):
        Keys.open(tmp_path)
    assert (tmp_path / KEY_FILE).read_bytes() == content


def test_each_purpose_and_each_installation_has_keys_of_its_own() -> None:
    one, other = Keys(bytes(32)), Keys(bytes(31) + b"1")
    derived = {keys.derive(purpose) for keys in (one, other) for purpose in ("tokens", "passwords")}
    assert len(derived) == 4
    assert one.fingerprint("tokens", "text") != one.fingerprint("passwords", "text")
    assert one.fingerprint("tokens", "text") != other.fingerprint("tokens", "text")


def test_what_is_sealed_opens_with_the_same_keys_only() -> None:
    keys = Keys(bytes(32))
    sealed = keys.seal_password("grüne Wiese")
    assert "Wiese" not in sealed
    assert sealed != keys.seal_password("grüne Wiese"), "equal passwords must not look equal in the store"
    assert keys.open_password(sealed) == "grüne Wiese"
    with pytest.raises(InvalidToken):
        Keys(bytes(31) + b"1").open_password(sealed)
    with pytest.raises(InvalidToken):
        keys.unseal("another purpose", keys.seal("a purpose", "text"))


@pytest.mark.parametrize(
    ("left", "right", "equal"), [("", "", True), ("ä", "ä", True), ("a", "", False), ("a", "b", False)]
)
def test_secrets_are_the_same_or_not(left: str, right: str, equal: bool) -> None:  # noqa: FBT001 -- a table
    assert same(left, right) is equal
