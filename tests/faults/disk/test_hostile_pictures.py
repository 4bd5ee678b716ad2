"""Bytes that are no honest photo: refused before they harm, and never shown as they came."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image

from server.jobs import derive_photo
from tests.faults.tally import Tally
from tests.support.drawing import (
    draw_blank_png,
    draw_jpeg,
    draw_noise,
    draw_other,
    draw_png_bomb,
    draw_quadrants,
    sha256_of,
)
from tests.support.phone import Phone, new_record
from tests.support.tus import TusPhone, code_of, tus_of
from tests.support.world import World, inspection_fields

PAGE = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ARCHIVE = b"PK\x03\x04" + bytes(26) + b"evil.exe"

Show = Callable[[bytes, str], bytes]


@pytest.fixture
def phone(inspector: Phone) -> TusPhone:
    return tus_of(inspector)


@pytest.fixture
def show(app: Flask, world: World, inspector: Phone) -> Show:
    """What a reviewer is shown of a photo, once it has been sent."""
    world.add_user("head", "quality_head")
    reader = world.token("head")

    def shown(photo: bytes, size: str) -> bytes:
        name = sha256_of(photo)
        fields = inspection_fields(world)
        fields["answers/P5-02"] = {"value": "fail", "photos": [name]}
        inspector.push(inspector.edit(new_record(), fields))
        tus_of(inspector).send(photo)
        with app.app_context():
            derive_photo(world.company, name)
        reply = inspector.get(f"/api/v1/photos/{name}?size={size}", reader)
        assert reply.status_code == 200
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in reply.headers["Content-Security-Policy"]
        assert reply.mimetype.startswith("image/")
        content: bytes = reply.data
        return content

    return shown


def refusal(phone: TusPhone, content: bytes) -> str:
    """The code that an upload of these bytes ends with; empty when they are taken."""
    made = phone.create(sha256_of(content), len(content))
    if made.status_code != 201:
        return code_of(made)
    return code_of(phone.patch(made.headers["Location"], 0, content))


def test_bombs_are_refused_before_they_unfold(phone: TusPhone, tally: Tally, scale: int) -> None:
    sides = (7_100,) if scale == 1 else (7_100, 9_000, 14_000, 19_000)
    bombs = [draw_png_bomb(side) for side in sides]
    began = time.monotonic()
    codes = [refusal(phone, bomb) for bomb in bombs]
    tally.add(86, len(bombs), sum(code != "photo_too_many_pixels" for code in codes))
    assert codes == ["photo_too_many_pixels"] * len(bombs)
    assert time.monotonic() - began < 20


def test_pages_in_the_name_of_photos_are_refused(phone: TusPhone, tally: Tally) -> None:
    heads = [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP", b"GIF89a"]
    pages = [head + page for head in heads for page in (PAGE, SVG, ARCHIVE)]
    codes = [refusal(phone, page) for page in pages]
    tally.add(87, len(pages), sum(code != "photo_unreadable" for code in codes))
    assert set(codes) == {"photo_unreadable"}


def test_what_hangs_on_a_photo_is_in_no_picture(show: Show, tally: Tally) -> None:
    tails = [PAGE, SVG, ARCHIVE]
    shown = [show(draw_quadrants() + tail, size) for tail in tails for size in ("screen", "thumb")]
    left = [one for one in shown if b"<script" in one or b"PK\x03\x04" in one]
    tally.add(88, len(shown), len(left))
    assert left == []


def test_no_tag_of_a_photo_is_in_any_picture(show: Show, tally: Tally) -> None:
    chance = random.Random(89)
    plain = draw_quadrants()
    photos = [plain]
    for _ in range(6):  # the same with tags that nobody can read
        content = bytearray(plain)
        start = content.index(b"Exif") + 8
        for _ in range(8):
            content[start + chance.randrange(80)] = chance.randrange(256)
        photos.append(bytes(content))
    tagged = 0
    for photo in photos:
        image = Image.open(io.BytesIO(show(photo, "screen")))
        tagged += bool(dict(image.getexif()) or "exif" in image.info)
    tally.add(89, len(photos), tagged)
    assert tagged == 0


def test_half_photos_are_refused_and_flipped_ones_known_by_their_hash(
    phone: TusPhone, tally: Tally, scale: int
) -> None:
    chance = random.Random(90)
    photo = draw_noise(20_000)
    halves = [photo[: chance.randrange(1, len(photo) - 100)] for _ in range(5 * scale)]
    taken = [half for half in halves if refusal(phone, half) != "photo_unreadable"]
    for _ in range(10 * scale):
        flipped = bytearray(photo)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        path = phone.start(photo)  # announced as the photo that it was before the flip
        if code_of(phone.patch(path, 0, bytes(flipped))) != "photo_hash":
            taken.append(bytes(flipped))
    tally.add(90, 15 * scale, len(taken))
    assert taken == []


def test_what_a_camera_may_give_is_taken_and_nothing_is_not(phone: TusPhone, tally: Tally) -> None:
    large = draw_jpeg(8000, 6000)  # 48 million pixels
    photos = [draw_other("HEIF"), draw_other("WEBP"), large, draw_blank_png(1, 1)]
    codes = [refusal(phone, photo) for photo in photos]
    nothing = refusal(phone, b"")
    tally.add(42, len(photos) + 1, sum(map(bool, codes)) + (nothing != "upload_length"))
    assert codes == [""] * len(photos)
    assert nothing == "upload_length"
