"""A record whose transaction commits late is pulled all the same, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from server import create_app
from server.config import read_settings
from server.db import db
from tests.faults.network.town import RealClock
from tests.faults.postgresql.conftest import close_app
from tests.faults.postgresql.slow import Slow, find_skipped, pull
from tests.faults.tally import Tally
from tests.support.phone import new_record
from tests.support.world import World, inspection_fields, make_world


@pytest.fixture(params=["sqlite", "postgresql"])
def either(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """The product over an SQLite file, or over this area's cluster."""
    if request.param == "postgresql":
        yield request.getfixturevalue("app")
        return
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "data"))
    app = create_app(read_settings())
    app.config["TESTING"] = True
    with app.app_context():
        db.create_all()
    yield app
    close_app(app)


@pytest.fixture
def world(either: Flask) -> World:
    world = make_world(either, RealClock(), "清源县乡村公交有限公司", "川B")
    world.add_user("inspector", "inspector_fulltime")
    return world


def test_a_late_commit_is_never_skipped(
    either: Flask, world: World, scale: int, tally: Tally
) -> None:
    rounds = 2 * scale
    skipped = [one for _ in range(rounds) for one in find_skipped(either, world, "inspector")]
    tally.add(54, rounds, len(skipped))
    assert skipped == []


def test_what_is_committed_while_a_page_is_read_comes_with_the_next(
    either: Flask, world: World, tally: Tally
) -> None:
    """The page has read how far the log is; before it reads the rows, another push commits."""
    reader, writer = (world.enrol("inspector") for _ in range(2))
    pulled, records = pull(reader), [new_record(), new_record()]
    writer.push(writer.edit(records[0], inspection_fields(world)))
    push = Slow("meanwhile", replace(writer, client=either.test_client()), records[1], world)

    def meanwhile(*call: Any) -> None:
        is_ours = threading.current_thread().name == "reader" and "FROM station" in call[2]
        if is_ours and not push.ident:
            push.start()
            push.join(20)

    with either.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", meanwhile)
    with ThreadPoolExecutor(1, initializer=_be_named) as pool:
        pulled |= pool.submit(pull, reader).result()
    event.remove(engine, "before_cursor_execute", meanwhile)
    pulled |= pull(reader)
    tally.add(54, 1, len(set(records) - pulled))
    assert push.status == 200
    assert set(records) <= pulled


def _be_named() -> None:
    threading.current_thread().name = "reader"
