"""The texts that the server writes to people: all of them in every language, each with its gaps and forms."""

import json
import re
import string
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from babel import Locale

from videocall.words import DEFAULT, DELETED_GUEST, DELETED_USER, LANGUAGES, Text, Words, texts

SOURCE = Path(__file__).parents[1] / "src/videocall"
PAGES = Path(__file__).parents[1] / "web/messages"
OTHERS = sorted(LANGUAGES - {DEFAULT})
ENGLISH = texts(DEFAULT)
NOON = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


def variants(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_file_of_texts_is_one_of_a_language_that_is_offered() -> None:
    names = {file.name for file in files("videocall.words").iterdir() if file.name.endswith(".json")}
    assert names == {f"{language}.json" for language in LANGUAGES}


def test_every_text_is_asked_for_and_none_is_asked_for_that_is_not_there() -> None:
    code = "\n".join(path.read_text() for path in SOURCE.rglob("*.py"))
    templates = "\n".join(path.read_text() for path in SOURCE.rglob("templates/*.j2"))
    asked = {*re.findall(r'\.say\("(\w+)"', code), *re.findall(r'\bsay\("(\w+)"', templates)}
    assert asked <= ENGLISH.keys()
    assert {key for key in ENGLISH if f'"{key}"' not in code + templates} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_there_with_its_gaps(language: str) -> None:
    mine = texts(language)
    assert list(mine) == list(ENGLISH), "in the order of the English ones, so that they can be read side by side"
    for key, text in mine.items():
        original = ENGLISH[key]
        assert type(text) is type(original), key
        if isinstance(text, str):
            assert isinstance(original, str)
            assert gaps(text) == gaps(original), key
        else:
            allowed = set().union(*map(gaps, variants(original)))
            assert all(allowed - {"count"} <= gaps(one) <= allowed for one in variants(text)), key
        assert all(one.strip() == one and one for one in variants(text)), key


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_number_has_its_form(language: str) -> None:
    locale = Locale.parse(language)
    forms = {locale.plural_form(number) for number in range(1, 1001)}
    for key, text in texts(language).items():
        if isinstance(text, dict):
            assert forms <= text.keys() <= locale.plural_form.tags | {"other"}, key


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_was_left_in_english(language: str) -> None:
    left = [
        key
        for key, text in texts(language).items()
        if text == ENGLISH[key] and any(len(re.sub(r"\{\w+\}", "", one).split()) > 2 for one in variants(text))
    ]
    assert left == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_who_was_erased_is_called_the_same_on_pages(language: str) -> None:
    words, pages = Words(language), json.loads((PAGES / f"{language}.json").read_text())
    names = {key: words.name(name) for key, name in (("user", DELETED_USER), ("guest", DELETED_GUEST))}
    assert names == {"user": pages["deleted_user"], "guest": pages["deleted_guest"]}
    assert names["user"] in pages["deletion_hard_hint"]
    assert names["user"] in pages["admin_hard_hint"]
    assert names["guest"] in pages["record_erase_text"]
    assert words.name("Ada {name} %s") == "Ada {name} %s"


@pytest.mark.parametrize(
    ("tag", "span", "soon"),
    [
        ("en", "Tuesday, 20 October 2026, 14:00 to 15:00 (Europe/Berlin, UTC+02:00)", "in 10 minutes"),
        ("de-AT", "Dienstag, 20. Oktober 2026, 14:00 bis 15:00 Uhr (Europe/Berlin, UTC+02:00)", "in 10 Minuten"),
        ("pl", "wtorek, 20 października 2026, 14:00-15:00 (Europe/Berlin, UTC+02:00)", "za 10 minut"),
        ("ja", "2026年10月20日火曜日 14:00~15:00 (Europe/Berlin, UTC+02:00)", "10 分後"),
        ("ar", "الثلاثاء، 20 أكتوبر 2026، من 2:00 م إلى 3:00 م (Europe/Berlin, UTC+02:00)", "خلال 10 دقائق"),
        ("tlh", "Tuesday, 20 October 2026, 14:00 to 15:00 (Europe/Berlin, UTC+02:00)", "in 10 minutes"),
    ],
)
def test_times_are_written_as_a_language_writes_them(tag: str, span: str, soon: str) -> None:
    words = Words(tag)
    plain = str.maketrans({"\u2013": "-", "\uff5e": "~", "\u202f": " ", "\u00a0": " ", "\u2068": "", "\u2069": ""})
    assert words.span(NOON, 60, "Europe/Berlin").translate(plain) == span
    assert words.soon(NOON, NOON - timedelta(minutes=10)).translate(plain) == soon


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_meeting_over_midnight_names_both_days(language: str) -> None:
    words = Words(language)
    span = words.span(NOON, 60 * 11, "Europe/Berlin")
    assert "20" in span
    assert "21" in span
    assert words.soon(NOON, NOON - timedelta(seconds=20)) != words.soon(NOON, NOON - timedelta(minutes=20))
