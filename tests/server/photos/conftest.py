"""Fixtures of the photo tests: phones that speak tus, and a look into what the server holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from server.config import Settings
from server.db import db
from server.photos.models import Photo
from server.photos.store import read_photo
from tests.support.clock import HandClock
from tests.support.phone import Phone
from tests.support.tus import TusPhone, tus_of
from tests.support.world import World, make_world


@pytest.fixture
def phone(inspector: Phone) -> TusPhone:
    """The photo's owner."""
    return tus_of(inspector)


@pytest.fixture
def colleague(world: World) -> TusPhone:
    """Another inspector of the same company."""
    world.add_user("colleague", "inspector_fulltime")
    return tus_of(world.enrol("colleague"))


@pytest.fixture
def outsider(app: Flask, clock: HandClock) -> TusPhone:
    """An inspector of another company on the same server."""
    other = make_world(app, clock, "外县公交公司", "川C")
    other.add_user("outsider", "inspector_fulltime")
    return tus_of(other.enrol("outsider"))


@pytest.fixture
def find_photo(app: Flask, world: World) -> Callable[[str], Photo | None]:
    """The company's verified photo of that name, or None."""

    def find(sha256: str) -> Photo | None:
        with app.app_context():
            photo = read_photo(db.session, world.company, sha256)
            db.session.expunge_all()
            return photo

    return find


@pytest.fixture
def kept_path(settings: Settings, world: World) -> Callable[[str], Path]:
    """Where the bytes of a photo lie once it is kept."""
    return lambda sha256: settings.photo_dir / world.company / sha256[:2] / sha256


@pytest.fixture
def spooled(settings: Settings) -> Callable[[str], Path]:
    """Where the bytes of an upload lie while it is under way."""
    return lambda location: settings.upload_dir / location.rsplit("/", 1)[-1]
