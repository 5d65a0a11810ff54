"""Texts that people typed, made fit to be kept, shown beside other people's, and mailed."""

import re
from datetime import datetime

_CONTROLS = {*range(0x20), *range(0x7F, 0xA0)}
_DIRECTIONS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
"""Characters that turn the direction of whatever is shown after them, other people's texts too."""
_DROPPED = {code: None for code in _CONTROLS | _DIRECTIONS if not chr(code).isspace()}


def one_line(text: str) -> str:
    """A text in one line, without control characters; empty when nothing in it can be seen."""
    line = " ".join(text.translate(_DROPPED).split())
    return line if any(character.isprintable() and character != " " for character in line) else ""


def without(text: str, names: set[str], replacement: str) -> str:
    """A text in which something stands for each of these names, however they are written."""
    for name in sorted(names - {""}, key=len, reverse=True):
        text = re.sub(re.escape(name), replacement, text, flags=re.IGNORECASE)
    return text


def table_cell(value: object) -> str:
    """A value for a spreadsheet; what it would take for a formula gets a quote before it (OWASP, CSV injection)."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def lines(text: str) -> str:
    """A text that may have several lines, without other control characters."""
    return "\n".join(line.translate(_DROPPED).rstrip() for line in text.splitlines()).strip()
