"""Drawn from a seed: the same company, records and photos for the same end date."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server import create_app
from server.config import read_settings
from server.db import begin_write, db
from server.demo import last_finished_day, load_demo
from server.demo.month import service_days
from server.demo.photos import SCENES, Album
from server.fleet.models import CrewMember, Vehicle
from server.inspections.models import Finding, Inspection, PhotoUse
from server.photos.pictures import check_picture
from server.web import wiring

END = date(2026, 11, 20)
NOW_MS = 1_795_300_000_000  # 2026-11-21
Load = Callable[[str], Flask]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Loads three days of the demo into a folder of that name."""
    apps: list[Flask] = []

    def load_into(name: str) -> Flask:
        monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / name))
        app = create_app(read_settings())
        with app.app_context():
            db.create_all()
            begin_write(db.session)
            load_demo(db.session, wiring().blobs, NOW_MS, END, days=3)
            db.session.commit()
        apps.append(app)
        return app

    yield load_into
    for app in apps:
        with app.app_context():
            db.session.close()
            db.engine.dispose()


def told(app: Flask) -> list[Any]:
    """Everything a reader sees of the records, without the ids that are random."""
    seen = select(
        Inspection.id,
        Vehicle.plate,
        CrewMember.staff_number,
        CrewMember.name,
        Inspection.mode,
        Inspection.occurred_at_ms,
        Inspection.first_received_at_ms,
        Inspection.status,
        Inspection.total_bp,
        Inspection.fault_points,
        Inspection.grade,
    )
    seen = seen.outerjoin(Vehicle, Vehicle.id == Inspection.vehicle)
    seen = seen.outerjoin(CrewMember, CrewMember.id == Inspection.driver)
    parts = (
        seen.order_by(Inspection.id),
        select(Finding.inspection, Finding.item, Finding.charged_to).order_by(
            Finding.inspection, Finding.item
        ),
        select(PhotoUse.inspection, PhotoUse.field, PhotoUse.sha256).order_by(
            PhotoUse.inspection, PhotoUse.field
        ),
    )
    with app.app_context():
        return [[tuple(row) for row in db.session.execute(part)] for part in parts]


def test_two_loads_with_the_same_end_tell_the_same(load: Load) -> None:
    first, second = told(load("first")), told(load("second"))
    assert len(first[0]) > 216
    assert len(first[2]) > 20
    assert first == second


def test_the_month_ends_with_the_last_day_that_is_over() -> None:
    evening_ms = 1_795_266_000_000  # 2026-11-21 21:00 in Shanghai
    assert last_finished_day(evening_ms - 1) == date(2026, 11, 20)
    assert last_finished_day(evening_ms) == date(2026, 11, 21)


def test_the_days_are_those_up_to_the_end() -> None:
    days = service_days(END)
    assert (len(days), days[0], days[-1]) == (30, date(2026, 10, 22), END)


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_is_a_photo_of_its_own(scene: str) -> None:
    album, again = Album(1, "Asia/Shanghai"), Album(1, "Asia/Shanghai")
    names = [album.take(scene, "P8-01", 0), album.take(scene, "P8-01", 0)]
    assert len(set(names)) == 2
    assert again.take(scene, "P8-01", 0) == names[0]
    content = album.photos[names[0]]
    assert hashlib.sha256(content).hexdigest() == names[0]
    picture = check_picture(content, 640 * 480)
    assert (picture.width, picture.height, picture.media_type) == (640, 480, "image/jpeg")
