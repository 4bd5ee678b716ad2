"""The database itself refuses to change or delete what the log holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from server import create_app
from server.config import Settings
from server.db import begin_write, db
from server.evidence.store import append_evidence, lock_log
from server.migrations import upgrade
from tests.support.clock import HandClock
from tests.support.phone import new_record
from tests.support.world import World, inspection_fields, make_world

LOG = ("edit", "evidence", "evidence_node", "push_signature", "quarantine")
MAKERS: dict[str, Callable[[], object]] = {"models": db.create_all, "migrations": upgrade}


@pytest.fixture(params=sorted(MAKERS))
def made_app(
    request: pytest.FixtureRequest, settings: Settings, clock: HandClock
) -> Iterator[Flask]:
    """The app over a database made either way."""
    app = create_app(settings, clock)
    with app.app_context():
        MAKERS[request.param]()
    yield app
    with app.app_context():
        db.session.close()
        db.engine.dispose()


@pytest.fixture
def full(made_app: Flask, clock: HandClock) -> World:
    """A company with at least one row in every table of the log."""
    world = make_world(made_app, clock, "清源县乡村公交有限公司", "川B")
    world.add_user("inspector", "inspector_fulltime")
    phone = world.enrol("inspector")
    fields = inspection_fields(world)
    phone.push(phone.edit(new_record(), fields), {"stamp": "not an edit"})
    with made_app.app_context():
        begin_write(db.session)
        log = lock_log(db.session, world.company)
        for number in range(256):  # so that an inner node becomes whole
            append_evidence(db.session, log, "user", {"id": str(number)})
        db.session.commit()
    return world


@pytest.mark.parametrize("table", LOG)
@pytest.mark.parametrize(
    "change", ['UPDATE "{}" SET company = company', 'DELETE FROM "{}"'], ids=["update", "delete"]
)
def test_no_row_of_the_log_can_be_changed_or_deleted(full: World, table: str, change: str) -> None:
    with full.app.app_context():
        before = db.session.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
        assert before
        begin_write(db.session)
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(change.format(table)))
        db.session.rollback()
        assert db.session.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one() == before


@pytest.mark.parametrize("table", LOG)
def test_no_row_of_the_log_can_be_replaced(full: World, table: str) -> None:
    with full.app.app_context():
        begin_write(db.session)
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"'))
        db.session.rollback()
