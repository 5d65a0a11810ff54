"""Profile pictures: sixty hostile uploads are refused or come out clean, in bounded memory."""

import io
import subprocess
import sys

import pytest
from PIL import Image

import hostile_pictures
from hostile_pictures import MARK, cleaned, picture, refused
from people import code_of, register
from running_server import RunningServer
from videocall.accounts.picture import SIDE, redraw
from videocall.problems import PictureRefused

REFUSED, CLEANED = dict(refused()), dict(cleaned())
MOST_MEGABYTES = 300


def test_there_are_sixty() -> None:
    assert len(REFUSED) + len(CLEANED) >= 60


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_picture_or_too_much_of_one_is_refused(kind: str) -> None:
    with pytest.raises(PictureRefused) as refusal:
        redraw(REFUSED[kind])
    assert refusal.value.errors["file"].endswith(".")


@pytest.mark.parametrize("kind", CLEANED)
def test_only_the_pixels_come_through(kind: str) -> None:
    uploaded = CLEANED[kind]
    drawn = redraw(uploaded)
    assert MARK not in drawn
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.format == "WEBP"
        assert image.width == image.height <= SIDE
        assert not image.getexif()
        assert not {"icc_profile", "xmp", "exif"} & set(image.info)
        assert getattr(image, "n_frames", 1) == 1
    assert drawn.startswith(b"RIFF")
    assert len(drawn) == int.from_bytes(drawn[4:8], "little") + 8, "nothing hangs on behind"


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "1"])
def test_every_way_to_hold_pixels_is_drawn(mode: str) -> None:
    with Image.open(io.BytesIO(redraw(picture(size=(1300, 1100), mode=mode)))) as image:
        assert image.size == (SIDE, SIDE)


def test_a_picture_stands_upright() -> None:
    sideways = Image.new("RGB", (600, 600), "white")
    sideways.paste("red", (0, 0, 600, 300))
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    sideways.save(out, "JPEG", exif=exif, quality=95)
    with Image.open(io.BytesIO(redraw(out.getvalue()))) as image:
        red, _, blue = image.convert("RGB").getpixel((480, 256))  # type: ignore[misc]
        assert red > 200
        assert blue < 100, "the top became the right side"


def test_small_pictures_are_not_blown_up() -> None:
    with Image.open(io.BytesIO(redraw(picture(size=(100, 40))))) as image:
        assert image.size == (40, 40)


def test_the_heavy_ones_take_bounded_memory() -> None:
    """In a process of its own, so that its peak is theirs."""
    program = [sys.executable, hostile_pictures.__file__]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert int(done.stdout) < MOST_MEGABYTES


async def test_a_picture_is_public_by_its_address_until_it_is_replaced(server: RunningServer) -> None:
    ada = await register(server)

    async def put(uploaded: bytes, name: str = "me.png") -> str:
        answer = await ada.call("PUT", "/api/me/picture", files={"file": (name, uploaded)})
        assert answer.status_code == 200, answer.text
        address: str = answer.json()["picture"]
        return address.removeprefix("https://meet.example")

    first = await put(picture(), name="../../etc/passwd.svg")
    shown = await server.http.get(first)
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "image/webp"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["cache-control"] == "public, max-age=86400, immutable"
    assert "sandbox" in shown.headers["content-security-policy"]
    second = await put(picture("JPEG"))
    assert second != first
    assert len(second.removeprefix("/uploads/").removesuffix(".webp")) >= 22
    assert (await server.http.get(first)).status_code == 404
    assert (await ada.call("DELETE", "/api/me/picture")).json()["picture"] is None
    assert (await server.http.get(second)).status_code == 404
    assert not list((server.settings.data / "public" / "uploads").iterdir())


async def test_uploads_that_cannot_be_read_are_told_why(server: RunningServer) -> None:
    ada = await register(server)
    svg = await ada.call("PUT", "/api/me/picture", files={"file": ("x.png", REFUSED["svg"], "image/png")})
    assert code_of(svg) == (400, "picture-refused")
    assert set(svg.json()["errors"]) == {"file"}
    large = await ada.call("PUT", "/api/me/picture", files={"file": ("x.png", bytes(9 * 1024 * 1024))})
    assert large.status_code in {400, 413}
    assert (await ada.call("PUT", "/api/me/picture", files={"other": ("x.png", picture())})).status_code == 400
    assert (await ada.call("PUT", "/api/me/picture", data={"file": "text"})).status_code in {400, 415}
    assert (await ada.call("PUT", "/api/me/picture", json={})).status_code in {400, 415}
    assert (await server.http.put("/api/me/picture", files={"file": ("x.png", picture())})).status_code == 401
    for name in ("..%2Fsecret.key", "secret.key", "x.webp", "%2e%2e/%2e%2e/secret.key"):
        assert (await server.http.get(f"/uploads/{name}")).status_code == 404
    assert (await ada.get("/api/me"))["picture"] is None
