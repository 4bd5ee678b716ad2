"""Pictures made from photos: right way up, small, and nothing in them but pixels."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from server.db import db
from server.jobs import derive_photo, derive_waiting
from server.photos.checking import list_damaged_photos
from server.photos.pictures import Unfit, check_picture, make_pictures
from server.photos.store import read_content, read_photo
from tests.support.clock import HandClock
from tests.support.drawing import draw_jpeg, draw_noise, draw_other, draw_quadrants, sha256_of
from tests.support.tus import TusPhone
from tests.support.world import World

PIXELS = 50_000_000
# Pillow remarks on damaged EXIF; here that is the very thing that is tried.
QUIET = pytest.mark.filterwarnings("ignore::UserWarning:PIL")
Read = Callable[[bytes, str], bytes | None]


@pytest.fixture
def read(app: Flask, world: World) -> Read:
    """A kept photo's bytes in that size, or None while they are not made."""

    def read_size(photo: bytes, size: str) -> bytes | None:
        with app.app_context():
            row = read_photo(db.session, world.company, sha256_of(photo))
            assert row
            return read_content(app.extensions["mingcha"].blobs, row, size)  # type: ignore[arg-type]

    return read_size


def corners(content: bytes) -> tuple[str, ...]:
    """The colours of the four quarters: top left, top right, bottom left, bottom right."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    names = {(1, 0, 0): "red", (0, 1, 0): "lime", (0, 0, 1): "blue", (1, 1, 1): "white"}
    across, down = image.width // 4, image.height // 4
    places = [(across, down), (3 * across, down), (across, 3 * down), (3 * across, 3 * down)]
    found = []
    for place in places:
        pixel = image.getpixel(place)
        assert isinstance(pixel, tuple)
        red, green, blue = (int(value > 128) for value in pixel)
        found.append(names[red, green, blue])
    return tuple(found)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_the_right_way_up_with_nothing_but_pixels(orientation: int) -> None:
    made = make_pictures(draw_quadrants(400, 200, orientation), PIXELS)
    assert set(made) == {"thumb", "screen"}
    for name, size in (("thumb", (320, 160)), ("screen", (400, 200))):
        image = Image.open(io.BytesIO(made[name]))
        assert (image.format, image.size) == ("JPEG", size)
        assert corners(made[name]) == ("red", "lime", "blue", "white")
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"maker" not in made[name]
        assert b"profile" not in made[name]


@pytest.mark.parametrize(
    ("size", "screen", "thumb"),
    [
        ((4000, 3000), (1600, 1200), (320, 240)),
        ((3000, 4000), (1200, 1600), (240, 320)),
        ((1601, 100), (1600, 100), (320, 20)),
        ((1600, 1200), (1600, 1200), (320, 240)),
        ((200, 100), (200, 100), (200, 100)),
        ((3000, 1), (1600, 1), (320, 1)),
    ],
)
def test_the_longest_side_is_bounded_and_nothing_is_enlarged(
    size: tuple[int, int], screen: tuple[int, int], thumb: tuple[int, int]
) -> None:
    made = make_pictures(draw_jpeg(*size), PIXELS)
    assert Image.open(io.BytesIO(made["screen"])).size == screen
    assert Image.open(io.BytesIO(made["thumb"])).size == thumb


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
def test_every_kind_becomes_a_jpeg(kind: str) -> None:
    image = Image.open(io.BytesIO(make_pictures(draw_other(kind), PIXELS)["thumb"]))
    pixel = image.getpixel((60, 40))
    assert isinstance(pixel, tuple)
    assert image.format == "JPEG"
    # The PNG is half transparent: what shows through is white, not black.
    wanted = (228, 142, 142) if kind == "PNG" else (200, 30, 30)
    assert all(abs(value - goal) < 12 for value, goal in zip(pixel, wanted, strict=True))


def test_a_page_behind_a_photo_is_in_no_picture() -> None:
    polyglot = draw_quadrants() + b"<script>alert(1)</script>PK\x03\x04"
    for made in make_pictures(polyglot, PIXELS).values():
        assert b"<script" not in made
        assert b"PK\x03\x04" not in made
        assert made.endswith(b"\xff\xd9")


@QUIET
@given(exif=st.binary(max_size=200))
def test_exif_that_nobody_can_read_harms_nothing(exif: bytes) -> None:
    plain = draw_jpeg(64, 48)
    head = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08" + exif
    size = (len(head) + 2).to_bytes(2, "big")
    made = make_pictures(plain[:2] + b"\xff\xe1" + size + head + plain[2:], PIXELS)
    assert sorted(Image.open(io.BytesIO(made["thumb"])).size) == [48, 64]


@QUIET
@settings(max_examples=200, deadline=None)
@given(data=st.data(), kind=st.sampled_from(["JPEG", "PNG", "WEBP", "HEIF"]))
def test_damaged_bytes_are_a_photo_or_a_problem_never_a_crash(
    data: st.DataObject, kind: str
) -> None:
    whole = draw_quadrants(64, 48, 6) if kind == "JPEG" else draw_other(kind)
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(whole) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(whole)))
    for content in (bytes(damaged), whole[:cut]):
        assert judge(content) in {"kept", "photo_unreadable", "photo_too_many_pixels"}


def test_pictures_are_made_after_the_answer_and_only_once(
    app: Flask, world: World, phone: TusPhone, clock: HandClock, read: Read
) -> None:
    photo = draw_noise(30_000)
    phone.send(photo)
    assert read(photo, "original") == photo
    assert read(photo, "thumb") is None
    assert read(photo, "screen") is None
    with app.app_context():
        derive_photo(world.company, sha256_of(photo))
        first = derived_at(world, photo)
        clock.at_ms += 1000
        derive_photo(world.company, sha256_of(photo))
        assert derived_at(world, photo) == first == clock() - 1000
    thumb = read(photo, "thumb")
    assert thumb
    assert check_picture(thumb, PIXELS).media_type == "image/jpeg"


def test_one_damaged_file_does_not_keep_others_from_their_pictures(
    app: Flask, world: World, phone: TusPhone, kept_path: Callable, read: Read
) -> None:
    photos = [draw_jpeg(40 + number, 40) for number in range(4)]
    for photo in photos:
        phone.send(photo)
    kept_path(sha256_of(photos[0])).write_bytes(b"damaged on disk")
    kept_path(sha256_of(photos[1])).unlink()
    with app.app_context():
        derive_waiting()
        damaged = {one.sha256 for one in list_damaged_photos(db.session, world.company)}
    assert damaged == {sha256_of(photo) for photo in photos[:2]}
    assert [read(photo, "thumb") is not None for photo in photos[2:]] == [True, True]


def judge(content: bytes) -> str:
    """The code of the problem with these bytes, or ``kept`` when they are a photo."""
    try:
        check_picture(content, PIXELS)
    except Unfit as unfit:
        return unfit.code
    return "kept"


def derived_at(world: World, photo: bytes) -> int | None:
    row = read_photo(db.session, world.company, sha256_of(photo))
    assert row
    moment = row.derived_at_ms
    db.session.rollback()
    return moment
