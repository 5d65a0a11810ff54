"""Uploads that mean no good, made here: each is refused, or comes out as a clean small picture."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from PIL import Image, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

MARK = b"HOSTILE-PAYLOAD"
SCRIPT = b"<script>alert('" + MARK + b"')</script>"


def picture(kind: str = "PNG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize(size).convert(mode)
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(
    width: int, height: int, *, rows: int | None = None, extra: bytes = b"", depth: int = 8, colour: int = 2
) -> bytes:
    """A PNG by hand: it says `width` by `height`, and carries that many rows of zeros, packed."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(1 + width * {0: 1, 2: 3, 6: 4}[colour] * depth // 8)
    packed = b"".join(packer.compress(row) for _ in range(height if rows is None else rows)) + packer.flush()
    end = chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + end


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("payload.html", SCRIPT)
    return out.getvalue()


def exif_with_position() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = MARK.decode()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (TiffImagePlugin.IFDRational(48), 51, 29), 3: "E", 4: (2, 17, 40)})
    return exif


def with_text(kind: str) -> bytes:
    info = PngInfo()
    if kind == "bomb":
        info.add_text("Comment", "A" * 20_000_000, zip=True)
    else:
        info.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{MARK.decode()}</x:xmpmeta>")
        info.add_text("Comment", MARK.decode())
    return picture(pnginfo=info)


def refused() -> Iterator[tuple[str, bytes]]:
    """What must not be taken at all."""
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>"
    yield "nothing", b""
    yield "one byte", b"\xff"
    yield "text", b"just text"
    yield "html", b"<!doctype html>" + SCRIPT
    yield "svg", svg
    yield "svg with declaration", b"<?xml version='1.0'?>" + svg
    yield "svg packed", zlib.compress(svg)
    yield "script", b"#!/bin/sh\nrm -rf /\n"
    yield "php", b"<?php system($_GET['c']); ?>"
    yield "zip", archive()
    yield "pdf", b"%PDF-1.7\n" + MARK
    yield "elf", b"\x7fELF" + bytes(64)
    yield "exe", b"MZ" + bytes(64)
    yield "postscript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n"
    for kind in ("GIF", "BMP", "TIFF", "ICO", "TGA", "PPM", "PCX", "DDS", "ICNS", "SGI", "JPEG2000"):
        yield f"another kind: {kind}", picture(kind, (64, 64))
    yield "gif that is javascript", b"GIF89a/*" + bytes(8) + b"*/=1;alert('" + MARK + b"')"
    yield "heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    yield "mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"
    yield "png signature only", b"\x89PNG\r\n\x1a\n"
    yield "png without pixels", png(64, 64, rows=0)
    yield "png of no width", png(0, 64, rows=1)
    yield "png of one pixel", picture(size=(1, 1))
    yield "png in a thin line", picture(size=(20_000, 2))
    yield "png cut", picture()[:400]
    yield "png whose check sum is wrong", picture().replace(b"IHDR", b"IHDS", 1)
    yield "jpeg cut", picture("JPEG")[:500]
    yield "jpeg header only", picture("JPEG")[:20]
    yield "webp cut", picture("WEBP")[:60]
    yield "webp of nothing", b"RIFF\x04\0\0\0WEBP"
    yield "riff sound", b"RIFF\x24\0\0\0WAVEfmt " + bytes(24)
    yield from heavy()
    yield "nine megabytes", picture() + bytes(9 * 1024 * 1024)


def heavy() -> Iterator[tuple[str, bytes]]:
    """What would take a great deal of memory, if it were drawn."""
    yield "png bomb, 50 megapixels", png(10_000, 5_000, rows=500)
    yield "png bomb, 16 bits a colour", png(8_000, 6_000, depth=16, colour=6, rows=200)
    yield "png bomb, announced", png(65_500, 65_500, rows=1)
    yield "png bomb, absurd", png(2**31 - 1, 2**31 - 1, rows=0)
    yield "png bomb in a comment", with_text("bomb")
    yield "jpeg, 50 megapixels", picture("JPEG", (10_000, 5_000), "L")
    yield "jpeg that says it is huge", enlarged_jpeg()
    yield "webp that says it is huge", enlarged_webp()


def cleaned() -> Iterator[tuple[str, bytes]]:
    """What shows a picture, and carries something else that must not come through."""
    yield "jpeg with its position", picture("JPEG", exif=exif_with_position())
    yield "webp with its position", picture("WEBP", exif=exif_with_position())
    yield "png with its position", picture(exif=exif_with_position())
    yield "png with comments", with_text("xmp")
    yield "png and a zip", picture() + archive()
    yield "jpeg and a zip", picture("JPEG") + archive()
    yield "jpeg and a page", picture("JPEG") + SCRIPT
    yield "png and php", picture() + b"<?php echo '" + MARK + b"'; ?>"
    yield "webp and a page", picture("WEBP") + SCRIPT
    yield "jpeg with a comment that is a page", picture("JPEG", comment=SCRIPT)
    yield "png with a page in a chunk", png(64, 64, extra=chunk(b"teXt", SCRIPT))
    yield "jpeg with a colour profile that is none", picture("JPEG", icc_profile=SCRIPT)
    yield "webp with a colour profile that is none", picture("WEBP", icc_profile=SCRIPT)
    yield "webp with xmp", picture("WEBP", xmp=SCRIPT)
    yield "png that moves", moving("PNG")
    yield "webp that moves", moving("WEBP")
    yield "png with half its pixels missing", png(640, 480, rows=100)
    yield "png of 24 megapixels", png(6_000, 4_000)


def moving(kind: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), (shade, 0, 0)) for shade in range(0, 250, 10)]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=10)
    return out.getvalue()


def enlarged_jpeg() -> bytes:
    whole = bytearray(picture("JPEG"))
    start = whole.index(b"\xff\xc0")
    whole[start + 5 : start + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(whole)


def enlarged_webp() -> bytes:
    frame = picture("WEBP", (64, 64))[12:]
    size = (16_383 - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + bytes([2, 0, 0, 0]) + size + size
    body += b"ANIM" + struct.pack("<I", 6) + bytes(6)
    body += b"ANMF" + struct.pack("<I", 16 + len(frame)) + bytes(6) + (63).to_bytes(3, "little") * 2 + bytes(4) + frame
    return b"RIFF" + struct.pack("<I", len(body)) + body


def peak_megabytes() -> int:
    """How much more memory than before the heaviest upload takes while it is judged or drawn (Linux)."""
    from videocall.accounts.picture import redraw  # noqa: PLC0415 -- measured in a process of its own
    from videocall.problems import PictureRefused  # noqa: PLC0415

    allowed = [png(6_000, 4_000, colour=6), picture("JPEG", (6_000, 4_000), progressive=True)]
    uploads = [*(uploaded for _, uploaded in heavy()), *allowed]
    Path("/proc/self/clear_refs").write_text("5")  # proc(5): the peak begins anew
    before = _status("VmRSS")
    for uploaded in uploads:
        with suppress(PictureRefused):
            redraw(uploaded)
    return (_status("VmHWM") - before) // 1024


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    print(peak_megabytes())  # noqa: T201 -- read by test_pictures.py
