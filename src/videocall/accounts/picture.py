"""A profile picture out of whatever was uploaded: judged by its content, drawn anew, nothing else of it kept."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from videocall.problems import PictureRefused

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 25_000_000
"""Judged by the header, before a pixel is decoded: so much takes 100 MB for a moment, one picture at a time."""
SIDE = 512
_FORMATS = ("JPEG", "PNG", "WEBP")
_KINDS = "Please choose a JPEG, PNG or WebP picture."
_SMALLEST = 16


def redraw(uploaded: bytes) -> bytes:
    """The picture as a square WebP of at most 512 pixels a side, without metadata; raises `PictureRefused`.

    Only the pixels survive: whatever was hidden before, between or behind them (a position in EXIF, a script, an
    archive) is gone. SVG is refused, for it is a document that can do things.
    """
    if len(uploaded) > MOST_BYTES:
        raise PictureRefused(f"The file is too large: at most {MOST_BYTES // 1024 // 1024} MB.")
    try:
        with warnings.catch_warnings():
            # Pillow's own alarm about size comes as a warning first; ours below is stricter.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(uploaded), formats=_FORMATS) as image:
                return _drawn(image)
    except PictureRefused:
        raise
    except UnidentifiedImageError:
        raise PictureRefused(_KINDS) from None
    except (Image.DecompressionBombError, MemoryError):
        raise PictureRefused(_too_many_pixels()) from None
    except Exception:  # noqa: BLE001 -- decoders raise whatever they like at broken files
        raise PictureRefused("This picture is damaged.") from None


def _drawn(image: Image.Image) -> bytes:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise PictureRefused(_too_many_pixels())
    if min(width, height) < _SMALLEST:
        raise PictureRefused(f"The picture is too small: at least {_SMALLEST} pixels a side.")
    # A JPEG is decoded at half, a quarter or an eighth of its size where that is enough.
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    image.load()
    small = image.reduce(factor) if (factor := min(image.size) // (2 * SIDE)) > 1 and image.mode != "P" else image
    side = min(SIDE, *small.size)
    upright = ImageOps.exif_transpose(small.convert("RGBA")) if _has_alpha(small) else ImageOps.exif_transpose(small)
    square = ImageOps.fit(upright.convert("RGBA" if _has_alpha(small) else "RGB"), (side, side))
    plain = Image.frombytes(square.mode, square.size, square.tobytes())
    out = io.BytesIO()
    plain.save(out, "WEBP", quality=85, method=4)
    return out.getvalue()


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


def _too_many_pixels() -> str:
    return f"The picture has too many pixels: at most {MOST_PIXELS // 1_000_000} million."
