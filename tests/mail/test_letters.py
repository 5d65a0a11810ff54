"""Every letter in every language, as text and as HTML: no gap unfilled, and what people typed never more than text."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from hostile_texts import TEXTS, read_html
from videocall.mail import letters
from videocall.mail.letters import write
from videocall.scheduling.model import Recurrence
from videocall.scheduling.words import rule_in_words
from videocall.words import LANGUAGES, Words

TEMPLATES = Path(letters.__file__).parent / "templates"
STARTS_AT, NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC), datetime(2026, 10, 20, 11, 50, tzinfo=UTC)
SITE = "https://meet.example"
RULE = Recurrence(freq="monthly", interval=2, weekdays=["fr"], nth=-1, until=date(2027, 7, 1))
LETTERS: dict[str, list[dict[str, Any]]] = {
    "verify-email": [{}],
    "reset-password": [{}],
    "password-changed": [{}],
    "second-factor": [{"on": True}, {"on": False}],
    "passkey": [{"added": True}, {"added": False}],
    "change-email-new": [{}],
    "change-email-old": [{}],
    "email-changed": [{}],
    "delete-account": [{"hard": False}, {"hard": True}],
    "deletion-approved": [{}],
    "deletion-done": [{"hard": False}, {"hard": True}],
    "deletion-rejected": [{"notes": ""}, {}],
    "rights-answer": [{}],
    "legal-change": [{}],
    "host-link": [{}],
    "invitation": [{}, {"updated": True, "when_for_host": "", "repeats": "", "needs_password": False}],
    "meeting-cancelled": [{"uninvited": False}, {"uninvited": True, "repeats": ""}],
    "reminder": [{"hosts": True}, {"hosts": False}],
}
"""Each with what differs from `values`, so that every text that it can hold stands in one of them."""


def values(language: str, typed: str) -> dict[str, Any]:
    """What a letter may be given; whatever somebody can type is `typed`."""
    words = Words(language)
    names = ("name", "title", "host_name", "passkey", "notes", "summary", "new_email")
    return {
        **dict.fromkeys(names, typed),
        "site": SITE,
        "link": f"{SITE}/m/abc-defg-hjk",
        "host_link": f"{SITE}/m/abc-defg-hjk#host=secret",
        "rsvp_link": f"{SITE}/rsvp#token",
        "day": date(2027, 7, 1),
        "when": words.span(STARTS_AT, 60, "Europe/Berlin"),
        "when_for_host": words.span(STARTS_AT, 900, "Asia/Tokyo"),
        "repeats": rule_in_words(words, RULE),
        "soon": words.soon(STARTS_AT, NOW),
        "description": [typed, "Second line"],
        "updated": False,
        "needs_password": True,
    }


def test_no_letter_is_left_out() -> None:
    parts = {"layout-html", "layout-text", "kit-html", "kit-text"}
    assert LETTERS.keys() == {path.stem for path in TEMPLATES.glob("*.j2")} - parts


def test_no_template_says_anything_itself() -> None:
    """Between its tags there is nothing but white space, so that no sentence of one language stands in it."""
    for letter in LETTERS:
        rest = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", (TEMPLATES / f"{letter}.j2").read_text(), flags=re.DOTALL)
        assert rest.strip() == "", letter


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_speaks_its_language_with_every_gap_filled(letter: str, language: str) -> None:
    direction = "rtl" if language == "ar" else "ltr"
    for change in LETTERS[letter]:
        content = write(letter, "ada@example.org", language, values(language, "Ada L. & Co") | change)
        english = write(letter, "ada@example.org", "en", values("en", "Ada L. & Co") | change)
        tags, attributes, shown = read_html(content.html)
        assert f'<html lang="{language}" dir="{direction}">' in content.html
        assert {("dir", direction), ("lang", language)} <= attributes
        assert content.language == language
        assert tags <= {"html", "head", "meta", "title", "style", "body", "div", "p", "a", "span", "table", "tr", "td"}
        shown = shown.partition("}\n}\n")[2]  # behind the style sheet
        for part in (content.subject, content.text, shown):
            assert not set("{}") & set(part), part
            assert "None" not in part
        assert ("&" in content.text) == ("&" in english.text)
        assert "&amp;" not in content.text + content.subject
        # What is read in one form is read in the other, links apart.
        flat = "".join(shown.split())
        for line in content.text.partition("\n-- \n")[0].splitlines():
            if line.startswith(SITE):
                continue
            assert "".join(line.removesuffix(":").partition(": ")[0].split()) in flat, line
        links = {value for name, value in attributes if name == "href"}
        assert all(link in content.text for link in links)
        assert all(link in content.html for link in re.findall(r"https://\S+", content.text))
        assert "prefers-color-scheme: dark" in content.html
        assert not re.search(r"src=|@import|url\(", content.html), "a mail loads nothing from anywhere"
        if language != "en":
            sentences = {line for line in english.text.splitlines() if line.count(" ") > 2 and "Ada L." not in line}
            assert not sentences & set(content.text.splitlines()) - {"Second line"}


@pytest.mark.parametrize("language", ["en", "de", "ar", "ja"])
@pytest.mark.parametrize("letter", LETTERS)
def test_what_people_typed_is_text_in_every_language(letter: str, language: str) -> None:
    allowed = {"href", "style", "class", "dir", "lang", "charset", "name", "content", "role"}
    for typed in TEXTS:
        for change in LETTERS[letter]:
            content = write(
                letter, "ada@example.org", language, values(language, f"{typed}\r\nBcc: eve@example.org") | change
            )
            tags, attributes, shown = read_html(content.html)
            assert not tags & {"script", "img", "svg", "iframe", "form", "object", "base", "template", "math"}, typed
            assert {name for name, _ in attributes} <= allowed, typed
            assert all(value.startswith(SITE) for name, value in attributes if name == "href"), typed
            assert not set("\r\n") & set(content.subject)
            if typed in content.subject:
                assert typed in shown
