"""What names, addresses and passwords may be, and how a deletion may go on: tables."""

import itertools
from typing import get_args

import pytest

from videocall.accounts import rules
from videocall.accounts.model import DeletionStatus
from videocall.accounts.passwords import common_passwords

COMMON = common_passwords()


@pytest.mark.parametrize(
    "password",
    [
        "password123", "Password123!", "P@ssw0rd123", "1234567890", "0987654321", "qwertyuiop", "QWERTYUIOP",
        "poiuytrewq", "aaaaaaaaaaaa", "abababababab", "iloveyou2024", "passwordpassword", "!!welcome123",
        "1qaz2wsx3edc", "letmeinnow", "abcdefghij", "videocall1", "Sunshine2026!", "adminadmin", "1q2w3e4r5t",
    ],
)  # fmt: skip
def test_a_password_that_anybody_would_try_is_refused(password: str) -> None:
    assert rules.password_error(password, "grace@example.org", COMMON) is not None


@pytest.mark.parametrize(
    "password",
    [
        "analytical engine", "kjh2bx83ns", "monkey riding a bicycle", "Тройка семёрка туз", "ночь улица фонарь",
        "correct staple horse", "🦊🐢🦉🐙🦀🐳🦋🐞🦜🦔", "aaaa bbbb cccc dddd", "password-of-my-neighbour",
    ],
)  # fmt: skip
def test_any_composition_will_do(password: str) -> None:
    assert rules.password_error(password, "grace@example.org", COMMON) is None


@pytest.mark.parametrize(
    ("password", "part"),
    [
        ("short", "at least 10"),
        ("x1y2z3" * 171, "at most 1024"),
        ("grace hopper likes this", "may not contain"),
        ("me at EXAMPLE.org always", "may not contain"),
    ],
)
def test_why_a_password_is_refused(password: str, part: str) -> None:
    assert part in (rules.password_error(password, "Grace@Example.org", COMMON) or "")


def test_a_short_mailbox_name_does_not_count_as_ones_address() -> None:
    assert rules.password_error("the al of everything", "al@example.org", COMMON) is None


@pytest.mark.parametrize("name", ["Ada", "  Ada  ", "Ada   Augusta", "Renée", "李", "O'Brien-Smith", "عائشة", "न्यूटन"])
def test_names_are_as_people_write_them(name: str) -> None:
    assert rules.name_error(name, "first name") is None
    assert rules.clean_name(name) == " ".join(name.split())


@pytest.mark.parametrize("name", ["", "   ", "a" * 41, "Ada\0", "Ada\x1b[31m", "\u202eadA", "Ad\ufdd0a", "\ud800"])
def test_names_that_cannot_be_shown(name: str) -> None:
    assert rules.name_error(name, "first name") is not None


def test_a_name_is_composed() -> None:
    assert rules.clean_name("Rene\u0301e") == "Ren\u00e9e"


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "A program"),
        ("", "A program"),
    ],
)
def test_a_device_is_named_coarsely(agent: str, label: str) -> None:
    assert rules.device_label(agent) == label


def test_a_deletion_goes_one_way() -> None:
    states = get_args(DeletionStatus)
    allowed = {(one, other) for one, other in itertools.product(states, states) if rules.may_become(one, other)}
    assert allowed == {
        ("unverified", "waiting"),
        ("waiting", "approved"),
        ("waiting", "rejected"),
        ("approved", "rejected"),
        ("approved", "done"),
    }
