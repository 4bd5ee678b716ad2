"""A hostile photo harms nothing but the process that was made for it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from server.config import MIB, Settings
from server.photos import finishing
from server.photos.decoder import Decoder
from server.photos.models import Photo
from server.photos.pictures import Picture
from server.problems import Problem
from tests.support.drawing import draw_blank_png, draw_jpeg, draw_other, sha256_of
from tests.support.tus import TusPhone, code_of
from tests.support.world import World

PIXELS = 50_000_000
PHOTO = draw_jpeg(120, 80)
HOSTILE = (sys.executable, "-I", str(Path(__file__).with_name("hostile_decoding.py")))
Find = Callable[[str], Photo | None]


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


@pytest.fixture
def holed() -> Iterator[Decoder]:
    """A decoder whose libraries have every hole there is."""
    decoder = Decoder(program=HOSTILE, memory_bytes=512 * MIB, cpu_seconds=1, wall_seconds=60)
    yield decoder
    decoder.close()


def code(decoder: Decoder, content: bytes) -> str:
    """The code of the problem with these bytes, or ``kept``."""
    try:
        decoder.check_picture(content, PIXELS)
    except Problem as problem:
        return problem.code
    return "kept"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_it_sees_what_the_bytes_are_and_draws_smaller_ones(decoder: Decoder, kind: str) -> None:
    content = PHOTO if kind == "JPEG" else draw_other(kind)
    assert decoder.check_picture(content, PIXELS) == Picture(f"image/{kind.lower()}", 120, 80)
    made = decoder.make_pictures(content, PIXELS)
    assert set(made) == {"screen", "thumb"}
    for picture in made.values():
        assert decoder.check_picture(picture, PIXELS) == Picture("image/jpeg", 120, 80)


def test_what_is_no_photo_is_named_as_before(decoder: Decoder) -> None:
    assert code(decoder, b"<svg/>") == "photo_unreadable"
    assert code(decoder, PHOTO[:-200]) == "photo_unreadable"
    assert code(decoder, draw_blank_png(10_000, 5001)) == "photo_too_many_pixels"


@pytest.mark.parametrize("content", [b"crash", b"abort", b"leave", b"spin", b"eat", b"write"])
def test_a_photo_that_breaks_its_decoder_is_refused_and_the_next_is_taken(
    holed: Decoder, content: bytes
) -> None:
    assert code(holed, content) == "photo_too_hard"
    assert code(holed, PHOTO) == "kept"


@pytest.mark.parametrize("content", [b"sleep", b"kill", b"kill the warm one"])
def test_where_the_photo_may_not_be_to_blame_it_is_asked_for_again_later(
    holed: Decoder, content: bytes
) -> None:
    holed.wall_seconds = 2
    began = time.monotonic()
    assert code(holed, content) == "server_busy"
    assert time.monotonic() - began < 30
    assert code(holed, PHOTO) == "kept"


def test_a_true_photo_that_wants_more_memory_than_it_may_is_refused() -> None:
    large = draw_blank_png(7000, 7000)
    small = Decoder(memory_bytes=120 * MIB)
    with pytest.raises(Problem) as caught:
        small.make_pictures(large, PIXELS)
    assert (caught.value.code, caught.value.detail) == ("photo_too_hard", "memory")
    assert code(small, PHOTO) == "kept"
    small.close()


def test_many_at_once_each_get_their_own_answer(decoder: Decoder) -> None:
    sizes = [(40 + number, 30) for number in range(12)]
    seen: dict[tuple[int, int], Picture] = {}

    def look(size: tuple[int, int]) -> None:
        seen[size] = decoder.check_picture(draw_jpeg(*size), PIXELS)

    threads = [threading.Thread(target=look, args=(size,)) for size in sizes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {size: Picture("image/jpeg", *size) for size in sizes}


def test_a_child_ended_while_idle_is_started_anew(decoder: Decoder) -> None:
    decoder.check_picture(PHOTO, PIXELS)
    decoder.close()
    assert decoder.check_picture(PHOTO, PIXELS).width == 120


@pytest.mark.parametrize(("content", "status"), [(b"crash", 422), (b"kill", 503)])
def test_an_upload_is_refused_for_its_own_fault_only(
    phone: TusPhone,
    holed: Decoder,
    monkeypatch: pytest.MonkeyPatch,
    find_photo: Find,
    *,
    settings: Settings,
    world: World,
    content: bytes,
    status: int,
) -> None:
    monkeypatch.setattr(finishing, "decoder", holed)
    path = phone.start(content)
    reply = phone.patch(path, 0, content)
    assert (reply.status_code, code_of(reply)) == (
        (422, "photo_too_hard") if status == 422 else (503, "server_busy")
    )
    assert not find_photo(sha256_of(content))
    # Refused bytes are set aside and the upload ends; the others wait where they are.
    assert phone.head(path).status_code == (404 if status == 422 else 503)
    aside = settings.upload_dir / "refused" / world.company
    assert aside.exists() == (status == 422)
    phone.send(PHOTO)
    assert find_photo(sha256_of(PHOTO))
