"""Looks at photo bytes: is it a photo, how large, and small pictures of it, the right way up.

Imports nothing of the server, so that a child process can load it alone.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener(thumbnails=False)
# The bound is the caller's and is checked before anything is decoded; Pillow's own would only warn.
Image.MAX_IMAGE_PIXELS = None

# Longest side in pixels and JPEG quality of each picture made from a photo.
SIZES = {"screen": (1600, 82), "thumb": (320, 78)}

# What a phone sends, by what Pillow calls it. MPO is a JPEG with more pictures behind the first.
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heif",
}
FORMATS = ["JPEG", "PNG", "WEBP", "HEIF"]
# What decoders raise on bytes that are not what they seem. The bytes are in memory, so an OSError
# here is about their content and never about the disk.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    RuntimeError,
    ZeroDivisionError,
    OverflowError,
    struct.error,
    zlib.error,
)
# A phone's progressive JPEG has about ten scans. Thousands would keep a decoder busy for minutes.
MAX_SCANS = 100
START_OF_SCAN = b"\xff\xda"
# Going down it looks as good as bicubic in two thirds of the time.
SHRINK = Image.Resampling.HAMMING
# Decoding is as small as this allows when only the end has to be reached.
CHECK_SIDE = 64
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Unfit(Exception):
    """These bytes are no photo that we take: ``photo_unreadable`` or ``photo_too_many_pixels``."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Picture:
    """What the bytes turned out to be; width and height as they are stored, in pixels."""

    media_type: str
    width: int
    height: int


def check_picture(content: bytes, max_pixels: int) -> Picture:
    """Decode to the last line; ``Unfit`` when that cannot be done."""
    with _decoding(content, max_pixels) as image:
        picture = Picture(MEDIA_TYPES[image.format or ""], image.width, image.height)
        image.draft(None, (CHECK_SIDE, CHECK_SIDE))
        image.load()
        return picture


def make_pictures(content: bytes, max_pixels: int) -> dict[str, bytes]:
    """Each of ``SIZES`` as JPEG: the right way up, never enlarged, with nothing but pixels."""
    with _decoding(content, max_pixels) as image:
        turn = UPRIGHT.get(_orientation(image))
        # Asked for in the photo's own shape, the JPEG decoder skips most of the work.
        image.draft(None, _fit(image.size, SIZES["screen"][0]))
        small = _flatten(image)
        made: dict[str, bytes] = {}
        for name, (side, quality) in SIZES.items():
            small = small.resize(_fit(small.size, side), SHRINK, reducing_gap=2)
            made[name] = _encode(small if turn is None else small.transpose(turn), quality)
        return made


@contextmanager
def _decoding(content: bytes, max_pixels: int) -> Iterator[Image.Image]:
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            _check_bounds(image, content, max_pixels)
            yield image
    except BROKEN as error:
        raise Unfit("photo_unreadable", type(error).__name__) from error


def _check_bounds(image: Image.Image, content: bytes, max_pixels: int) -> None:
    if image.width * image.height > max_pixels:
        raise Unfit("photo_too_many_pixels", f"{image.width} x {image.height}")
    if image.format in {"JPEG", "MPO"} and content.count(START_OF_SCAN) > MAX_SCANS:
        raise Unfit("photo_unreadable", "too many scans")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except BROKEN:
        return 1  # EXIF that nobody can read turns nothing


def _flatten(image: Image.Image) -> Image.Image:
    """RGB pixels; what is transparent becomes white."""
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        white = Image.new("RGBA", layers.size, "white")
        return Image.alpha_composite(white, layers).convert("RGB")
    return image.convert("RGB")


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    factor = min(1.0, side / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _encode(image: Image.Image, quality: int) -> bytes:
    target = BytesIO()
    # Nothing is carried over from the photo's EXIF, colour profile or comments.
    image.info.clear()
    image.save(target, "JPEG", quality=quality)
    return target.getvalue()
