"""A photo whose bytes are gone or altered is noticed, named, asked for again, and heals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from server.clock import DAY_MS
from server.config import Settings
from server.db import db
from server.jobs import derive_photo, jobs_of, register_jobs
from server.photos.checking import check_photos, keep_checked, list_damaged_photos, look_at
from server.photos.models import Photo
from server.photos.upkeep import check_longest_unchecked
from server.web import Wiring
from tests.support.clock import HandClock
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.phone import Phone, new_record
from tests.support.tus import TusPhone, code_of, tus_of
from tests.support.world import World, inspection_fields

PHOTO = draw_jpeg()
NAME = sha256_of(PHOTO)
Find = Callable[[str], Photo | None]
Where = Callable[[str], Path]

HARMS: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "altered": lambda path: path.write_bytes(PHOTO[:-9] + bytes([PHOTO[-9] ^ 1]) + PHOTO[-8:]),
    "cut short": lambda path: path.write_bytes(PHOTO[:-1]),
    "emptied": lambda path: path.write_bytes(b""),
}


@pytest.fixture
def record(inspector: Phone, world: World) -> str:
    """A finished record whose one photo is on the server."""
    record = new_record()
    fields = inspection_fields(world)
    fields["answers/P5-02"] = {"value": "fail", "photos": [NAME]}
    receipts = inspector.push(inspector.edit(record, fields))
    assert receipts[0]["state"] == "accepted"
    tus_of(inspector).send(PHOTO)
    return record


@pytest.fixture
def damaged(app: Flask, clock: HandClock, record: str, kept_path: Where) -> str:
    """The same record after its photo was altered on disk and the night has found it."""
    HARMS["altered"](kept_path(NAME))
    look_tonight(app, clock)
    return record


def look_tonight(app: Flask, clock: HandClock) -> None:
    clock.at_ms += DAY_MS
    with app.app_context():
        check_longest_unchecked()


def named_damaged(app: Flask, world: World) -> list[tuple[str, str]]:
    with app.app_context():
        return [(one.sha256, one.damage) for one in list_damaged_photos(db.session, world.company)]


@pytest.mark.parametrize("harm", HARMS)
def test_the_night_finds_bytes_that_are_gone_or_altered(
    app: Flask, world: World, clock: HandClock, record: str, kept_path: Where, *, harm: str
) -> None:
    look_tonight(app, clock)
    assert named_damaged(app, world) == []
    HARMS[harm](kept_path(NAME))
    look_tonight(app, clock)
    kind = "missing" if harm == "missing" else "altered"
    assert named_damaged(app, world) == [(NAME, kind)]
    with app.app_context():
        blobs = app.extensions["mingcha"].blobs
        found = list(check_photos(db.session, blobs, world.company))
    assert [(one.sha256, one.problem) for one in found] == [(NAME, kind)]


def test_a_damaged_photo_is_awaited_again_and_its_record_is_not_complete(
    inspector: Phone, officer: dict[str, str], damaged: str
) -> None:
    assert inspector.sync().json["awaited_photos"] == [NAME]
    assert inspector.get("/api/v1/sync/proof").json["photos"] == 0
    url = f"/api/v1/photos/{NAME}"
    assert inspector.client.head(url, headers=inspector.headers).status_code == 404
    assert inspector.get(f"{url}?size=original", officer).status_code == 404
    shown = inspector.get(f"/api/v1/inspections/{damaged}", officer).json
    assert (shown["photos_named"], shown["photos_verified"]) == (1, 0)


def test_sent_again_it_heals(
    app: Flask, world: World, inspector: Phone, damaged: str, kept_path: Where
) -> None:
    phone = tus_of(inspector)
    reply = phone.create(NAME, len(PHOTO))
    assert reply.headers["Upload-Offset"] == "0"
    path = reply.headers["Location"]
    assert phone.patch(path, 0, PHOTO).headers["Upload-Offset"] == str(len(PHOTO))
    assert kept_path(NAME).read_bytes() == PHOTO
    assert named_damaged(app, world) == []
    assert inspector.sync().json["awaited_photos"] == []
    url = f"/api/v1/photos/{NAME}"
    assert inspector.client.head(url, headers=inspector.headers).status_code == 200


def test_the_upload_that_once_finished_takes_the_bytes_again(
    app: Flask, inspector: Phone, clock: HandClock, kept_path: Where, find_photo: Find
) -> None:
    phone = tus_of(inspector)
    path = phone.send(PHOTO)
    kept_path(NAME).unlink()
    look_tonight(app, clock)
    assert phone.head(path).headers["Upload-Offset"] == "0"
    assert phone.patch(path, 0, PHOTO).status_code == 204
    assert find_photo(NAME)


def test_a_file_that_comes_back_by_itself_counts_again(
    app: Flask, world: World, clock: HandClock, inspector: Phone, damaged: str, kept_path: Where
) -> None:
    kept_path(NAME).write_bytes(PHOTO)
    look_tonight(app, clock)
    assert named_damaged(app, world) == []
    assert inspector.sync().json["awaited_photos"] == []


@pytest.mark.parametrize("size", ["original", "screen", "thumb"])
def test_no_reader_ever_gets_bytes_that_do_not_match(
    app: Flask, world: World, inspector: Phone, record: str, size: str
) -> None:
    world.add_user("head", "quality_head")
    officer = world.token("head")
    register_jobs(app, immediate=True)
    with app.app_context():
        derive_photo(world.company, NAME)
    url = f"/api/v1/photos/{NAME}?size={size}"
    assert inspector.get(url, officer).status_code == 200
    wiring: Wiring = app.extensions["mingcha"]
    path = wiring.blobs.path(world.company, NAME, size)
    path.write_bytes(draw_jpeg(320, 240, "#C62828"))
    reply = inspector.get(url, officer)
    expected = "photo_damaged" if size == "original" else "photo_not_ready"
    assert (reply.status_code, code_of(reply)) == (404, expected)
    # Whoever met it has had it looked at: an original is marked, a picture is drawn anew.
    assert (named_damaged(app, world) == [(NAME, "altered")]) == (size == "original")
    if size != "original":
        with app.app_context():
            derive_photo(world.company, NAME)
        assert inspector.get(url, officer).status_code == 200


def test_each_night_reads_its_share_and_goes_on_where_the_last_one_ended(
    app: Flask, clock: HandClock, phone: TusPhone, find_photo: Find
) -> None:
    photos = [draw_jpeg(40 + number, 40) for number in range(5)]
    for photo in photos:
        phone.send(photo)
        clock.at_ms += 1000
    names = [sha256_of(photo) for photo in photos]
    wiring: Wiring = app.extensions["mingcha"]
    changed = {**vars(wiring.settings), "check_bytes": len(photos[0]) + 1}
    app.extensions["mingcha"] = Wiring(Settings(**changed), clock, wiring.blobs)
    order: list[str] = []
    for _ in range(3):
        look_tonight(app, clock)
        rows = [row for name in names if (row := find_photo(name))]
        order.append("".join("x" if row.checked_at_ms == clock() else "-" for row in rows))
    assert order[:2] == ["xx---", "--xx-"]
    assert (order[2][4], order[2].count("x")) == ("x", 2)


def test_a_look_that_a_new_upload_overtook_marks_nothing(
    app: Flask, world: World, phone: TusPhone, clock: HandClock, kept_path: Where
) -> None:
    phone.send(PHOTO)
    with app.app_context():
        row = db.session.get_one(Photo, (world.company, NAME))
        kept_path(NAME).unlink()
        seen = look_at(app.extensions["mingcha"].blobs, row)
        row.checked_at_ms = clock() + 1  # healed meanwhile
        db.session.commit()
        assert not keep_checked(db.session, seen, clock())
        db.session.commit()
    assert named_damaged(app, world) == []


def test_the_worker_has_the_nightly_look_in_its_plan(app: Flask) -> None:
    assert {"rehash", "purge"} <= {
        name.rpartition(".")[2]
        for name in jobs_of(app).queue._registry._registry  # noqa: SLF001
    }
