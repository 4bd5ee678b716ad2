"""An upload is its device's alone: tried by the owner, a colleague, an outsider and nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from server.photos.models import Photo
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.tus import Interrupted, TusPhone, code_of, tus_of
from tests.support.world import World

PHOTO = draw_jpeg()
Find = Callable[[str], Photo | None]
Where = Callable[[str], Path]


@pytest.mark.parametrize("who", ["colleague", "outsider"])
@pytest.mark.parametrize("finished", [False, True])
def test_anothers_upload_is_not_there(
    phone: TusPhone, request: pytest.FixtureRequest, who: str, finished: bool
) -> None:
    stranger: TusPhone = request.getfixturevalue(who)
    path = phone.send(PHOTO) if finished else phone.start(PHOTO)
    offset = len(PHOTO) if finished else 0
    for reply in (stranger.patch(path, offset, b""), stranger.delete(path)):
        assert (reply.status_code, code_of(reply)) == (404, "upload_gone")
    assert stranger.head(path).status_code == 404
    assert phone.head(path).headers["Upload-Offset"] == str(offset)


def test_the_same_inspectors_second_phone_is_another_device(world: World, phone: TusPhone) -> None:
    second = tus_of(world.enrol("inspector"))
    assert second.head(phone.start(PHOTO)).status_code == 404


def test_without_a_token_nothing_is_said(phone: TusPhone) -> None:
    path = phone.start(PHOTO)
    for method in ("HEAD", "PATCH", "DELETE"):
        headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        reply = phone.ask(method, path, headers=headers, without="Authorization")
        assert reply.status_code == 401
        unknown = replace(phone, token="x" * 43).ask(method, path, headers=headers)
        assert unknown.status_code == 401
    assert replace(phone, token="x" * 43).create(sha256_of(PHOTO), 5).status_code == 401


def test_a_readers_token_uploads_nothing(phone: TusPhone, officer: dict[str, str]) -> None:
    reader = replace(phone, token=officer["Authorization"].removeprefix("Bearer "))
    assert reader.create(sha256_of(PHOTO), len(PHOTO)).status_code == 401


def test_a_photo_of_another_company_is_not_known_here(
    phone: TusPhone, outsider: TusPhone, find_photo: Find
) -> None:
    outsider.send(PHOTO)
    reply = phone.create(sha256_of(PHOTO), len(PHOTO))
    assert reply.headers["Upload-Offset"] == "0"
    assert not find_photo(sha256_of(PHOTO))


def test_an_id_nobody_made_is_not_found(phone: TusPhone) -> None:
    unknown = "/api/v1/uploads/0b6e0000-0000-4000-8000-000000000000"
    assert phone.head(unknown).status_code == 404
    assert phone.head("/api/v1/uploads/..%2f..%2fetc%2fpasswd").status_code == 404


def test_an_ended_upload_is_gone_with_its_bytes(phone: TusPhone, spooled: Where) -> None:
    path = phone.start(PHOTO)
    phone.patch(path, 0, PHOTO[:100])
    assert phone.delete(path).status_code == 204
    assert not spooled(path).exists()
    assert phone.head(path).status_code == 404
    assert phone.delete(path).status_code == 404


def test_ending_a_finished_upload_leaves_the_photo(
    phone: TusPhone, find_photo: Find, kept_path: Where
) -> None:
    assert phone.delete(phone.send(PHOTO)).status_code == 204
    assert find_photo(sha256_of(PHOTO))
    assert kept_path(sha256_of(PHOTO)).read_bytes() == PHOTO


def test_an_upload_ended_while_bytes_arrive_takes_no_more(phone: TusPhone, spooled: Where) -> None:
    photo = draw_jpeg(1600, 1200) + bytes(60_000)
    path = phone.start(photo)

    def end() -> None:
        assert phone.delete(path).status_code == 204

    reply = phone.patch_slowly(path, 0, Interrupted(photo, end), len(photo))
    assert (reply.status_code, code_of(reply)) == (404, "upload_gone")
    assert not spooled(path).exists()
