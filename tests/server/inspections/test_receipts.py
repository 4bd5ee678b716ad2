"""Every edit gets one receipt, in order, the same for ever."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from server.accounts.store import read_user_by_name
from server.db import db
from server.edits.models import EditRow, Quarantined
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields


def count(world: World, model: type[Any]) -> int:
    with world.app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def problem_of(receipt: dict[str, Any]) -> str:
    assert receipt["state"] == "refused", receipt
    return receipt["problem"]["code"]


def test_a_good_edit_is_accepted_and_kept(world: World, inspector: Phone) -> None:
    edit = inspector.edit(new_record(), inspection_fields(world))
    assert inspector.push(edit) == [{"stamp": edit["stamp"], "state": "accepted"}]
    assert count(world, EditRow) == 1


def test_the_same_push_twice_changes_nothing(world: World, inspector: Phone) -> None:
    edits = [inspector.edit(new_record(), inspection_fields(world)) for _ in range(3)]
    first = inspector.sync(*edits).json
    again = inspector.sync(*edits).json
    assert again["receipts"] == first["receipts"]
    assert again["cursor"] == first["cursor"]
    assert count(world, EditRow) == 3


def test_a_duplicate_inside_one_push_is_one_edit(world: World, inspector: Phone) -> None:
    edit = inspector.edit(new_record(), inspection_fields(world))
    receipts = inspector.push(edit, edit)
    assert receipts[0] == receipts[1]
    assert count(world, EditRow) == 1


def test_the_same_stamp_with_other_content_is_refused_and_both_are_kept(
    world: World, inspector: Phone
) -> None:
    edit = inspector.edit(new_record(), inspection_fields(world))
    assert inspector.push(edit)[0]["state"] == "accepted"
    other = {**edit, "fields": {**edit["fields"], "mode": "full"}}
    assert problem_of(inspector.push(other)[0]) == "stamp_reused"
    assert problem_of(inspector.push(other)[0]) == "stamp_reused"
    assert inspector.push(edit)[0]["state"] == "accepted"
    assert (count(world, EditRow), count(world, Quarantined)) == (1, 1)


def test_one_bad_edit_does_not_block_its_neighbours(world: World, inspector: Phone) -> None:
    good = inspector.edit(new_record(), inspection_fields(world))
    bad = inspector.edit(new_record(), inspection_fields(world, mode="by ear"))
    after = inspector.edit(new_record(), inspection_fields(world))
    receipts = inspector.push(good, bad, "not an edit", after)
    assert [receipt["state"] for receipt in receipts] == [
        "accepted",
        "refused",
        "refused",
        "accepted",
    ]
    assert problem_of(receipts[1]) == "field_value"
    assert receipts[1]["problem"]["detail"] == "mode"
    assert problem_of(receipts[2]) == "edit_malformed"


def test_a_refused_edit_stays_refused_and_whole(world: World, inspector: Phone) -> None:
    bad = inspector.edit(new_record(), inspection_fields(world, checklist="nine-points@1999.1"))
    first = inspector.push(bad)
    assert problem_of(first[0]) == "reference_unknown"
    assert inspector.push(bad) == first
    with world.app.app_context():
        kept = db.session.scalars(select(Quarantined)).one()
        assert '"checklist":"nine-points@1999.1"' in kept.body
        assert kept.device == inspector.device


def test_a_stamp_of_another_device_is_refused(world: World, inspector: Phone) -> None:
    edit = inspector.edit(new_record(), inspection_fields(world))
    foreign = {**edit, "stamp": edit["stamp"][:-16] + "f" * 16}
    assert problem_of(inspector.push(foreign)[0]) == "stamp_foreign"


def test_a_serial_used_twice_is_refused(world: World, inspector: Phone) -> None:
    edit = inspector.edit(new_record(), inspection_fields(world))
    inspector.push(edit)
    inspector.serial -= 1
    again = inspector.edit(new_record(), inspection_fields(world))
    assert problem_of(inspector.push(again)[0]) == "serial_reused"


def test_an_edit_that_does_not_follow_the_chain_is_refused(world: World, inspector: Phone) -> None:
    inspector.push(inspector.edit(new_record(), inspection_fields(world)))
    inspector.prev = "b" * 64
    edit = inspector.edit(new_record(), inspection_fields(world))
    assert problem_of(inspector.push(edit)[0]) == "chain_broken"


def test_a_gap_is_named_and_can_be_filled_later(world: World, inspector: Phone) -> None:
    edits = [inspector.edit(new_record(), inspection_fields(world)) for _ in range(5)]
    assert inspector.sync(edits[0], edits[4]).json["missing_serials"] == [[2, 4]]
    assert inspector.sync(edits[2]).json["missing_serials"] == [[2, 2], [4, 4]]
    reply = inspector.sync(edits[3], edits[1]).json
    assert reply["missing_serials"] == []
    assert [receipt["state"] for receipt in reply["receipts"]] == ["accepted", "accepted"]


def test_a_late_piece_that_does_not_fit_the_gap_is_refused(world: World, inspector: Phone) -> None:
    edits = [inspector.edit(new_record(), inspection_fields(world)) for _ in range(3)]
    inspector.push(edits[0], edits[2])
    stamp = edits[1]["stamp"].replace("-0002-", "-00ff-")
    assert problem_of(inspector.push({**edits[1], "stamp": stamp})[0]) == "chain_broken"
    assert inspector.push(edits[1])[0]["state"] == "accepted"


def test_a_phone_may_not_write_what_is_the_offices(world: World, inspector: Phone) -> None:
    for name in ("review", "criticals/P3-01"):
        edit = inspector.edit(new_record(), {name: {"state": "confirmed", "source": "cctv"}})
        assert problem_of(inspector.push(edit)[0]) == "field_forbidden"


def test_another_inspectors_record_is_refused(world: World, inspector: Phone) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    world.add_user("colleague", "inspector_fulltime")
    colleague = world.enrol("colleague")
    edit = colleague.edit(record, {"answers/P5-02": {"value": "pass"}})
    assert problem_of(colleague.push(edit)[0]) == "record_foreign"


def test_a_user_who_may_no_longer_inspect_loses_nothing(
    world: World, inspector: Phone, client: FlaskClient
) -> None:
    with world.app.app_context():
        user = read_user_by_name(db.session, world.company, "inspector")
        assert user
        user.role = "dispatcher"
        db.session.commit()
    edit = inspector.edit(new_record(), inspection_fields(world))
    assert problem_of(inspector.push(edit)[0]) == "not_allowed"
    assert (count(world, EditRow), count(world, Quarantined)) == (1, 1)


def test_unknown_fields_are_kept(world: World, inspector: Phone) -> None:
    record = new_record()
    edit = inspector.edit(record, inspection_fields(world, weather={"rain": True}))
    inspector.push(edit)
    pulled = inspector.sync().json["records"]
    mine = next(one for one in pulled if one["record"] == record)
    assert mine["fields"]["weather"] == {"value": {"rain": True}, "stamp": edit["stamp"]}
