"""Handing a meeting on: link, QR codes, e-mail."""

import io
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest
import segno
from PIL import Image

from running_server import RunningServer
from videocall.words import LANGUAGES, Words


async def test_the_link_and_the_mail_say_where_and_keep_the_password_back(server: RunningServer) -> None:
    meeting = await server.create(title="Tea & “cake” 50%", password="sesame")
    share = (await server.http.get(f"/api/meetings/{meeting['code']}/share")).json()
    link = f"https://meet.example/m/{meeting['code']}"
    assert share["link"] == link
    assert share["email"]["subject"] == "Join me: Tea & “cake” 50%"
    assert link in share["email"]["text"]
    assert "asked for the password" in share["email"]["text"]
    assert "sesame" not in str(share)
    mailto = share["email"]["mailto"]
    fields = {name: values[0] for name, values in parse_qs(urlsplit(mailto).query, strict_parsing=True).items()}
    assert mailto.startswith("mailto:?")
    assert "+" not in mailto, "mail programs show a plus as a plus"
    assert fields == {"subject": share["email"]["subject"], "body": share["email"]["text"].replace("\n", "\r\n")}
    assert unquote(mailto).count(link) == 1
    assert (await server.view(meeting))["share"] == share
    plain = await server.create()
    assert "password" not in (await server.http.get(f"/api/meetings/{plain['code']}/share")).json()["email"]["text"]


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_the_mail_that_a_host_sends_is_in_the_language_of_their_page(
    server: RunningServer, language: str
) -> None:
    starts_at = (server.clock.now() + timedelta(days=1)).isoformat()
    series = {"kind": "scheduled", "starts_at": starts_at, "recurrence": {"freq": "weekly"}, "password": "sesame"}
    meeting = await server.create(title="Tea {cake}", **series)
    headers = {"accept-language": "xx, de;q=0.1", "cookie": f"language={language}"}
    email = (await server.http.get(f"/api/meetings/{meeting['code']}/share", headers=headers)).json()["email"]
    words = Words(language)
    assert email["subject"] == words.say("share_subject", title="Tea {cake}")
    for key in ("share_hello", "in_browser", "share_password"):
        assert words.say(key) in email["text"]
    assert email["text"].count("{") == 1


@pytest.mark.parametrize("kind", ["svg", "png"])
async def test_the_qr_code_is_that_of_the_link(server: RunningServer, kind: str) -> None:
    meeting = await server.create()
    typed = meeting["code"].upper().replace("-", "")
    answer = await server.http.get(f"/api/meetings/{typed}/qr.{kind}")
    assert answer.headers["content-type"] == {"svg": "image/svg+xml", "png": "image/png"}[kind]
    code = segno.make(f"https://meet.example/m/{meeting['code']}", error="m")
    modules = [[bool(module) for module in row] for row in code.matrix]
    side = (len(modules) + 2 * 4) * 8
    if kind == "svg":
        root = ET.fromstring(answer.content)  # noqa: S314 -- our own
        assert (root.get("width"), root.get("height")) == (str(side), str(side))
        assert answer.content == _saved(code, "svg")
    else:
        image = Image.open(io.BytesIO(answer.content)).convert("1")
        assert image.size == (side, side)
        seen = [
            [image.getpixel((8 * (x + 4) + 4, 8 * (y + 4) + 4)) == 0 for x in range(len(row))]
            for y, row in enumerate(modules)
        ]
        assert seen == modules


def _saved(code: segno.QRCode, kind: str) -> bytes:
    out = io.BytesIO()
    code.save(out, kind=kind, scale=8, border=4)
    return out.getvalue()


async def test_what_is_not_there_cannot_be_shared(server: RunningServer) -> None:
    for path in ("share", "qr.svg", "qr.png"):
        answer = await server.http.get(f"/api/meetings/abc-defg-hjk/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "meeting-not-found"), path
