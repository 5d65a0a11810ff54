from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from videocall.web.pages import browser_files, in_language
from videocall.words import LANGUAGES


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    for language in LANGUAGES:
        (tmp_path / in_language("index.html", language)).write_text("<title>page</title>")
    (tmp_path / "theme.js").write_text("theme")
    (tmp_path / "assets" / "index-abc.js").write_text("script" * 100)
    (tmp_path / "assets" / "index-abc.js.gz").write_bytes(b"packed")
    return tmp_path


async def no_frames(_: str) -> list[str]:
    return []


def test_every_built_file_is_found_at_its_address(built: Path) -> None:
    with TestClient(Litestar(browser_files(no_frames, built))) as browser:
        assert browser.get("/m/abc-defg-hjk").text == "<title>page</title>"
        assert browser.get("/theme.js").text == "theme"
        asset = browser.get("/assets/index-abc.js", headers={"accept-encoding": "identity"})

        assert asset.text == "script" * 100
        assert "immutable" in asset.headers["cache-control"]
        assert browser.get("/assets/other.js").status_code == 404
