"""Fixtures: the app in a folder of its own, a small company, phones and readers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Playwright, sync_playwright

from server import create_app
from server.accounts import store as accounts
from server.config import Settings, read_settings
from server.db import db
from tests.support.clock import HandClock
from tests.support.databases import (
    is_for_both,
    migrated_postgresql,
    pick_database,
    postgresql,
    postgresql_cluster,
)
from tests.support.phone import Phone
from tests.support.world import World, make_world

__all__ = ["migrated_postgresql", "postgresql", "postgresql_cluster"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What the product promises to phones and the office, it promises on both databases."""
    if "database" in metafunc.fixturenames and is_for_both(metafunc.definition):
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, or nothing for SQLite in the data folder."""
    return pick_database(request)


@pytest.fixture(autouse=True, scope="session")
def quick_secrets() -> Iterator[None]:
    """The same hash with less work: tests make hundreds of people, none of them worth guessing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "HASHER", PasswordHasher(time_cost=1, memory_cost=1024))
        yield


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all browser tests: a second one beside it would not start."""
    with sync_playwright() as started:
        yield started


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str) -> Settings:
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "data"))
    if database:
        monkeypatch.setenv("MINGCHA_DATABASE_URL", database)
    return read_settings()


@pytest.fixture
def app(settings: Settings, clock: HandClock) -> Iterator[Flask]:
    """The whole app over an empty database; a request context is not pushed."""
    app = create_app(settings, clock)
    app.config["TESTING"] = True
    with app.app_context():
        if not settings.database_url.startswith("postgresql"):  # there the tables stay
            db.create_all()
    yield app
    with app.app_context():
        db.session.close()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def world(app: Flask, clock: HandClock) -> World:
    """A company with 2 stations, 2 routes, 3 vehicles, 3 drivers, 1 conductor and a checklist."""
    return make_world(app, clock, "清源县乡村公交有限公司", "川B")


@pytest.fixture
def inspector(world: World) -> Phone:
    """A full-time inspector's phone."""
    world.add_user("inspector", "inspector_fulltime")
    return world.enrol("inspector")


@pytest.fixture
def officer(world: World) -> dict[str, str]:
    """API headers of a quality officer."""
    world.add_user("officer", "quality_officer")
    return world.token("officer")
