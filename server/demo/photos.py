"""Makes the demo's photos: a drawn scene, the light and grain of a phone's camera, the time."""

from __future__ import annotations

import hashlib
import io
import math
import random
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from PIL import Image, ImageChops, ImageDraw, ImageFont
from sqlalchemy.orm import Session

from server.blobs import FolderBlobs
from server.demo import scenes, scenes_inside
from server.demo.scenes import HEIGHT, SIZE, WIDTH, Scene, font
from server.photos.pictures import check_picture
from server.photos.store import Uploading, keep_photo

QUALITY = 78
GRAINS = 4

SCENES: dict[str, Scene] = {
    "side": scenes.draw_side,
    "window": scenes.draw_window,
    "seat": scenes.draw_seat,
    "floor": scenes.draw_floor,
    "tyre": scenes.draw_tyre,
    "lamp": scenes.draw_lamp,
    "drip": scenes.draw_drip,
    "extinguisher": scenes_inside.draw_extinguisher,
    "hammer": scenes_inside.draw_hammer,
    "dash": scenes_inside.draw_dash,
    "door": scenes_inside.draw_door,
    "form": scenes_inside.draw_form,
    "display": scenes_inside.draw_display,
    "plate": scenes_inside.draw_plate,
}


@dataclass
class Album:
    """The photos taken, by name, in the order in which they were taken."""

    seed: int
    timezone: str
    photos: dict[str, bytes] = field(default_factory=dict)

    def take(self, scene: str, item: str, at_ms: int) -> str:
        """Take a photo; its name is its SHA-256."""
        # A seed of its own: how a scene is drawn changes nothing else in the month.
        rng = random.Random(f"{self.seed} {len(self.photos)} {scene} {item}")
        moment = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.timezone))
        content = draw_photo(scene, rng, f"{moment:%Y-%m-%d %H:%M}")
        name = hashlib.sha256(content).hexdigest()
        self.photos[name] = content
        return name


def draw_photo(scene: str, rng: random.Random, label: str) -> bytes:
    """A JPEG of the scene with its time in the corner."""
    image = Image.new("RGB", SIZE)
    SCENES[scene](ImageDraw.Draw(image), rng)
    image = image.transform(SIZE, Image.Transform.AFFINE, _held_by_hand(rng))
    image = ImageChops.multiply(image, _light(rng.randrange(GRAINS)))
    draw = ImageDraw.Draw(image)
    draw.text((WIDTH - 188, HEIGHT - 30), label, fill="#ffd54f", font=_label_font())
    target = io.BytesIO()
    image.save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


def keep_photos(
    session: Session,
    blobs: FolderBlobs,
    company: str,
    taken: list[tuple[str, str, int]],
    album: Album,
) -> None:
    """Put the bytes in place and enter them as verified, as at the end of an upload.

    ``taken``: (name, device, time in Unix ms) of each; photos left out are still awaited.
    """
    for name, device, at_ms in taken:
        content = album.photos[name]
        picture = check_picture(content, WIDTH * HEIGHT)
        blobs.keep_bytes(company, name, "original", content)
        uploading = Uploading(company, "", device, name, len(content), at_ms, True, True)
        keep_photo(session, uploading, picture, at_ms)


def _held_by_hand(rng: random.Random) -> tuple[float, ...]:
    """Turned a little and a little too near: the affine map from photo to scene."""
    angle, near = math.radians(rng.uniform(-2.5, 2.5)), rng.uniform(0.92, 0.95)
    cos, sin = near * math.cos(angle), near * math.sin(angle)
    x, y = WIDTH / 2, HEIGHT / 2
    return (cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y)


@cache
def _light(number: int) -> Image.Image:
    """Darker towards the corners, with the grain of a small sensor."""
    # Pillow's own noise has no seed, and the photos are to be the same each time.
    rng = random.Random(number)
    noise = Image.frombytes("L", (WIDTH // 2, HEIGHT // 2), rng.randbytes(WIDTH * HEIGHT // 4))
    grain = noise.point([232 + level * 23 // 255 for level in range(256)]).resize(
        SIZE, Image.Resampling.BILINEAR
    )
    corners = (
        Image.radial_gradient("L")
        .resize(SIZE)
        .point([255 - level * 90 // 255 for level in range(256)])
    )
    return ImageChops.multiply(grain, corners).convert("RGB")


@cache
def _label_font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return font(18)
