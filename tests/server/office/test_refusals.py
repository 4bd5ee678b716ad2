"""What the office does with a refused edit: releases it into its record, or explains it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from server.accounts.store import read_user_by_name
from server.db import begin_write, db
from server.edits.models import EditRow
from server.evidence.models import Entry
from server.inspections.releasing import Answer, answer_refusal
from server.problems import Problem
from sync.canonical import digest
from tests.server.office.staff import Seat, sit_down
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields, make_world


def refuse(phone: Phone, record: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Push an edit that is refused; the edit."""
    edit = phone.edit(record, fields)
    [receipt] = phone.push(edit)
    assert receipt["state"] == "refused", receipt
    return edit


def keys(seat: Seat) -> list[str]:
    """The addresses of the refusals that the list offers to answer, in its order."""
    return re.findall(r'href="(/office/quarantine/[\w-]+)"', seat.page("/office/quarantine"))


def release(seat: Seat, path: str, note: str = "") -> Any:
    """Release as the page offers it."""
    seen = re.search(r'name="seen" value="([^"]+)"', seat.page(path))
    return seat.post(path, state="released", note=note, seen=seen[1] if seen else "")


def explain(seat: Seat, path: str, note: str) -> Any:
    return seat.post(path, state="explained", note=note)


def evidence(world: World) -> list[dict[str, Any]]:
    """The log's entries about answers."""
    with world.app.app_context():
        bodies = db.session.scalars(
            select(Entry.body).where(Entry.company == world.company, Entry.kind == "answer")
        )
        return [json.loads(body) for body in bodies]


def told(phone: Phone) -> list[dict[str, Any]]:
    """What the office's answers say to a phone that pulls everything."""
    phone.cursor = None
    records = [one for one in phone.sync().json["records"] if one["kind"] == "refusal"]
    return [{name: field["value"] for name, field in one["fields"].items()} for one in records]


def test_a_released_edit_goes_into_its_record_and_its_receipt_stays_refused(
    world: World, inspector: Phone, reviewer: Seat, record: str
) -> None:
    fields = {"answers/P5-02": {"value": "pass"}, "review": {"state": "confirmed", "note": ""}}
    edit = refuse(inspector, record, fields)
    [path] = keys(reviewer)
    assert "P5-02" in reviewer.page(path)
    assert release(reviewer, path, "照片看过,合格").status_code == 303
    page = reviewer.page(f"/office/inspections/{record}")
    assert "待审核" in page  # the office's own field did not come along
    assert "reviewer 显示名" in page
    [receipt] = inspector.push(edit)
    assert receipt["state"] == "refused"
    [said] = told(inspector)
    assert (said["stamp"], said["state"], said["note"]) == (
        edit["stamp"],
        "released",
        "照片看过,合格",
    )


def test_the_log_tells_who_answered_what_and_which_edit_came_of_it(
    world: World, inspector: Phone, reviewer: Seat, record: str
) -> None:
    refuse(inspector, record, {"reply": "看过了", "review": None})
    [path] = keys(reviewer)
    release(reviewer, path)
    [entry] = evidence(world)
    assert entry["state"] == "released"
    assert entry["device"] == inspector.device
    assert entry["left"] == {"review": "field_forbidden"}
    with world.app.app_context():
        edit = db.session.get(EditRow, (world.company, entry["edits"][0]))
        assert edit
        assert json.loads(edit.body)["fields"] == {"reply": "看过了"}
        assert edit.device != inspector.device


def test_a_record_that_never_arrived_is_made_in_its_authors_name(
    world: World, inspector: Phone, reviewer: Seat
) -> None:
    record = new_record()
    bad = inspection_fields(world, review=None)
    refuse(inspector, record, bad)
    [path] = keys(reviewer)
    assert "还没有到过服务器" in reviewer.page(path)
    release(reviewer, path)
    pulled = [one["record"] for one in inspector.sync().json["records"]]
    assert record in pulled
    [receipt] = inspector.push(inspector.edit(record, {"reply": "我的记录"}))
    assert receipt["state"] == "accepted"
    assert "reviewer 显示名" in reviewer.page(f"/office/inspections/{record}")


def test_an_undercover_edit_stays_undercover_when_released(
    world: World, inspector: Phone, reviewer: Seat
) -> None:
    record = new_record()
    refuse(inspector, record, inspection_fields(world, mode="undercover", review=None))
    [path] = keys(reviewer)
    assert inspector.device not in path
    assert inspector.device not in reviewer.page(path)
    release(reviewer, path)
    page = reviewer.page(f"/office/inspections/{record}")
    assert "inspector 显示名" not in page
    outsider = sit_down(world, "auditor", "auditor")
    assert outsider.get(f"/office/inspections/{record}").status_code == 404


def test_what_fits_no_rule_stays_refused_with_the_reason(
    world: World, inspector: Phone, reviewer: Seat, record: str
) -> None:
    fields = {"mode": "joyride", "checklist": "unknown@1", "state": "draft", "review": None}
    refuse(inspector, record, fields)
    [path] = keys(reviewer)
    page = reviewer.page(path)
    assert page.count("不放行:") == 4
    assert "do_release" not in page
    assert 'value="released"' not in page
    reply = reviewer.post(path, state="released", note="")
    assert reply.status_code == 409
    assert told(inspector) == []


def test_an_explanation_needs_words_and_reaches_the_phone(
    inspector: Phone, reviewer: Seat, record: str
) -> None:
    edit = refuse(inspector, record, {"review": None, "mode": "daily"})
    [path] = keys(reviewer)
    assert explain(reviewer, path, "  ").status_code == 400
    assert told(inspector) == []
    assert explain(reviewer, path, "这一项由办公室填写").status_code == 303
    [said] = told(inspector)
    assert (said["stamp"], said["state"]) == (edit["stamp"], "explained")
    assert said["note"] == "这一项由办公室填写"


@pytest.mark.parametrize(("length", "status"), [(1, 303), (1000, 303), (1001, 400)])
def test_a_note_to_the_inspector_is_bounded(
    inspector: Phone, reviewer: Seat, record: str, length: int, status: int
) -> None:
    refuse(inspector, record, {"reply": "好", "review": None})
    [path] = keys(reviewer)
    assert explain(reviewer, path, "长" * length).status_code == status


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("explained", "released", 303),
        ("explained", "explained", 409),
        ("released", "explained", 409),
        ("released", "released", 409),
    ],
)
def test_an_explanation_may_be_followed_by_a_release_and_nothing_else_by_anything(
    inspector: Phone, reviewer: Seat, record: str, first: str, second: str, status: int
) -> None:
    refuse(inspector, record, {"reply": "好", "review": None})
    [path] = keys(reviewer)
    assert reviewer.post(path, state=first, note="说明").status_code == 303
    assert reviewer.post(path, state=second, note="说明").status_code == status


def test_a_release_onto_a_record_that_changed_meanwhile_is_told(
    inspector: Phone, reviewer: Seat, record: str, world: World
) -> None:
    refuse(inspector, record, {"reply": "好", "review": None})
    [path] = keys(reviewer)
    page = reviewer.page(path)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    reviewer.match(record, "vehicle", world.vehicles[1])
    reply = reviewer.post(path, state="released", note="", seen=seen[1])
    assert reply.status_code == 409


def test_a_release_onto_a_confirmed_record_is_late_evidence(
    inspector: Phone, reviewer: Seat, record: str
) -> None:
    refuse(inspector, record, {"answers/P5-02": {"value": "pass"}, "review": None})
    reviewer.review(record, "confirm")
    [path] = keys(reviewer)
    assert release(reviewer, path).status_code == 303
    page = reviewer.page(f"/office/inspections/{record}")
    assert "迟到,保留但不计入" in page
    assert "改用这个" in page


def test_open_ones_stand_first_and_are_counted_in_the_bar(
    inspector: Phone, reviewer: Seat, record: str, world: World
) -> None:
    for note in ("第一", "第二", "第三"):
        world.clock.at_ms += 1000
        refuse(inspector, record, {"reply": note, "review": None})
    first = keys(reviewer)
    bar = reviewer.page("/office/")
    assert re.search(r'class="tally">3<', bar)
    explain(reviewer, first[0], "不用了")
    assert keys(reviewer) == [first[1], first[2], first[0]]
    assert re.search(r'class="tally">2<', reviewer.page("/office/"))
    page = reviewer.page("/office/quarantine")
    assert "已说明" in page
    assert "reviewer 显示名" in page


def test_answers_reach_the_device_that_wrote_the_edit_and_no_other(
    world: World, inspector: Phone, reviewer: Seat, record: str
) -> None:
    refuse(inspector, record, {"reply": "好", "review": None})
    [path] = keys(reviewer)
    explain(reviewer, path, "说明")
    world.add_user("other", "inspector_fulltime")
    assert told(world.enrol("other")) == []
    assert told(world.enrol("inspector")) == []
    assert len(told(inspector)) == 1


def test_garbage_can_be_explained_but_not_released(inspector: Phone, reviewer: Seat) -> None:
    inspector.push({"stamp": "garbage", "note": "?"})
    [path] = keys(reviewer)
    assert reviewer.post(path, state="released", note="").status_code == 409
    assert explain(reviewer, path, "手机程序有错,已通知").status_code == 303


@pytest.mark.parametrize("role", ["csc_officer", "auditor", "station_manager", "sysadmin"])
def test_a_colleague_without_the_right_answers_nothing(
    world: World, inspector: Phone, reviewer: Seat, record: str, role: str
) -> None:
    refuse(inspector, record, {"reply": "好", "review": None, "mode": "daily"})
    [path] = keys(reviewer)
    seat = sit_down(world, "colleague", role, world.stations[0])
    assert seat.get(path).status_code == 403
    assert seat.post(path, state="explained", note="x").status_code == 403


def test_an_outsider_finds_no_refusal_here(
    world: World, inspector: Phone, reviewer: Seat, record: str
) -> None:
    refuse(inspector, record, {"reply": "好", "review": None})
    [path] = keys(reviewer)
    other = make_world(world.app, world.clock, "邻县公交公司", "川C")
    seat = sit_down(other, "neighbour", "quality_head")
    assert seat.get(path).status_code == 404
    assert seat.post(path, state="explained", note="x").status_code == 404
    assert seat.get(path[:-4] + "AAAA").status_code == 404
    assert reviewer.get("/office/quarantine/nothing").status_code == 404


@pytest.mark.parametrize("state", ["released", "explained"])
def test_nobody_answers_their_own_refused_edit(world: World, inspector: Phone, state: str) -> None:
    edit = refuse(inspector, new_record(), {"reply": "好", "review": None})
    with world.app.app_context():
        begin_write(db.session)
        user = read_user_by_name(db.session, world.company, "inspector")
        assert user
        user.role = "quality_officer"  # promoted since
        refusal = (inspector.device, digest(edit))
        with pytest.raises(Problem, match="own_record"):
            answer_refusal(db.session, user, refusal, Answer(state, "x"), world.clock())


def test_a_form_from_elsewhere_answers_nothing(
    inspector: Phone, reviewer: Seat, record: str
) -> None:
    refuse(inspector, record, {"reply": "好", "review": None})
    [path] = keys(reviewer)
    reviewer.token = "forged"
    assert explain(reviewer, path, "x").status_code == 400
    assert told(inspector) == []
