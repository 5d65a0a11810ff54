"""What becomes of texts that people typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videocall.texts import lines, one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ada", "Ada"),
        ("  Ada \t Lovelace\n", "Ada Lovelace"),
        ("Ada\r\nBcc: eve@example.org", "Ada Bcc: eve@example.org"),
        ("A\x00d\x07a\x1b[31m\x7f\x9b", "Ada[31m"),
        ("\u202eadA\u202c", "adA"),
        ("\u2066Ada\u2069", "Ada"),
        ("עדה", "עדה"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001 -- Persian
        ("👩\u200d💻", "👩\u200d💻"),
        ("Zoë", "Zoë"),
        ("\u200b\u200b \ufeff", ""),
        ("\x00\x01", ""),
        (" ", ""),
        ("", ""),
    ],
)
def test_a_name_is_one_line_that_can_be_seen(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("One\r\n\r\ntwo\x00 \n", "One\n\ntwo"), ("\tindented\x1b", "indented"), ("a\u202eb\u2028c", "ab\nc"), ("", "")],
)
def test_a_description_keeps_its_lines(typed: str, kept: str) -> None:
    assert lines(typed) == kept


@given(st.text())
def test_what_was_cleaned_once_stays_as_it_is(typed: str) -> None:
    assert one_line(one_line(typed)) == one_line(typed)
    assert lines(lines(typed)) == lines(typed)
    assert "\x00" not in one_line(typed) + lines(typed)
