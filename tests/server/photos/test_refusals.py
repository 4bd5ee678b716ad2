"""What is not the photo it says it is: refused with its reason, kept aside, and free to retry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from server.config import Settings
from server.photos.models import Photo
from tests.support.drawing import (
    draw_blank_png,
    draw_jpeg,
    draw_noise,
    draw_other,
    draw_png_bomb,
    draw_quadrants,
    sha256_of,
)
from tests.support.tus import TusPhone, code_of
from tests.support.world import World

Find = Callable[[str], Photo | None]
PHOTO = draw_quadrants()
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>'


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_what_phones_photograph_is_taken(phone: TusPhone, find_photo: Find, kind: str) -> None:
    content = draw_jpeg(120, 80) if kind == "JPEG" else draw_other(kind)
    phone.send(content)
    photo = find_photo(sha256_of(content))
    assert photo
    assert (photo.media_type, photo.width, photo.height) == (f"image/{kind.lower()}", 120, 80)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<!DOCTYPE html><script>alert(1)</script>", id="html"),
        pytest.param(SVG, id="svg"),
        pytest.param(b"GIF89a" + bytes(200), id="gif"),
        pytest.param(b"BM" + bytes(200), id="bmp"),
        pytest.param(b"\xff\xd8\xff\xe0" + bytes(500), id="jpeg-in-name-only"),
        pytest.param(draw_noise(30_000)[:20_000], id="half-a-jpeg"),
        pytest.param(PHOTO[:-200], id="jpeg-without-its-end"),
        pytest.param(draw_other("PNG")[:-30], id="png-without-its-end"),
        pytest.param(draw_other("WEBP")[:-20], id="webp-without-its-end"),
        pytest.param(draw_other("HEIF")[:-20], id="heif-without-its-end"),
        pytest.param(b"\x00", id="one-byte"),
        pytest.param(PHOTO[:-2] + b"\xff\xda\x00\x02" * 200 + b"\xff\xd9", id="endless-scans"),
    ],
)
def test_what_is_no_photo_is_refused(phone: TusPhone, find_photo: Find, content: bytes) -> None:
    path = phone.start(content)
    reply = phone.patch(path, 0, content)
    assert (reply.status_code, code_of(reply)) == (422, "photo_unreadable")
    assert not find_photo(sha256_of(content))
    assert phone.head(path).status_code == 404


def test_a_bomb_is_refused_before_it_unfolds(phone: TusPhone) -> None:
    bomb = draw_png_bomb()
    assert len(bomb) < 2_000_000
    reply = phone.patch(phone.start(bomb), 0, bomb)
    assert (reply.status_code, code_of(reply)) == (422, "photo_too_many_pixels")


@pytest.mark.parametrize(("height", "status"), [(4999, 204), (5000, 204), (5001, 422)])
def test_pixels_are_bounded(phone: TusPhone, height: int, status: int) -> None:
    photo = draw_blank_png(10_000, height)
    assert phone.patch(phone.start(photo), 0, photo).status_code == status


def test_a_wrong_hash_is_refused_and_the_bytes_are_kept_aside(
    phone: TusPhone, world: World, settings: Settings, find_photo: Find
) -> None:
    flipped = PHOTO[:-100] + bytes([PHOTO[-100] ^ 4]) + PHOTO[-99:]
    path = phone.start(PHOTO)
    reply = phone.patch(path, 0, flipped)
    assert (reply.status_code, code_of(reply)) == (422, "photo_hash")
    aside = list((settings.upload_dir / "refused" / world.company).iterdir())
    assert [file.read_bytes() for file in aside] == [flipped]
    assert phone.head(path).status_code == 404
    assert not find_photo(sha256_of(PHOTO))
    phone.send(PHOTO)
    assert find_photo(sha256_of(PHOTO))


def test_the_same_bad_bytes_are_kept_aside_once(
    phone: TusPhone, world: World, settings: Settings
) -> None:
    for _ in range(3):
        phone.patch(phone.start(SVG), 0, SVG)
    assert len(list((settings.upload_dir / "refused" / world.company).iterdir())) == 1
