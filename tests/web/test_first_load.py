"""What browsers have to fetch before they show something, read from the built files."""

import re
from pathlib import Path

import pytest

from videocall.web.pages import STATIC

# Of the files alone, in bytes: what the API answers comes on top. The goals (docs/performance.md) are below this.
LANDING = 38_000
ROOM = 80_000
ROOM_FILES = 8


def page_files() -> set[str]:
    """Scripts and styles that index.html itself asks for, fonts apart, and itself."""
    page = (STATIC / "index.html").read_text()
    return {"index.html", *re.findall(r'(?:src|href)="/((?:assets/[^"]+|theme)\.(?:js|css))"', page)}


def asked_for(script: str) -> dict[str, set[str]]:
    """What a script imports later: the name of each part, and all files that come with it."""
    text = (STATIC / script).read_text()
    listed = re.search(r"m\.f=\[([^\]]+)\]", text)
    assert listed is not None, script
    files = re.findall(r'"([^"]+)"', listed[1])
    calls = re.findall(
        r"import\(`\./([\w~-]+)-[\w-]{8}\.js`\)(?:\.then\(\w+=>\w+\.\w+\))?,__vite__mapDeps\(\[([\d,]*)\]\)", text
    )
    return {name: {files[int(number)] for number in numbers.split(",") if number} for name, numbers in calls}


def entry() -> str:
    """The script that the page begins with."""
    (script,) = (name for name in page_files() if name.startswith("assets/") and name.endswith(".js"))
    return script


def size(files: set[str]) -> int:
    """Bytes over plain http."""
    packed = (Path(f"{STATIC / name}.gz") for name in files)
    return sum(path.stat().st_size for path in packed)


def test_the_landing_page_stays_small() -> None:
    assert size(page_files()) <= LANDING


def test_the_room_stays_small_up_to_its_first_frame() -> None:
    files = page_files() | asked_for(entry())["meeting"]
    assert len(files) <= ROOM_FILES, sorted(files)
    assert size(files) <= ROOM, sorted(files)


PAGES = ["Login", "SingleSignOn", "Register", "ForgotPassword", "VerifyEmail", "Profile", "DeleteAccount", "Dashboard"]
PAGES += ["Schedule", "Details", "Rsvp", "MyRecord", "PrivacyRights", "Console", "NotFound"]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_fetches_what_is_of_a_meeting_or_of_the_console(page: str) -> None:
    lazy = re.findall(r"`\./(lazy-[\w-]{8}\.js)`", (STATIC / entry()).read_text())[0]
    foreign = {"meeting"} if page == "Console" else {"meeting", "console", "Console"}
    names = {name.removeprefix("assets/").split("-")[0] for name in asked_for(f"assets/{lazy}")[page]}
    assert page in names
    assert not names & foreign
