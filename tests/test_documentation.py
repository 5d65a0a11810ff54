"""The documents name everything that there is: each setting, each live message, each closing code."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import fields

from videocall.live import hub, socket
from videocall.live.client_messages import ClientMessage
from videocall.live.server_messages import ServerMessage
from videocall.settings import PREFIX, Settings

DOCS = Path(__file__).parent.parent / "docs"
UNSET = {"store": "a file in the data folder", "site_url": "`http://localhost:PORT`"}
"""Settings whose empty default stands for something."""


def rows(page: str) -> list[list[str]]:
    """The cells of every table row of a page."""
    lines = (DOCS / page).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def documented_settings() -> dict[str, str]:
    """By name: the default as the page gives it."""
    found: dict[str, str] = {}
    for names, default, *_ in rows("configuration.md"):
        settings = [name for name in quoted(names) if name.startswith(PREFIX)]
        defaults = default.split(", ") if len(settings) == default.count(",") + 1 else [default] * len(settings)
        for name, value in zip(settings, defaults, strict=True):
            assert name not in found, f"{name} is listed twice"
            found[name.removeprefix(PREFIX).lower()] = value
    return found


def test_every_setting_is_listed_with_its_default() -> None:
    given = {}
    for field in fields(Settings):
        value = field.default
        text = UNSET.get(field.name) or ("" if value in ("", ()) else f"`{value}`")
        given[field.name] = text
    assert documented_settings() == given


def test_every_setting_is_explained() -> None:
    for names, _, meaning in rows("configuration.md"):
        if PREFIX in names:
            assert len(meaning) > 10, names


def documented_messages() -> dict[str, list[str]]:
    """By type: what the row about a message names."""
    return {
        quoted(cells[0])[0]: quoted(cells[1]) for cells in rows("protocol.md") if len(cells) == 3 and quoted(cells[0])
    }


@pytest.mark.parametrize("message", get_args(ClientMessage) + get_args(ServerMessage), ids=lambda kind: kind.__name__)
def test_every_message_is_listed_with_its_fields(message: Any) -> None:
    row = {name.rstrip("?") for name in documented_messages()[message.__struct_config__.tag]}
    assert set(message.__struct_fields__) <= row


def test_no_message_is_listed_that_there_is_not() -> None:
    tags = {kind.__struct_config__.tag for kind in get_args(ClientMessage) + get_args(ServerMessage)}
    assert set(documented_messages()) == tags


def test_every_closing_code_is_listed() -> None:
    used = {value for module in (hub, socket) for name, value in vars(module).items() if name.startswith("CLOSE_")}
    listed = {int(code) for cells in rows("protocol.md") for code in re.findall(r"\b\d{4}\b", cells[0])}
    assert used <= listed
