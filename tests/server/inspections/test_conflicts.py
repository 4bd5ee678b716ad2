"""A conflict is two people, one field, and neither saw the other: no more and no less."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from server.accounts.store import read_user_by_name
from server.db import begin_write, db
from server.inspections.models import Conflict
from server.inspections.review import Review, match_inspection, review_inspection
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields


def in_office(world: World, action: Any, *args: Any) -> None:
    """What an officer does, committed."""
    with world.app.app_context():
        begin_write(db.session)
        user = read_user_by_name(db.session, world.company, "officer")
        action(db.session, user, *args, world.clock())
        db.session.commit()


def conflicts(world: World) -> list[tuple[str, bool]]:
    """Every conflict there is: its field, and whether it is open."""
    with world.app.app_context():
        rows = db.session.scalars(select(Conflict).order_by(Conflict.seq, Conflict.field))
        return [(row.field, row.settled_at_ms is None) for row in rows]


def pull(phone: Phone) -> None:
    """See all that there is to see."""
    reply = phone.sync().json
    assert reply["more"] is False
    phone.cursor = reply["cursor"]


@pytest.fixture
def record(world: World, inspector: Phone, officer: dict[str, str]) -> str:
    """An inspection that arrived and that its phone has seen."""
    made = new_record()
    inspector.push(inspector.edit(made, inspection_fields(world)))
    pull(inspector)
    return made


def match_vehicle(world: World, record: str, number: int) -> None:
    in_office(world, match_inspection, record, {"vehicle": world.vehicles[number]})


def test_a_phone_that_did_not_see_the_match_meets_it(
    world: World, inspector: Phone, record: str
) -> None:
    match_vehicle(world, record, 1)
    world.clock.at_ms += 1000
    inspector.push(inspector.edit(record, {"vehicle": world.vehicles[2]}))
    assert conflicts(world) == [("vehicle", True)]


def test_a_phones_older_word_that_loses_is_a_conflict_too(
    world: World, inspector: Phone, record: str, officer: dict[str, str]
) -> None:
    older = world.clock()
    world.clock.at_ms += 1000
    match_vehicle(world, record, 1)
    inspector.push(inspector.edit(record, {"vehicle": world.vehicles[2]}, at_ms=older))
    shown = inspector.get(f"/api/v1/inspections/{record}", officer).json
    assert shown["vehicle"] == world.vehicles[1]
    assert conflicts(world) == [("vehicle", True)]


def test_who_saw_the_others_value_contradicts_it_knowingly(
    world: World, inspector: Phone, record: str
) -> None:
    match_vehicle(world, record, 1)
    pull(inspector)
    world.clock.at_ms += 1000
    inspector.push(inspector.edit(record, {"vehicle": world.vehicles[2]}))
    assert conflicts(world) == []


def test_a_cursor_behind_the_phones_own_later_edit_still_counts_as_seen(
    world: World, inspector: Phone, record: str
) -> None:
    match_vehicle(world, record, 1)
    pull(inspector)
    inspector.push(inspector.edit(record, {"reply": "已核对"}))  # its answer is lost on the way
    world.clock.at_ms += 1000
    inspector.push(inspector.edit(record, {"vehicle": world.vehicles[2]}))
    assert conflicts(world) == []


def test_the_same_value_is_no_conflict(world: World, inspector: Phone, record: str) -> None:
    match_vehicle(world, record, 1)
    inspector.push(inspector.edit(record, {"vehicle": world.vehicles[1]}))
    assert conflicts(world) == []


def test_other_fields_are_no_conflict(world: World, inspector: Phone, record: str) -> None:
    match_vehicle(world, record, 1)
    inspector.push(inspector.edit(record, {"driver": world.drivers[1], "x-later": 1}))
    assert conflicts(world) == []


def test_ones_own_older_value_is_no_conflict(world: World, inspector: Phone, record: str) -> None:
    second = world.enrol("inspector")
    inspector.push(inspector.edit(record, {"vehicle": world.vehicles[1]}))
    second.push(second.edit(record, {"vehicle": world.vehicles[2]}))
    assert conflicts(world) == []


def test_the_same_push_again_opens_nothing_again(
    world: World, inspector: Phone, record: str
) -> None:
    match_vehicle(world, record, 1)
    edit = inspector.edit(record, {"vehicle": world.vehicles[2]})
    inspector.push(edit)
    inspector.push(edit)
    assert conflicts(world) == [("vehicle", True)]


def test_a_phone_that_never_pulled_has_seen_nothing(
    world: World, inspector: Phone, record: str
) -> None:
    match_vehicle(world, record, 1)
    inspector.cursor = None
    inspector.push(inspector.edit(record, {"vehicle": world.vehicles[2]}))
    assert conflicts(world) == [("vehicle", True)]


def test_a_later_word_of_the_office_settles_the_field(
    world: World, inspector: Phone, record: str
) -> None:
    match_vehicle(world, record, 1)
    edit = {"vehicle": world.vehicles[2], "reply": "车号看错了"}
    inspector.push(inspector.edit(record, edit))
    in_office(world, match_inspection, record, {"driver": world.drivers[1]})
    assert conflicts(world) == [("vehicle", True)]
    match_vehicle(world, record, 0)
    assert conflicts(world) == [("vehicle", False)]


def test_what_comes_after_the_decision_is_a_task_where_it_differs(
    world: World, inspector: Phone, record: str
) -> None:
    in_office(world, review_inspection, record, Review("confirm"))
    pull(inspector)  # seen or not: the record does not change by itself
    late = {
        "mode": "daily",
        "answers/P5-02": {"value": "pass"},
        "answers/P9-01": {"value": "fail"},
    }
    [receipt] = inspector.push(inspector.edit(record, late))
    assert receipt["state"] == "late"
    assert conflicts(world) == [("answers/P5-02", True), ("answers/P9-01", True)]


def test_a_late_edit_that_says_the_same_is_no_task(
    world: World, inspector: Phone, record: str
) -> None:
    in_office(world, review_inspection, record, Review("confirm"))
    inspector.push(inspector.edit(record, inspection_fields(world)))
    assert conflicts(world) == []


def test_a_void_record_makes_no_tasks(world: World, inspector: Phone, record: str) -> None:
    world.add_user("head", "quality_head")
    with world.app.app_context():
        begin_write(db.session)
        user = read_user_by_name(db.session, world.company, "head")
        assert user
        review_inspection(db.session, user, record, Review("void", "重复"), world.clock())
        db.session.commit()
    inspector.push(inspector.edit(record, {"answers/P5-02": {"value": "pass"}}))
    assert conflicts(world) == []


def test_a_field_whose_name_no_database_can_hold_does_not_stop_the_push(
    world: World, inspector: Phone, record: str
) -> None:
    in_office(world, review_inspection, record, Review("confirm"))
    [receipt] = inspector.push(inspector.edit(record, {"odd\0name": 1}))
    assert receipt["state"] == "late"
    assert conflicts(world) == []
