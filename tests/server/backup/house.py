"""An installation as it stands at a company: migrated tables, a phone that works, photos."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask

from server import create_app
from server.config import read_settings
from server.db import db
from server.migrations import upgrade
from tests.support.clock import HandClock
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.phone import Phone, new_record
from tests.support.tus import tus_of
from tests.support.world import World, inspection_fields, make_world

COLOURS = ("#2E7D32", "#C62828", "#0958D9", "#B26A00", "#646A73", "#1F2329")


@dataclass
class House:
    """A data folder with an app over it, and what the phone did."""

    data: Path
    clock: HandClock
    app: Flask
    world: World
    phone: Phone
    edits: list[dict[str, Any]] = field(default_factory=list)
    photos: dict[str, bytes] = field(default_factory=dict)

    def work(self) -> None:
        """The phone sends two finished records, one names two new photos and the other one."""
        self.clock.at_ms += 60_000
        for photos in (2, 1):
            named = [self.take_photo() for _ in range(photos)]
            fails = {"answers/P5-02": {"value": "fail", "note": "脏", "photos": named}}
            self.send(self.phone.edit(new_record(), inspection_fields(self.world, **fails)))
            for sha256 in named:
                tus_of(self.phone).send(self.photos[sha256])

    def take_photo(self) -> str:
        """A photo that no other looks like; its name."""
        number = len(self.photos)
        photo = draw_jpeg(64 + number, 48, COLOURS[number % len(COLOURS)])
        self.photos[sha256_of(photo)] = photo
        return sha256_of(photo)

    def send(self, edit: dict[str, Any]) -> None:
        self.edits.append(edit)
        (receipt,) = self.phone.push(edit)
        assert receipt["state"] == "accepted"

    def photo_path(self, sha256: str) -> Path:
        return self.data / "photos" / self.world.company / sha256[:2] / sha256


@contextmanager
def open_house(data: Path, clock: HandClock) -> Iterator[House]:
    """An installation over ``data`` with a small company; closed like a server that was ended."""
    app = create_app(read_settings(data), clock)
    with app.app_context():
        upgrade()
    try:
        world = make_world(app, clock, "清源县乡村公交有限公司", "川B")
        world.add_user("inspector", "inspector_fulltime")
        yield House(data, clock, app, world, world.enrol("inspector"))
    finally:
        close(app)


@contextmanager
def reopened(data: Path, clock: HandClock) -> Iterator[Flask]:
    """The app over a data folder that is there, as `mingcha serve` would open it."""
    app = create_app(read_settings(data), clock)
    try:
        yield app
    finally:
        close(app)


def close(app: Flask) -> None:
    with app.app_context():
        db.session.close()
        db.engine.dispose()
