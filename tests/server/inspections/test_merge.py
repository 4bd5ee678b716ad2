"""Records merge per field; clocks neither block nor win; what is settled does not move."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from server.accounts.store import read_user_by_name
from server.db import db
from server.inspections.review import Review, match_inspection, review_inspection
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

YEAR_MS = 365 * 24 * 3_600_000


def state_of(phone: Phone, record: str) -> dict[str, Any]:
    records = phone.sync().json["records"]
    return next(one["fields"] for one in records if one["record"] == record)


def act(world: World, name: str, action: Any, *args: Any) -> None:
    """Something a person does in the office, committed as its page would."""
    with world.app.app_context():
        user = read_user_by_name(db.session, world.company, name)
        assert user
        action(db.session, user, *args, world.clock())
        db.session.commit()


def test_the_newest_answer_wins_in_any_order_of_arrival(world: World, inspector: Phone) -> None:
    ends = set()
    for order in permutations(range(3)):
        record = new_record()
        edits = [inspector.edit(record, inspection_fields(world))]
        edits += [
            inspector.edit(record, {"answers/P5-02": {"value": value}}) for value in ("na", "pass")
        ]
        inspector.push(*(edits[place] for place in order))
        field = state_of(inspector, record)["answers/P5-02"]
        assert field["stamp"] == edits[2]["stamp"]
        ends.add(field["value"]["value"])
    assert ends == {"pass"}


def test_a_clock_years_ahead_does_not_win_over_what_comes_later(
    world: World, inspector: Phone
) -> None:
    record = new_record()
    ahead = inspector.edit(record, inspection_fields(world), at_ms=world.clock() + 10 * YEAR_MS)
    receipt = inspector.push(ahead)[0]
    assert receipt["state"] == "accepted"
    assert receipt["ordered_as"].startswith(f"{world.clock():013d}-")
    assert receipt["ordered_as"].endswith(inspector.device)
    world.clock.at_ms += 1000
    inspector.push(inspector.edit(record, {"answers/P5-02": {"value": "pass"}}))
    assert state_of(inspector, record)["answers/P5-02"]["value"] == {"value": "pass"}


def test_edits_with_a_clock_ahead_keep_their_own_order(world: World, inspector: Phone) -> None:
    record = new_record()
    far = world.clock() + YEAR_MS
    edits = [inspector.edit(record, inspection_fields(world), at_ms=far)]
    edits += [
        inspector.edit(record, {"answers/P5-02": {"value": value}}, at_ms=far + step)
        for step, value in enumerate(("na", "pass"), start=1)
    ]
    receipts = inspector.push(*edits)
    orders = [receipt["ordered_as"] for receipt in receipts]
    assert orders == sorted(orders)
    assert len(set(orders)) == 3
    assert state_of(inspector, record)["answers/P5-02"]["value"] == {"value": "pass"}
    assert inspector.push(*edits) == receipts


def test_a_clock_years_behind_is_accepted_and_listed_by_its_receipt(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    fields = inspection_fields(
        world,
        started_at="2009-01-01T08:00:00+08:00",
        finished_at="2009-01-01T08:02:00+08:00",
    )
    edit = inspector.edit(record, fields, at_ms=world.clock() - 15 * YEAR_MS)
    assert inspector.push(edit)[0] == {"stamp": edit["stamp"], "state": "accepted"}
    shown = inspector.get(f"/api/v1/inspections/{record}", headers=officer).json
    assert shown["clock_suspect"] is True
    assert shown["service_date"] == "2025-11-20"
    assert shown["fields"]["started_at"]["value"] == "2009-01-01T08:00:00+08:00"


def test_an_edit_of_a_confirmed_record_is_late_and_changes_nothing(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    act(world, "officer", review_inspection, record, Review("confirm"))
    before = state_of(inspector, record)
    late = inspector.edit(record, {"answers/P5-02": {"value": "pass"}})
    assert inspector.push(late)[0] == {"stamp": late["stamp"], "state": "late"}
    assert inspector.push(late)[0]["state"] == "late"
    assert state_of(inspector, record) == before


def test_the_offices_correction_wins_over_what_its_author_saw(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    inspector.counter = 0xFFF0
    inspector.push(inspector.edit(record, inspection_fields(world)))
    act(world, "officer", match_inspection, record, {"vehicle": world.vehicles[1]})
    assert state_of(inspector, record)["vehicle"]["value"] == world.vehicles[1]


def test_a_returned_record_waits_again_once_its_author_has_finished_it_anew(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    act(world, "officer", review_inspection, record, Review("return", "哪个座位?"))
    shown = inspector.get(f"/api/v1/inspections/{record}", headers=officer).json
    assert shown["status"] == "returned"
    assert state_of(inspector, record)["review"]["value"]["note"] == "哪个座位?"
    world.clock.at_ms += 60_000
    note = {"value": "fail", "note": "第三排左侧"}
    inspector.push(inspector.edit(record, {"answers/P5-02": note, "state": "finished"}))
    shown = inspector.get(f"/api/v1/inspections/{record}", headers=officer).json
    assert shown["status"] == "finished"
