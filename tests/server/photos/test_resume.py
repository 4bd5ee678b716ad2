"""A cut line costs no byte that has arrived: resume at any byte, in any pieces."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count, pairwise
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import QueuePool

from server.db import db
from server.photos.models import Photo
from tests.support.drawing import draw_jpeg, draw_noise, sha256_of
from tests.support.tus import Interrupted, TusPhone, code_of

PHOTO = draw_noise(60_000)
NUMBERS = count()
Find = Callable[[str], Photo | None]
Where = Callable[[str], Path]


def test_a_photo_sent_in_one_part_is_verified(
    phone: TusPhone, find_photo: Find, kept_path: Where, spooled: Where
) -> None:
    path = phone.send(PHOTO)
    photo = find_photo(sha256_of(PHOTO))
    assert photo
    assert (photo.size_bytes, photo.media_type) == (60_000, "image/jpeg")
    assert kept_path(photo.sha256).read_bytes() == PHOTO
    assert not spooled(path).exists()


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.sets(st.integers(1, len(PHOTO) - 1), max_size=6))
def test_a_photo_arrives_whole_however_it_is_cut(
    phone: TusPhone, find_photo: Find, kept_path: Where, cuts: set[int]
) -> None:
    photo = PHOTO + str(next(NUMBERS)).encode()  # another photo each time
    path = phone.start(photo)
    edges = [0, *sorted(cuts), len(photo)]
    for begin, end in pairwise(edges):
        if end < len(photo):
            phone.patch_cut(path, begin, photo[begin:end], len(photo) - begin)
        else:
            assert phone.patch(path, begin, photo[begin:]).status_code == 204
        assert phone.head(path).headers["Upload-Offset"] == str(end)
    assert find_photo(sha256_of(photo))
    assert kept_path(sha256_of(photo)).read_bytes() == photo


def test_a_part_at_the_wrong_offset_changes_nothing(phone: TusPhone, spooled: Where) -> None:
    path = phone.start(PHOTO)
    phone.patch(path, 0, PHOTO[:1000])
    for offset in (0, 999, 1001, len(PHOTO)):
        reply = phone.patch(path, offset, b"x")
        assert reply.status_code in {409, 413}
    assert code_of(phone.patch(path, 999, b"x")) == "upload_offset"
    assert spooled(path).read_bytes() == PHOTO[:1000]


def test_of_two_senders_at_once_one_is_told_so(phone: TusPhone, spooled: Where) -> None:
    path = phone.start(PHOTO)

    def overtake() -> None:
        reached = spooled(path).stat().st_size  # what is kept of the slow one's first piece
        assert 0 < reached < 20_000
        assert phone.patch(path, reached, PHOTO[reached:20_000]).status_code == 204

    reply = phone.patch_slowly(path, 0, Interrupted(PHOTO, overtake), len(PHOTO))
    assert (reply.status_code, code_of(reply)) == (409, "upload_offset")
    assert spooled(path).read_bytes() == PHOTO[:20_000]


def test_an_empty_part_is_no_progress_and_no_error(phone: TusPhone) -> None:
    path = phone.start(PHOTO)
    reply = phone.patch(path, 0, b"")
    assert (reply.status_code, reply.headers["Upload-Offset"]) == (204, "0")


def test_a_finished_upload_stays_at_its_end(phone: TusPhone) -> None:
    path = phone.send(PHOTO)
    head = phone.head(path)
    assert (head.status_code, head.headers["Upload-Offset"]) == (200, str(len(PHOTO)))
    assert head.headers["Upload-Length"] == str(len(PHOTO))
    assert phone.patch(path, 0, PHOTO).status_code == 409
    assert phone.patch(path, len(PHOTO), b"").status_code == 204


def test_creation_may_bring_the_first_bytes_or_all(phone: TusPhone, find_photo: Find) -> None:
    reply = phone.create_with(PHOTO, PHOTO[:500])
    assert (reply.status_code, reply.headers["Upload-Offset"]) == (201, "500")
    phone.patch(reply.headers["Location"], 500, PHOTO[500:])
    assert find_photo(sha256_of(PHOTO))
    other = draw_jpeg()
    reply = phone.create_with(other, other)
    assert (reply.status_code, reply.headers["Upload-Offset"]) == (201, str(len(other)))
    assert find_photo(sha256_of(other))


@pytest.mark.parametrize("method", ["PATCH", "HEAD", "DELETE"])
def test_an_old_proxy_may_name_the_method_in_a_header(phone: TusPhone, method: str) -> None:
    path = phone.start(PHOTO)
    sent = {"X-HTTP-Method-Override": method, "Upload-Offset": "0"}
    sent["Content-Type"] = "application/offset+octet-stream"
    reply = phone.ask("POST", path, headers=sent, data=b"" if method != "PATCH" else PHOTO)
    assert reply.status_code == {"PATCH": 204, "HEAD": 200, "DELETE": 204}[method]
    offset = phone.head(path).headers.get("Upload-Offset")
    assert offset == {"PATCH": str(len(PHOTO)), "HEAD": "0", "DELETE": None}[method]


def test_no_connection_is_held_while_a_body_is_read(
    phone: TusPhone, colleague: TusPhone, find_photo: Find
) -> None:
    """With one in a slow body, every other write still goes through at once."""
    path = phone.start(PHOTO)
    other = draw_jpeg()

    def send_another() -> None:
        assert cast(QueuePool, db.engine.pool).checkedout() == 0
        colleague.send(other)

    reply = phone.patch_slowly(path, 0, Interrupted(PHOTO, send_another), len(PHOTO))
    assert reply.status_code == 204
    assert find_photo(sha256_of(other))
    assert find_photo(sha256_of(PHOTO))
