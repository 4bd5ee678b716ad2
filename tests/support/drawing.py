"""Draws the photos that tests send: good ones, and ones that only look like photos."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from functools import cache

import pillow_heif
from PIL import Image

ORIENTATION = 0x0112
GPS = 0x8825


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@cache
def draw_jpeg(width: int = 320, height: int = 240, colour: str = "#2E7D32") -> bytes:
    """A small plain JPEG."""
    return _encode(Image.new("RGB", (width, height), colour), "JPEG")


@cache
def draw_quadrants(width: int = 400, height: int = 200, orientation: int = 1) -> bytes:
    """A JPEG with EXIF (orientation, GPS, maker) that, the right way up, is ``width x height``
    with red top left, green top right, blue bottom left, white bottom right.
    """
    upright = Image.new("RGB", (width, height), "white")
    half_width, half_height = width // 2, height // 2
    for colour, place in (("red", (0, 0)), ("lime", (half_width, 0)), ("blue", (0, half_height))):
        upright.paste(Image.new("RGB", (half_width, half_height), colour), place)
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    stored = upright if undo is None else upright.transpose(undo)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "maker"
    exif.get_ifd(GPS)[2] = (30.0, 39.0, 36.0)
    return _encode(stored, "JPEG", exif=exif.tobytes(), icc_profile=b"not a profile at all")


@cache
def draw_other(kind: str) -> bytes:
    """A small PNG with transparency, WebP or HEIF."""
    mode = "RGBA" if kind == "PNG" else "RGB"
    return _encode(Image.new(mode, (120, 80), (200, 30, 30, 128)[: len(mode)]), kind)


@cache
def draw_noise(size_bytes: int) -> bytes:
    """A JPEG of exactly that size: noise, then a comment to fill up."""
    side = max(16, int((size_bytes / 3) ** 0.5))
    photo = _encode(Image.effect_noise((side, side), 90).convert("RGB"), "JPEG", quality=80)
    while len(photo) + 4 > size_bytes:
        side = side * 9 // 10
        photo = _encode(Image.effect_noise((side, side), 90).convert("RGB"), "JPEG", quality=80)
    rest = size_bytes - len(photo)
    comments = b""
    while rest:
        part = min(rest, 60_000) if rest - 60_000 not in range(1, 4) else 50_000
        comments += b"\xff\xfe" + struct.pack(">H", part - 2) + b"x" * (part - 4)
        rest -= part
    return photo[:2] + comments + photo[2:]


@cache
def draw_png_bomb(side: int = 19_000) -> bytes:
    """A few hundred kilobytes that would unfold to gigabytes."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    line = b"\x00" * (side * 3 + 1)
    pixels = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", pixels)
        + _chunk(b"IEND", b"")
    )


@cache
def draw_blank_png(width: int, height: int) -> bytes:
    """A one-bit PNG: many pixels, few bytes."""
    return _encode(Image.new("1", (width, height)), "PNG")


def _chunk(name: bytes, content: bytes) -> bytes:
    checked = name + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def _encode(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(file, quality=80)
    else:
        image.save(file, kind, **options)
    return file.getvalue()
