"""A database of the first release gets its evidence log when it is brought up to date."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import text

from server import create_app
from server.config import Settings
from server.db import db
from server.migrations import make_config, upgrade
from tests.server.verify.conftest import Verify
from tests.support.clock import HandClock
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

FIRST_RELEASE = "0001"


@pytest.fixture
def app(settings: Settings, clock: HandClock) -> Iterator[Flask]:
    """The app over tables that the migrations made."""
    app = create_app(settings, clock)
    app.config["TESTING"] = True
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.session.close()
        db.engine.dispose()


def test_what_was_there_before_gets_its_leaves(app: Flask, full: Phone, verify: Verify) -> None:
    with app.app_context():
        db.session.close()
        before = db.session.execute(text("SELECT kind, count(*) FROM evidence GROUP BY kind")).all()
        db.session.close()
        command.downgrade(make_config(), FIRST_RELEASE)
        assert upgrade()
        after = db.session.execute(text("SELECT kind, count(*) FROM evidence GROUP BY kind")).all()
        db.session.close()
    assert sorted(after) == sorted(before)
    assert verify() == []


def test_a_phone_goes_on_where_it_was(
    app: Flask, full: Phone, world: World, verify: Verify
) -> None:
    with app.app_context():
        db.session.close()
        command.downgrade(make_config(), FIRST_RELEASE)
        upgrade()
        db.session.close()
    edit = full.edit(new_record(), inspection_fields(world))
    assert [receipt["state"] for receipt in full.push(edit)] == ["accepted"]
    assert verify() == []
