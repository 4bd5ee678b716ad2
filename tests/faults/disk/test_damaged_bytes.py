"""Bytes altered at rest, in the database or in photos: found, named, and shown to nobody."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from server.clock import DAY_MS
from server.db import db
from server.photos.checking import list_damaged_photos
from server.photos.upkeep import check_longest_unchecked
from tests.faults.disk.ledger import DATABASE
from tests.faults.disk.tracing import Point
from tests.faults.disk.trials import Ground, choose, count_points, try_point
from tests.faults.tally import Tally
from tests.support.clock import HandClock
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.phone import Phone
from tests.support.tus import tus_of
from tests.support.world import World

FLIPS = 8
PHOTOS = 12
# What says nothing of anybody's work: who may sign in and until when, and uploads under way.
NOT_EVIDENCE = {"upload", "user_token", "enrolment", "alembic_version", "sign_in"}

TRIGGERS = "select name from sqlite_master where type = 'trigger'"

Rows = dict[str, list[tuple[object, ...]]]


def test_a_flipped_bit_in_the_database_is_named_or_harmless(
    ground: Ground, tally: Tally, scale: int
) -> None:
    chance = random.Random(70)
    whole = read_rows(ground.machine.folder / "done" / DATABASE)
    found: dict[str, int] = {"named": 0, "harmless": 0, "missed": 0}
    missed: list[object] = []
    for _ in range(FLIPS * scale):
        ground.put_back("done")
        place = flip(ground.machine.data / DATABASE, chance)
        verdict, tables = judge(ground, whole)
        found[verdict] += 1
        if verdict == "missed":
            missed.append((place, tables))
    tally.add(70, FLIPS * scale, found["missed"])
    tally.measured("flipped bits that changed no row", found["harmless"], "flips")
    assert missed == []
    assert found["named"]


@pytest.mark.parametrize(
    "change",
    [
        "update checklist set body = replace(body, ':', ';')",
        "update inspection set fields = substr(fields, 1, 50)",
        "update edit set body = cast(x'ff' as text)",
        "pragma writable_schema = 1; update sqlite_master set sql = 'create' where name = 'photo'",
    ],
)
def test_what_cannot_even_be_read_is_said_and_no_crash(ground: Ground, change: str) -> None:
    ground.put_back("done")
    with closing(sqlite3.connect(ground.machine.data / DATABASE)) as database:
        for (trigger,) in database.execute(TRIGGERS).fetchall():
            database.execute(f"drop trigger {trigger}")
        database.executescript(change)
        database.commit()
    server = ground.machine.start()
    code, said = server.ask({"path": "verify"})
    server.end()
    assert code == 1, said
    assert "Traceback" not in said


def judge(ground: Ground, whole: Rows) -> tuple[str, set[str]]:
    server = ground.machine.start()
    try:
        code, _said = server.ask({"path": "verify"})
    finally:
        server.end()
    if code:
        return "named", set()
    rows = read_rows(ground.machine.data / DATABASE)
    changed = {table for table in whole if rows.get(table) != whole[table]} - NOT_EVIDENCE
    return ("missed", changed) if changed else ("harmless", set())


def read_rows(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as database:
        database.text_factory = bytes
        tables = database.execute("select name from sqlite_master where type = 'table'")
        names = [row[0].decode() for row in tables.fetchall()]
        return {name: database.execute(f'select * from "{name}"').fetchall() for name in names}


def flip(path: Path, chance: random.Random) -> int:
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    return place


def cut_short(path: Path, chance: random.Random) -> None:
    with path.open("r+b") as file:
        file.truncate(chance.randrange(path.stat().st_size))


def replace(path: Path, _chance: random.Random) -> None:
    path.write_bytes(draw_jpeg(33, 33))


def remove(path: Path, _chance: random.Random) -> None:
    path.unlink()


HARMS: tuple[Callable[[Path, random.Random], object], ...] = (flip, cut_short, replace, remove)


def test_every_altered_photo_is_found_in_one_night(
    app: Flask, world: World, inspector: Phone, clock: HandClock, tally: Tally, scale: int
) -> None:
    chance = random.Random(71)
    photos = [draw_jpeg(40 + number, 40) for number in range(PHOTOS * scale)]
    for photo in photos:
        tus_of(inspector).send(photo)
    blobs = app.extensions["mingcha"].blobs
    names = [sha256_of(photo) for photo in photos]
    for number, name in enumerate(names):
        HARMS[number % len(HARMS)](blobs.path(world.company, name), chance)
    clock.at_ms += DAY_MS
    with app.app_context():
        check_longest_unchecked()
        named = {one.sha256 for one in list_damaged_photos(db.session, world.company)}
    tally.add(71, len(names), len(set(names) - named))
    assert named == set(names)


def test_after_a_kill_a_file_may_be_nobodys_but_no_row_is_without_its_file(
    ground: Ground, tally: Tally, scale: int
) -> None:
    calls = ("rename", "unlink", "fsync", "fdatasync")
    points = [one for one in count_points(ground, "photo", ("KILL",)) if one.call in calls]
    chosen = choose(points, 4 * scale, seed=72)
    broken = {str(one): found for one in chosen if (found := look_after(ground, one))}
    tally.add(72, len(chosen), len(broken))
    assert broken == {}


def look_after(ground: Ground, point: Point) -> list[tuple[str, str]]:
    """What the reconciler finds when the phone has come back; strays may only be leftovers."""
    assert try_point(ground, "photo", point) == []
    server = ground.machine.start()
    found: list[tuple[str, str]] = server.ask({"path": "check"})
    server.end()
    return found
