"""A part that came with a checksum counts only as a whole."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from server.config import Settings
from server.photos.models import Photo
from tests.support.drawing import draw_noise, sha256_of
from tests.support.tus import TusPhone, code_of

PHOTO = draw_noise(50_000)
Find = Callable[[str], Photo | None]


def checksum(algorithm: str, part: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, part).digest()).decode()}"


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_parts_that_match_add_up_to_the_photo(
    phone: TusPhone, find_photo: Find, algorithm: str
) -> None:
    path = phone.start(PHOTO)
    for begin in range(0, len(PHOTO), 20_000):
        part = PHOTO[begin : begin + 20_000]
        reply = phone.patch(path, begin, part, upload_checksum=checksum(algorithm, part))
        assert reply.status_code == 204
    assert find_photo(sha256_of(PHOTO))


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_of_a_part_that_does_not_match_nothing_is_kept(
    phone: TusPhone, settings: Settings, algorithm: str
) -> None:
    path = phone.start(PHOTO)
    phone.patch(path, 0, PHOTO[:100])
    flipped = bytes([PHOTO[100] ^ 1]) + PHOTO[101:40_000]
    promised = checksum(algorithm, PHOTO[100:40_000])
    reply = phone.patch(path, 100, flipped, upload_checksum=promised)
    assert (reply.status_code, code_of(reply)) == (460, "checksum_mismatch")
    assert phone.head(path).headers["Upload-Offset"] == "100"
    assert [file.stat().st_size for file in settings.upload_dir.iterdir()] == [100]
    reply = phone.patch(path, 100, PHOTO[100:40_000], upload_checksum=promised)
    assert reply.headers["Upload-Offset"] == "40000"


def test_of_a_part_with_a_checksum_that_is_cut_nothing_is_kept(phone: TusPhone) -> None:
    path = phone.start(PHOTO)
    reply = phone.ask(
        "PATCH",
        path,
        headers={
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
            "Upload-Checksum": checksum("sha256", PHOTO),
        },
        data=PHOTO[:30_000],
        environ_overrides={"CONTENT_LENGTH": str(len(PHOTO))},
    )
    assert reply.status_code == 400
    assert phone.head(path).headers["Upload-Offset"] == "0"


def test_a_part_in_the_wrong_place_is_told_so_whatever_its_checksum(phone: TusPhone) -> None:
    path = phone.start(PHOTO)
    reply = phone.patch(path, 7, PHOTO[7:20], upload_checksum=checksum("sha1", PHOTO[7:20]))
    assert (reply.status_code, code_of(reply)) == (409, "upload_offset")


def test_the_bytes_that_come_with_creation_are_checked_too(
    phone: TusPhone, find_photo: Find
) -> None:
    bad = phone.create_with(PHOTO, PHOTO, upload_checksum=checksum("sha256", b"other"))
    assert bad.status_code == 460
    assert not find_photo(sha256_of(PHOTO))
    good = phone.create_with(PHOTO, PHOTO, upload_checksum=checksum("sha256", PHOTO))
    assert good.status_code == 201
    assert find_photo(sha256_of(PHOTO))


def test_a_checksum_nobody_can_check_is_refused(phone: TusPhone, subtests: pytest.Subtests) -> None:
    path = phone.start(PHOTO)
    cases = {
        checksum("md5", PHOTO): "checksum_algorithm",
        "crc32 AAAA": "checksum_algorithm",
        "": "checksum_algorithm",
        "sha256": "field_malformed",
        "sha256 ***": "field_malformed",
        "sha256 AAAA": "field_malformed",
        checksum("sha1", PHOTO).replace("sha1", "sha256"): "field_malformed",
    }
    for text, code in cases.items():
        with subtests.test(checksum=text):
            reply = phone.patch(path, 0, PHOTO, upload_checksum=text)
            assert (reply.status_code, code_of(reply)) == (400, code)
            assert phone.head(path).headers["Upload-Offset"] == "0"


def test_the_spool_holds_no_half_part(phone: TusPhone, spooled: Callable[[str], Path]) -> None:
    path = phone.start(PHOTO)
    phone.patch(path, 0, PHOTO[:10], upload_checksum=checksum("sha256", b"other"))
    assert not spooled(path).exists()
