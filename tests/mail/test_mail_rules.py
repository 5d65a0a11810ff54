"""When a mail is tried again, and when it is given up."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from videocall.mail import rules
from videocall.mail.letters import write
from videocall.mail.model import EMAIL_PATTERN

LETTERS = Path(rules.__file__).parent / "templates"
VALUES = {
    "site": "https://meet.example",
    "name": "Ada <b>Lovelace</b>",
    "title": "Notes & engines\nBcc: everybody@example.org",
    "link": "https://meet.example/x#token=abc",
    "host_link": "https://meet.example/m/x#host=abc",
    "new_email": "ada@new.example",
    "on": True,
    "added": True,
    "passkey": "Phone <b>of Ada</b>",
    "hard": True,
    "day": "6 July 2026",
    "notes": "Please settle the bill first.",
    "host_name": "Ada <b>Lovelace</b>",
    "when": "Monday, 22 June 2026, 14:00 to 15:00 (UTC)",
    "when_for_host": "Monday, 22 June 2026, 16:00 to 17:00 (Europe/Berlin, UTC+02:00)",
    "repeats": "every week on Monday",
    "description": ["Bring <i>cups</i>."],
    "rsvp_link": "https://meet.example/rsvp#abc",
    "needs_password": True,
    "updated": False,
    "uninvited": False,
    "soon": "in 10 minutes",
    "summary": "We now <b>also</b> keep this.",
    "why": "You get this because you are invited to the meeting.",
}
TO_STRANGERS = {"invitation", "meeting-cancelled", "reminder"}
"""Letters to people whose name we do not know."""


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


@pytest.mark.parametrize("letter", sorted(path.stem for path in LETTERS.glob("*.j2") if "-text" not in path.stem))
def test_every_letter_says_the_same_as_text_and_as_html(letter: str) -> None:
    if letter.startswith(("kit-", "layout-")):
        return
    content = write(letter, "ada@example.org", VALUES)
    assert content.subject
    assert "\n" not in content.subject
    assert "<b>" not in content.html
    assert "Ada &lt;b&gt;Lovelace&lt;/b&gt;" in content.html
    assert ("Hello Ada <b>Lovelace</b>," in content.text) == (letter not in TO_STRANGERS)
    assert re.findall(r"https://\S+", content.text)
    for link in re.findall(r"https://[^\s<\"]+", content.text):
        assert link in content.html
    assert "prefers-color-scheme: dark" in content.html
    assert not re.search(r"<img|src=|@import|url\(", content.html), "a mail loads nothing from anywhere"


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
