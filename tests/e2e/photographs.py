"""Photos as a phone's camera writes them: 12 megapixels, turned by EXIF, with a place inside."""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image, ImageDraw

SENSOR = (4000, 3000)
ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F
# The colour of each corner of the scene as a person holding the phone upright sees it.
CORNERS = {
    "top left": (200, 40, 40),
    "top right": (40, 160, 60),
    "bottom left": (40, 80, 200),
    "bottom right": (220, 190, 40),
}
# EXIF orientation 6: the sensor lay on its side, so readers turn the picture a quarter clockwise.
QUARTER_CLOCKWISE = 6


def write_photograph(path: Path, seed: int) -> Path:
    """An upright scene (3000 × 4000) stored as the sensor saw it (4000 × 3000), with EXIF."""
    scene = _scene(seed)
    stored = scene.transpose(Image.Transpose.ROTATE_90)
    assert stored.size == SENSOR
    exif = Image.Exif()
    exif[MAKE] = "Mingcha Test Camera"
    exif[ORIENTATION] = QUARTER_CLOCKWISE
    exif.get_ifd(GPS).update({1: "N", 2: (31.0, 28.0, 12.3), 3: "E", 4: (104.0, 41.0, 7.5)})
    stored.save(path, "JPEG", quality=88, exif=exif)
    return path


def _scene(seed: int) -> Image.Image:
    width, height = SENSOR[1], SENSOR[0]
    noise = random.Random(seed)
    grain = Image.frombytes("L", (width // 8, height // 8), noise.randbytes(width * height // 64))
    pale = [90 + level // 4 for level in range(256)] * 3
    scene = Image.merge("RGB", [grain.resize((width, height))] * 3).point(pale)
    draw = ImageDraw.Draw(scene)
    for name, colour in CORNERS.items():
        x = 0 if name.endswith("left") else width * 2 // 3
        y = 0 if name.startswith("top") else height * 3 // 4
        draw.rectangle((x, y, x + width // 3, y + height // 4), fill=colour)
    for _ in range(40):
        x, y = noise.randrange(width // 3, width * 2 // 3), noise.randrange(height)
        draw.ellipse((x, y, x + 80, y + 80), fill=tuple(noise.randbytes(3)))
    return scene


def corners_of(content: bytes) -> dict[str, tuple[int, int, int]]:
    """The colours near the four corners of a picture, as it is stored (no EXIF turn)."""
    with Image.open(io.BytesIO(content)) as picture:
        image = picture.convert("RGB")
    width, height = image.size
    found = {}
    for name in CORNERS:
        x = width // 8 if name.endswith("left") else width * 7 // 8
        y = height // 8 if name.startswith("top") else height * 7 // 8
        pixel = image.getpixel((x, y))
        assert isinstance(pixel, tuple)
        found[name] = (int(pixel[0]), int(pixel[1]), int(pixel[2]))
    return found


def is_upright(content: bytes) -> bool:
    """True when each corner has the colour a person saw there."""
    found = corners_of(content)
    return all(
        max(abs(a - b) for a, b in zip(found[name], colour, strict=True)) < 40
        for name, colour in CORNERS.items()
    )
