"""Decisions about meetings, by tables; and codes."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videocall.meetings import rules
from videocall.meetings.codes import ALPHABET, new_code, read_code
from videocall.meetings.model import Meeting, Person
from videocall.problems import Banned, MeetingEnded, PasswordRequired, Problem

NOW = datetime(2026, 6, 22, 12, 0, tzinfo=UTC)
LIMITS = rules.Limits(abandoned_after=timedelta(seconds=90), empty_after=timedelta(seconds=60))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def meeting(**fields: Any) -> Meeting:
    plain: dict[str, Any] = {
        "code": "abc-defg-hjk",
        "title": "Tea",
        "description": "",
        "kind": "instant",
        "status": "live",
        "engine": "auto",
        "server": None,
        "lobby": False,
        "password_sealed": None,
        "host_id": "ada",
        "host_name": "Ada",
        "host_email": None,
        "host_key_digest": "",
        "created_at": ago(hours=1),
    }
    return Meeting(**{**plain, **fields})


def person(**fields: Any) -> Person:
    return Person(**{"id": "x", "meeting": "abc-defg-hjk", "name": "X", "role": "guest", "created_at": NOW, **fields})


HOST, GUEST, ADMITTED, BANNED = person(role="host"), person(), person(admitted=True), person(admitted=True, banned=True)


@pytest.mark.parametrize(
    ("locked", "who", "needed"),
    [(False, None, False), (True, None, True), (True, GUEST, False), (True, ADMITTED, False), (True, HOST, False)],
)
def test_a_password_is_for_whoever_is_not_known_yet(locked: bool, who: Person | None, needed: bool) -> None:  # noqa: FBT001
    assert rules.needs_password(meeting(password_sealed="x" if locked else None), who) is needed


@pytest.mark.parametrize(
    ("status", "who", "problem"),
    [
        ("live", None, None),
        ("scheduled", GUEST, None),
        ("live", BANNED, Banned),
        ("ended", None, MeetingEnded),
        ("ended", HOST, MeetingEnded),
        ("cancelled", HOST, MeetingEnded),
        ("ended", BANNED, MeetingEnded),
    ],
)
def test_a_meeting_is_open_until_it_ends_to_all_but_the_banned(
    status: str, who: Person | None, problem: type[Problem] | None
) -> None:
    if problem is None:
        rules.check_open(meeting(status=status), who)
    else:
        with pytest.raises(problem):
            rules.check_open(meeting(status=status), who)


@pytest.mark.parametrize(("given", "right", "wrong"), [("a", True, False), ("b", False, True), (" ", False, True)])
def test_a_password_is_right_or_a_guess(given: str, right: bool, wrong: bool) -> None:  # noqa: FBT001
    assert rules.check_password(given, right=right) is wrong


@pytest.mark.parametrize("given", [None, ""])
def test_no_password_is_no_guess(given: str | None) -> None:
    with pytest.raises(PasswordRequired):
        rules.check_password(given, right=False)


@pytest.mark.parametrize(
    ("lobby", "who", "way"),
    [
        (False, GUEST, "admitted"),
        (False, HOST, "admitted"),
        (True, GUEST, "waiting"),
        (True, ADMITTED, "admitted"),
        (True, HOST, "admitted"),
    ],
)
def test_a_lobby_holds_guests_who_were_not_let_in(lobby: bool, who: Person, way: str) -> None:  # noqa: FBT001
    assert rules.admission(meeting(lobby=lobby), who) == way


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, None),
        ({"created_at": ago(hours=24)}, None),
        ({"created_at": ago(hours=24, seconds=1)}, "abandoned"),
        ({"seen_at": ago(seconds=90)}, None),
        ({"seen_at": ago(seconds=91)}, "abandoned"),
        ({"seen_at": ago(seconds=5), "created_at": ago(days=3)}, None),
        ({"seen_at": ago(seconds=61), "empty_since": ago(seconds=60)}, None),
        ({"seen_at": ago(seconds=61), "empty_since": ago(seconds=61)}, "abandoned"),
        ({"seen_at": ago(days=1), "empty_since": ago(days=1), "ended_at": ago(hours=2)}, None),
    ],
)
def test_a_meeting_ends_when_nobody_was_there_for_long_enough(fields: dict[str, Any], why: str | None) -> None:
    assert rules.due_end(meeting(**fields), NOW, LIMITS) == why


@given(st.randoms(use_true_random=False))
def test_a_code_is_read_however_it_is_typed(random: Any) -> None:
    code = new_code()
    assert re.fullmatch(r"[0-9a-z]{3}-[0-9a-z]{4}-[0-9a-z]{3}", code)
    assert set(code) <= {*ALPHABET, "-"}
    typed = "".join(
        random.choice([letter, letter.upper(), f" {letter}"])
        for letter in code
        if random.random() < 0.5 or letter != "-"
    )
    mistaken = typed.replace("0", random.choice("0oO")).replace("1", random.choice("1lLiI"))
    assert read_code(mistaken) == code


def test_codes_are_not_repeated_and_hold_fifty_bits() -> None:
    assert len({new_code() for _ in range(2000)}) == 2000
    assert len(set(ALPHABET)) == 32


@pytest.mark.parametrize(
    "typed", ["", "abc", "abc-defg-hj", "abc-defg-hjkk", "abc-defg-hju", "äbc-defg-hjk", "abc_defg_hjk", "\x00" * 10]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None
