"""When a mail is tried again, and when it is given up."""

import re
from datetime import timedelta

import pytest

from videocall.mail import rules
from videocall.mail.model import EMAIL_PATTERN


def test_delays_grow_and_stop_growing() -> None:
    delays = [rules.delay(attempts) for attempts in range(1, rules.MOST_ATTEMPTS + 1)]
    assert delays[:4] == [timedelta(minutes=minutes) for minutes in (1, 4, 16, 64)]
    assert delays == sorted(delays)
    assert max(delays) == timedelta(hours=6)


def test_a_claim_outlasts_an_attempt() -> None:
    assert timedelta(seconds=rules.ATTEMPT_SECONDS) < rules.LEASE


@pytest.mark.parametrize(
    ("attempts", "permanent", "dead"),
    [(1, False, False), (1, True, True), (9, False, False), (10, False, True), (11, False, True)],
)
def test_a_mail_is_given_up(attempts: int, permanent: bool, dead: bool) -> None:  # noqa: FBT001 -- a table
    assert rules.is_dead(attempts, permanent=permanent) is dead


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("ada@example.org", True),
        ("ada.lovelace+calls@mail.example.org", True),
        ("ada", False),
        ("ada@localhost", False),
        ("ada@example.org,eve@example.org", False),
        ("ada@example.org\nBcc: eve@example.org", False),
        ("Ada <ada@example.org>", False),
        ('"ada eve"@example.org', False),
        ("ada@exämple.org", False),
        ("ada@example..org", False),
    ],
)
def test_an_address_is_one_address(address: str, good: bool) -> None:  # noqa: FBT001 -- a table
    assert bool(re.fullmatch(EMAIL_PATTERN, address)) is good
