"""Killed at the worst moment, tried again, sent twice, too late: one photo, whole, or none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from server.clock import DAY_MS, HOUR_MS
from server.config import Settings
from server.events import photo_verified
from server.jobs import end_expired_uploads
from server.photos.models import Photo
from tests.support.clock import HandClock
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.tus import TusPhone, code_of
from tests.support.world import World

PHOTO = draw_jpeg()
NAME = sha256_of(PHOTO)
Find = Callable[[str], Photo | None]
Where = Callable[[str], Path]


@pytest.fixture
def verified() -> Iterator[list[tuple[str, bool]]]:
    """Every photo_verified that is sent: the photo, and whether its row was there by then."""
    heard: list[tuple[str, bool]] = []

    def hear(session: Any, company: str, sha256: str, **_more: object) -> None:
        heard.append((sha256, session.get(Photo, (company, sha256)) is not None))

    photo_verified.connect(hear)
    yield heard
    photo_verified.disconnect(hear)


def leave_unfinished(spooled: Where, path: str, content: bytes) -> None:
    """What a server leaves that is killed after the last byte and before anything else."""
    spooled(path).parent.mkdir(parents=True, exist_ok=True)
    spooled(path).write_bytes(content)


def test_killed_after_the_last_byte_the_next_head_finishes(
    phone: TusPhone, spooled: Where, find_photo: Find, verified: list[tuple[str, bool]]
) -> None:
    path = phone.start(PHOTO)
    leave_unfinished(spooled, path, PHOTO)
    assert phone.head(path).headers["Upload-Offset"] == str(len(PHOTO))
    assert find_photo(NAME)
    assert verified == [(NAME, True)]


def test_killed_after_the_last_byte_a_new_upload_finishes_the_old(
    phone: TusPhone, spooled: Where, find_photo: Find
) -> None:
    leave_unfinished(spooled, phone.start(PHOTO), PHOTO)
    reply = phone.create(NAME, len(PHOTO))
    assert (reply.status_code, reply.headers["Upload-Offset"]) == (201, str(len(PHOTO)))
    assert find_photo(NAME)


def test_killed_after_the_last_byte_an_empty_part_finishes(
    phone: TusPhone, spooled: Where, find_photo: Find
) -> None:
    path = phone.start(PHOTO)
    leave_unfinished(spooled, path, PHOTO)
    assert phone.patch(path, len(PHOTO), b"").status_code == 204
    assert find_photo(NAME)


def test_killed_between_the_bytes_and_the_row_the_next_head_finishes(
    phone: TusPhone, spooled: Where, kept_path: Where, find_photo: Find
) -> None:
    path = phone.start(PHOTO)
    leave_unfinished(spooled, path, PHOTO)
    kept_path(NAME).parent.mkdir(parents=True)
    kept_path(NAME).write_bytes(PHOTO)
    assert phone.head(path).status_code == 200
    assert find_photo(NAME)
    assert not spooled(path).exists()


def test_wrong_bytes_left_behind_are_refused_and_hinder_nobody(
    phone: TusPhone, spooled: Where, find_photo: Find
) -> None:
    wrong = bytes(len(PHOTO))
    first, second = phone.start(PHOTO), phone.start(PHOTO)
    leave_unfinished(spooled, first, wrong)
    assert phone.head(first).status_code == 422
    assert phone.head(first).status_code == 404
    leave_unfinished(spooled, second, wrong)
    reply = phone.create(NAME, len(PHOTO))
    assert (reply.status_code, reply.headers["Upload-Offset"]) == (201, "0")
    phone.patch(reply.headers["Location"], 0, PHOTO)
    assert find_photo(NAME)


def test_a_verified_photo_needs_no_bytes_again(
    phone: TusPhone, colleague: TusPhone, verified: list[tuple[str, bool]]
) -> None:
    phone.send(PHOTO)
    for sender in (phone, colleague):
        reply = sender.create(NAME, len(PHOTO))
        assert (reply.status_code, reply.headers["Upload-Offset"]) == (201, str(len(PHOTO)))
        head = sender.head(reply.headers["Location"])
        assert head.headers["Upload-Offset"] == head.headers["Upload-Length"] == str(len(PHOTO))
    assert verified == [(NAME, True)]


def test_of_a_verified_photo_the_length_must_be_the_same(phone: TusPhone) -> None:
    phone.send(PHOTO)
    reply = phone.create(NAME, len(PHOTO) + 1)
    assert (reply.status_code, code_of(reply)) == (400, "upload_length")


def test_a_client_that_sends_a_verified_photo_anyway_is_let(
    phone: TusPhone, kept_path: Where
) -> None:
    phone.send(PHOTO)
    again = phone.start(PHOTO)
    reply = phone.patch(again, 0, bytes(len(PHOTO)))
    assert (reply.status_code, reply.headers["Upload-Offset"]) == (204, str(len(PHOTO)))
    assert phone.patch(again, 5, b"x").status_code == 409
    assert kept_path(NAME).read_bytes() == PHOTO


def test_two_uploads_of_one_photo_are_one_photo(
    phone: TusPhone, colleague: TusPhone, find_photo: Find, verified: list[tuple[str, bool]]
) -> None:
    first, second = phone.start(PHOTO), colleague.start(PHOTO)
    phone.patch(first, 0, PHOTO[:100])
    colleague.patch(second, 0, PHOTO[:200])
    phone.patch(first, 100, PHOTO[100:])
    assert colleague.head(second).headers["Upload-Offset"] == str(len(PHOTO))
    assert colleague.patch(second, 200, PHOTO[200:]).status_code == 204
    assert find_photo(NAME)
    assert verified == [(NAME, True)]


def test_of_two_devices_that_end_at_once_both_are_answered_well(
    app: Flask, phone: TusPhone, colleague: TusPhone, verified: list[tuple[str, bool]]
) -> None:
    for number in range(5):
        photo = draw_jpeg(60 + number, 60)
        senders = [replace(one, client=app.test_client()) for one in (phone, colleague)]
        paths = [sender.start(photo) for sender in senders]
        replies: list[int] = []

        def end(sender: TusPhone, path: str, photo: bytes, replies: list[int]) -> None:
            replies.append(sender.patch(path, 0, photo).status_code)

        threads = [
            Thread(target=end, args=(sender, path, photo, replies))
            for sender, path in zip(senders, paths, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert replies == [204, 204]
        assert verified[number:] == [(sha256_of(photo), True)]


@contextmanager
def broken_disk(folder: Path) -> Iterator[None]:
    """A folder in which nothing can be stored for a while."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    hidden = folder.with_name("hidden")
    if folder.exists():
        folder.rename(hidden)
    folder.write_text("not a folder")
    yield
    folder.unlink()
    if hidden.exists():
        hidden.rename(folder)


@pytest.mark.parametrize("place", ["upload_dir", "photo_dir"])
def test_what_cannot_be_stored_is_not_acknowledged_and_works_later(
    phone: TusPhone, settings: Settings, find_photo: Find, place: str
) -> None:
    path = phone.start(PHOTO)
    with broken_disk(getattr(settings, place)):
        reply = phone.patch(path, 0, PHOTO)
        assert (reply.status_code, code_of(reply)) == (503, "storage_failed")
        assert not find_photo(NAME)
    offset = int(phone.head(path).headers["Upload-Offset"])
    assert phone.patch(path, offset, PHOTO[offset:]).status_code == 204
    assert find_photo(NAME)


def test_an_upload_says_when_it_ends_and_is_gone_then(
    app: Flask, phone: TusPhone, clock: HandClock, spooled: Where
) -> None:
    path = phone.start(PHOTO)
    reply = phone.patch(path, 0, PHOTO[:100])
    expires = parsedate_to_datetime(reply.headers["Upload-Expires"])
    assert expires == datetime.fromtimestamp((clock() + 7 * DAY_MS) // 1000, UTC)
    clock.at_ms += 7 * DAY_MS - 1
    assert phone.head(path).status_code == 200
    clock.at_ms += 1
    assert phone.head(path).status_code == 404
    assert code_of(phone.patch(path, 100, PHOTO[100:])) == "upload_gone"
    clock.at_ms += 10 * 365 * DAY_MS  # by now the file is old by any clock
    with app.app_context():
        end_expired_uploads()
    assert not spooled(path).exists()


def test_the_end_of_uploads_spares_what_is_under_way_and_what_is_kept(
    app: Flask, phone: TusPhone, clock: HandClock, spooled: Where, find_photo: Find
) -> None:
    other = draw_jpeg(50, 50)
    phone.send(other)
    clock.at_ms += 6 * DAY_MS
    path = phone.start(PHOTO)
    phone.patch(path, 0, PHOTO[:100])
    clock.at_ms += DAY_MS + HOUR_MS
    with app.app_context():
        end_expired_uploads()
    assert find_photo(sha256_of(other))
    assert spooled(path).read_bytes() == PHOTO[:100]


def test_bytes_whose_upload_is_gone_go_too_but_not_at_once(
    app: Flask, clock: HandClock, world: World, spooled: Where
) -> None:
    for name, age_ms in (("old", HOUR_MS + 1000), ("young", HOUR_MS - 1000)):
        leave_unfinished(spooled, name, b"left by a killed server")
        grown_s = (clock() - age_ms) / 1000
        os.utime(spooled(name), (grown_s, grown_s))
    with app.app_context():
        end_expired_uploads()
    assert not spooled("old").exists()
    assert spooled("young").exists()
