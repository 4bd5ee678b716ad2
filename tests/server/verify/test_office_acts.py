"""What the office did cannot be undone or invented behind the log either."""

from __future__ import annotations

import re

import pytest

from tests.server.office.staff import Seat, inspect, sit_down
from tests.server.verify.conftest import Verify
from tests.support.insider import tamper
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

ACTS = {
    "a merge is undone": ("DELETE FROM vehicle_merge", "row_missing"),
    "a merge leads elsewhere": (
        """UPDATE vehicle_merge SET "into" = (SELECT id FROM vehicle WHERE plate = '川B12343')""",
        "row_altered",
    ),
    "a merge is invented": (
        """INSERT INTO crew_merge SELECT a.company, a.id, b.id, 0 FROM crew_member a
        JOIN crew_member b ON a.staff_number = 'D001' AND b.staff_number = 'D002'""",
        "row_untold",
    ),
    "an answer to a refusal is altered": (
        "UPDATE refusal_answer SET note = 'nothing'",
        "row_altered",
    ),
    "a conflict is closed": (
        """UPDATE conflict SET settled_at_ms = opened_at_ms,
        settled_by = (SELECT id FROM device WHERE kind = 'office' LIMIT 1)""",
        "conflict_unsettled",
    ),
    "a conflict is closed by what was said before it": (
        """UPDATE conflict SET settled_at_ms = edit.received_at_ms, settled_by = edit.device
        FROM edit, device WHERE conflict.settled_at_ms IS NULL AND device.kind = 'office'
        AND edit.device = device.id AND edit.record = conflict.inspection
        AND edit.seq < conflict.seq""",
        "conflict_unsettled",
    ),
    "a settled conflict is opened again": (
        "UPDATE conflict SET settled_at_ms = NULL, settled_by = NULL WHERE settled_by IS NOT NULL",
        "conflict_reopened",
    ),
    "a settled conflict is given another time": (
        "UPDATE conflict SET settled_at_ms = settled_at_ms + 1 WHERE settled_by IS NOT NULL",
        "conflict_reopened",
    ),
    "a conflict is deleted": ("DELETE FROM conflict WHERE settled_at_ms IS NULL", "row_missing"),
    "a record is given to another author": (
        "UPDATE inspection SET device = (SELECT id FROM device WHERE name = '另一部手机')",
        "owner_altered",
    ),
}


@pytest.fixture
def busy(world: World, inspector: Phone) -> Seat:
    """An office that has merged, answered, released, settled one conflict and left one open."""
    reviewer = sit_down(world, "reviewer", "quality_officer")
    records = [inspect(inspector, world) for _ in range(2)]
    for record in records:
        reviewer.match(record, "vehicle", world.vehicles[1])
        world.clock.at_ms += 1000
        inspector.push(inspector.edit(record, {"vehicle": world.vehicles[2]}))
    page = reviewer.page(f"/office/inspections/{records[0]}")
    choice = re.search(r'name="field" value="([^"]+)">\s*<button name="seq" value="(\d+)"', page)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert choice
    assert seen
    form = {"field": choice[1], "seq": choice[2], "seen": seen[1]}
    world.clock.at_ms += 1000
    assert reviewer.post(f"/office/inspections/{records[0]}/settle", **form).status_code == 303
    merged, into = world.vehicles[:2]
    merging = f"/office/merge/vehicle/{merged}/{into}"
    assert reviewer.post(merging, keep=into).status_code == 303
    _answer_refusals(world, inspector, reviewer)
    return reviewer


def _answer_refusals(world: World, phone: Phone, reviewer: Seat) -> None:
    """One refused edit of a record that is not there yet is released, another explained."""
    review = {"review": {"state": "confirmed", "note": ""}}
    for fields in ({**inspection_fields(world), **review}, review):
        world.clock.at_ms += 1000
        phone.push(phone.edit(new_record(), fields))
    listed = reviewer.page("/office/quarantine")
    paths = re.findall(r'href="(/office/quarantine/[\w-]+)"', listed)
    assert len(paths) == 2
    explained, released = paths
    seen = re.search(r'name="seen" value="([^"]+)"', reviewer.page(released))
    form = {"state": "released", "note": "", "seen": seen[1] if seen else ""}
    assert reviewer.post(released, **form).status_code == 303
    form = {"state": "explained", "note": "复核由质量办公室填写"}
    assert reviewer.post(explained, **form).status_code == 303


def test_an_office_at_work_leaves_no_damage(busy: Seat, verify: Verify) -> None:
    assert verify() == []


@pytest.mark.parametrize("act", ACTS)
def test_an_office_act_altered_behind_the_log_is_named(
    busy: Seat, world: World, verify: Verify, act: str
) -> None:
    world.add_user("other", "inspector_fulltime")
    other = world.enrol("other")
    tamper(world, "UPDATE device SET name = '另一部手机' WHERE id = :id", id=other.device)
    statement, code = ACTS[act]
    tamper(world, statement)
    assert code in {damage.code for damage in verify()}
