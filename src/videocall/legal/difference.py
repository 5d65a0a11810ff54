"""What changed between two texts, by line and in a changed line by word."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from videocall.legal.model import DiffLine, DiffPart

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_ALIKE = 0.45
"""Lines that have less in common are shown as one taken away and another put in its place."""
_LONGEST_LINE = 4000
"""Longer lines are not compared by words, which takes the square of their length."""


@lru_cache(maxsize=64)
def difference(before: str, after: str) -> tuple[DiffLine, ...]:
    """The lines of both texts in order; blank ones do not count."""
    return tuple(_lines(_split(before), _split(after)))


def shortened(lines: Sequence[DiffLine]) -> list[DiffLine | None]:
    """Only what changed, the heading it stands under, and a line around it; None where something is left out."""
    keep: set[int] = set()
    heading: int | None = None
    for at, line in enumerate(lines):
        if line.parts[0].text.startswith("#"):
            heading = at
        if line.kind != "same":
            keep |= {at - 1, at, at + 1} | ({heading} if heading is not None else set())
    shown: list[DiffLine | None] = []
    for at, line in enumerate(lines):
        if at in keep:
            shown.append(line)
        elif not shown or shown[-1] is not None:
            shown.append(None)
    return shown


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[DiffLine]:
    for step, start, end, other_start, other_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        removed, added = before[start:end], after[other_start:other_end]
        if step == "equal":
            yield from (_whole("same", line) for line in added)
            continue
        for at in range(max(len(removed), len(added))):
            old, new = removed[at : at + 1], added[at : at + 1]
            if old and new and (parts := _words(old[0], new[0])):
                yield DiffLine("changed", parts)
            else:
                yield from (_whole("removed", line) for line in old)
                yield from (_whole("added", line) for line in new)


def _whole(kind: Literal["same", "added", "removed"], line: str) -> DiffLine:
    return DiffLine(kind, [DiffPart(kind, line)])


def _words(before: str, after: str) -> list[DiffPart] | None:
    """The words of a line that changed; None for two lines that have little to do with each other."""
    if max(len(before), len(after)) > _LONGEST_LINE:
        return None
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return None
    parts: list[DiffPart] = []
    for step, start, end, other_start, other_end in matcher.get_opcodes():
        if step == "equal":
            parts.append(DiffPart("same", "".join(new[other_start:other_end])))
            continue
        if end > start:
            parts.append(DiffPart("removed", "".join(old[start:end])))
        if other_end > other_start:
            parts.append(DiffPart("added", "".join(new[other_start:other_end])))
    return parts
