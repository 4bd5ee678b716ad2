"""Things done at the same moment count once, on both databases."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from server.accounts.store import read_user_by_name, save_enrolment
from server.db import begin_write, db
from server.edits.models import EditRow
from server.inspections.models import Inspection
from server.photos.models import Photo
from tests.server.office.staff import sit_down
from tests.support.clock import HandClock
from tests.support.databases import pick_database
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.phone import Phone, new_record
from tests.support.tus import tus_of
from tests.support.world import World, inspection_fields

Given = TypeVar("Given")
ROUNDS = 2


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    return pick_database(request)


@pytest.fixture
def slow(app: Flask) -> Iterator[None]:
    """Every statement takes a moment, so that what may overlap does."""
    chance = random.Random(54)

    def wait(*_anything: Any) -> None:
        time.sleep(chance.uniform(0, 0.02))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", wait)
    yield
    event.remove(engine, "before_cursor_execute", wait)


def at_once(*acts: Callable[[], Given]) -> list[Given]:
    """All of them, begun at the same moment; what each gave."""
    line = threading.Barrier(len(acts))

    def start(act: Callable[[], Given]) -> Given:
        line.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(start, acts))


def count(app: Flask, model: type[Any]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def colleague(world: World, name: str = "inspector") -> Phone:
    return world.enrol(name)


def test_one_photo_finished_by_two_phones_is_one_photo(
    app: Flask, world: World, inspector: Phone, slow: None
) -> None:
    phones = [tus_of(inspector), tus_of(colleague(world))]
    for number in range(ROUNDS):
        photo = draw_jpeg(100 + number, 80)
        paths = [phone.start(photo) for phone in phones]
        replies = at_once(
            *(partial(one.patch, path, 0, photo) for one, path in zip(phones, paths, strict=True))
        )
        assert [reply.status_code for reply in replies] == [204, 204]
        assert phones[0].ask("HEAD", f"/api/v1/photos/{sha256_of(photo)}").status_code == 200
    assert count(app, Photo) == ROUNDS


def enrol(phone: Phone, code: str) -> TestResponse:
    wanted = {"code": code, "name": "测试机", "public_key": phone.jwk()}
    return phone.client.post("/api/v1/devices", json=wanted)


def test_one_code_enrols_one_phone(
    app: Flask, world: World, inspector: Phone, clock: HandClock, slow: None
) -> None:
    for _ in range(ROUNDS):
        with app.app_context():
            begin_write(db.session)
            user = read_user_by_name(db.session, world.company, "inspector")
            assert user
            code = save_enrolment(db.session, user, clock(), 24)
            db.session.commit()
        phones = [Phone(app.test_client(), clock) for _ in range(2)]
        replies = at_once(*(partial(enrol, phone, code) for phone in phones))
        assert sorted(reply.status_code for reply in replies) == [201, 403]


def test_one_push_sent_four_times_is_one_row_a_record(
    app: Flask, world: World, inspector: Phone, slow: None
) -> None:
    for number in range(1, ROUNDS + 1):
        edit = inspector.edit(new_record(), inspection_fields(world))
        copies = [inspector.twin() for _ in range(4)]
        for copy in copies:
            copy.client = app.test_client()
        receipts = at_once(*(partial(one.push, edit) for one in copies))
        assert receipts == [receipts[0]] * 4
        assert count(app, EditRow) == number


def test_what_two_phones_write_into_one_record_is_all_there(
    world: World, inspector: Phone, clock: HandClock, slow: None
) -> None:
    other, record = colleague(world), new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    for number in range(ROUNDS):
        notes = [{"value": "fail", "note": f"{who} {number}"} for who in ("一", "二")]
        clock.at_ms += 1000
        edits = (
            inspector.edit(record, {"answers/P5-02": notes[0]}),
            other.edit(record, {"answers/P6-03": notes[1]}),
        )
        at_once(partial(inspector.push, edits[0]), partial(other.push, edits[1]))
        pulled = {one["record"]: one for one in inspector.sync().json["records"]}
        fields = pulled[record]["fields"]
        assert [fields["answers/P5-02"]["value"], fields["answers/P6-03"]["value"]] == notes


def test_of_two_reviewers_one_decides(
    app: Flask, world: World, inspector: Phone, slow: None
) -> None:
    seats = [sit_down(world, name, "quality_head") for name in ("first", "second")]
    for _ in range(ROUNDS):
        record = new_record()
        inspector.push(inspector.edit(record, inspection_fields(world)))
        for seat in seats:
            seat.page(f"/office/inspections/{record}")
        replies = at_once(
            partial(seats[0].review, record, "confirm"),
            partial(seats[1].review, record, "void", "重复"),
        )
        assert sum(reply.status_code == 303 for reply in replies) == 1
        with app.app_context():
            row = db.session.get_one(Inspection, (world.company, record))
            query = select(func.count()).where(EditRow.record == record)
            assert row.status in ("confirmed", "void")
            assert db.session.scalar(query) == 2
