"""What a look at one part of the installation found."""

from typing import Literal

from msgspec import Struct

Verdict = Literal["good", "note", "bad"]
"""A `note` is something to know that stops nobody; `bad` is what people will meet."""


class Finding(Struct, frozen=True):
    """One line of the report. `advice` says what to do, and is empty where all is well."""

    what: str
    verdict: Verdict
    sentence: str
    advice: str = ""


def good(what: str, sentence: str) -> Finding:
    """All is well."""
    return Finding(what, "good", sentence)


def note(what: str, sentence: str, advice: str) -> Finding:
    """Something to know."""
    return Finding(what, "note", sentence, advice)


def bad(what: str, sentence: str, advice: str) -> Finding:
    """Something that has to be mended."""
    return Finding(what, "bad", sentence, advice)
