"""Which language a page comes in."""

import json
from pathlib import Path

import httpx
import pytest

from running_server import RunningServer
from videocall.words import LANGUAGES

WEB = Path(__file__).parents[2] / "web"


def test_the_server_offers_what_the_pages_are_built_in() -> None:
    settings = json.loads((WEB / "project.inlang/settings.json").read_text())
    assert set(settings["locales"]) == LANGUAGES
    assert {path.stem for path in (WEB / "messages").glob("*.json")} == LANGUAGES


@pytest.mark.parametrize(
    ("accepted", "cookie", "language"),
    [
        ("de", "", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "", "de"),
        ("sv-SE,sv;q=0.9,PT-br;q=0.5,en;q=0.1", "", "pt"),
        ("en;q=0.1, ar ; q=0.2", "", "ar"),
        ("zh-Hant-TW", "", "zh"),
        ("de;q=0, fr;q=0.3", "", "fr"),
        ("*", "", "en"),
        ("", "", "en"),
        ("sv", "", "en"),
        ("de;q=x;;;,,fr;q=1e400, ja;q=nan", "", "fr"),
        ("de", "ja", "ja"),
        ("de", "xx", "de"),
        ("de", "../../etc/passwd", "de"),
    ],
)
async def test_a_page_comes_in_the_language_that_was_chosen_or_is_asked_for_first(
    server: RunningServer, accepted: str, cookie: str, language: str
) -> None:
    headers = {"accept-language": accepted, "accept": "text/html"} | (
        {"cookie": f"language={cookie}"} if cookie else {}
    )
    for path in ("/", "/m/abc-defg-hjk", "/nowhere", "/offline.html"):
        page = await server.http.get(path, headers=headers)
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text, path
        assert {"Accept-Language", "Cookie"} <= {one.strip() for one in page.headers["vary"].split(",")}, path


async def test_a_script_of_a_page_is_one_of_its_language(server: RunningServer) -> None:
    async def script(language: str) -> httpx.Response:
        page = (await server.http.get("/", headers={"accept-language": language})).text
        address = page.partition('<script type="module" crossorigin src="')[2].partition('"')[0]
        return await server.http.get(address)

    german, english = await script("de"), await script("en")
    assert german.status_code == english.status_code == 200
    assert "Neues Meeting" in german.text or "Neue Besprechung" in german.text
    assert "New meeting" in english.text
    assert "New meeting" not in german.text
