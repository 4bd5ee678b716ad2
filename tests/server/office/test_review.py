"""Review over HTTP: every move from every state, by everybody who may and may not make it."""

from __future__ import annotations

import pytest

from tests.server.office.staff import Seat, inspect, sit_down
from tests.support.phone import Phone
from tests.support.world import World, inspection_fields, make_world

STATES = ("finished", "returned", "confirmed", "void")
ALLOWED = {
    ("finished", "confirm"),
    ("finished", "return"),
    ("finished", "void"),
    ("returned", "void"),
}
AFTER = {"confirm": "已确认", "return": "已退回", "void": "已作废"}


def bring(head: Seat, record: str, state: str) -> None:
    """Bring a finished record into that state."""
    move = {"returned": "return", "confirmed": "confirm", "void": "void"}.get(state)
    if move:
        assert head.review(record, move, "原因").status_code == 303


def state_of(seat: Seat, record: str) -> str:
    return seat.page(f"/office/inspections/{record}").split("state state-")[1].split('"')[0]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", AFTER)
def test_only_the_moves_of_the_table_are_made(
    head: Seat, record: str, state: str, move: str
) -> None:
    bring(head, record, state)
    reply = head.review(record, move, "原因")
    if (state, move) in ALLOWED:
        assert reply.status_code == 303
        assert AFTER[move] in head.page(f"/office/inspections/{record}")
    else:
        assert reply.status_code == 409
        assert state_of(head, record) == state


@pytest.mark.parametrize("move", ["return", "void"])
@pytest.mark.parametrize("note", ["", "   "])
def test_returning_and_voiding_need_a_reason(head: Seat, record: str, move: str, note: str) -> None:
    assert head.review(record, move, note).status_code == 400
    assert state_of(head, record) == "finished"


def test_a_move_that_does_not_exist_is_refused(head: Seat, record: str) -> None:
    assert head.review(record, "publish").status_code == 400
    assert head.review(record, "").status_code == 400


def test_an_officer_reviews_but_does_not_void(reviewer: Seat, record: str) -> None:
    page = reviewer.page(f"/office/inspections/{record}")
    assert "action-confirm" in page
    assert "action-void" not in page
    assert reviewer.review(record, "void", "原因").status_code == 403
    assert reviewer.review(record, "confirm").status_code == 303


def test_a_manager_reads_the_record_and_decides_nothing(manager: Seat, record: str) -> None:
    page = manager.page(f"/office/inspections/{record}")
    assert 'class="actions"' not in page
    for move in AFTER:
        assert manager.review(record, move, "原因").status_code == 403
    assert state_of(manager, record) == "finished"


@pytest.mark.parametrize(
    ("role", "away"),
    [
        ("inspector_fulltime", False),
        ("station_manager", True),
        ("sysadmin", False),
        ("quality_head", None),
    ],
)
def test_an_outsider_does_not_even_learn_that_the_record_exists(
    world: World, record: str, role: str, away: bool | None
) -> None:
    home = world
    if away is None:  # the head of quality of another company
        home = make_world(world.app, world.clock, "邻县公交公司", "川C")
    seat = sit_down(home, "outsider", role, home.stations[1] if away else None)
    expected = 403 if role == "sysadmin" else 404
    assert seat.get(f"/office/inspections/{record}").status_code == expected
    for move in AFTER:
        assert seat.review(record, move, "原因").status_code in (403, 404)
    assert seat.match(record, "vehicle", world.vehicles[1]).status_code in (403, 404)


def test_nobody_reviews_the_own_record(world: World) -> None:
    seat = sit_down(world, "both", "csc_officer")
    record = inspect(world.enrol("both"), world)
    page = seat.page(f"/office/inspections/{record}")
    assert "要由别人审核" in page
    assert 'class="actions"' not in page
    for move in ("confirm", "return"):
        assert seat.review(record, move, "原因").status_code == 403


def test_the_inspector_answers_a_question_and_the_record_waits_again(
    head: Seat, inspector: Phone, world: World, record: str
) -> None:
    head.review(record, "return", "缺笔是哪一本?")
    assert "缺笔是哪一本?" in head.page(f"/office/inspections/{record}")
    world.clock.at_ms += 60_000
    again = {"state": "finished", "answers/P6-03": {"value": "fail", "note": "前门那一本"}}
    inspector.push(inspector.edit(record, again))
    assert state_of(head, record) == "finished"
    assert head.review(record, "confirm").status_code == 303


def test_a_critical_is_confirmed_only_with_a_second_source(
    head: Seat, inspector: Phone, world: World
) -> None:
    record = inspect(inspector, world, **{"answers/P3-01": {"value": "fail"}})
    page = head.page(f"/office/inspections/{record}")
    assert 'name="critical/P3-01"' in page
    assert "疑似" in page
    assert head.review(record, "confirm", **{"critical/P3-01": "hearsay"}).status_code == 400
    assert head.review(record, "confirm", **{"critical/P9-01": "cctv"}).status_code == 400
    assert head.review(record, "confirm", **{"critical/P3-01": "cctv"}).status_code == 303
    page = head.page(f"/office/inspections/{record}")
    assert "已由监控录像证实" in page
    assert "59.00" in page


def test_a_critical_left_alone_stays_suspected(head: Seat, inspector: Phone, world: World) -> None:
    record = inspect(inspector, world, **{"answers/P3-01": {"value": "fail"}})
    assert head.review(record, "confirm", **{"critical/P3-01": ""}).status_code == 303
    page = head.page(f"/office/inspections/{record}")
    assert "1 个疑似否决项" in page
    assert "59.00" not in page


def test_a_form_from_elsewhere_changes_nothing(head: Seat, record: str) -> None:
    path = f"/office/inspections/{record}/review"
    reply = head.client.post(path, data={"move": "void", "note": "x", "csrf_token": "forged"})
    assert reply.status_code == 400
    assert state_of(head, record) == "finished"


def test_a_late_edit_is_shown_and_does_not_count(
    head: Seat, inspector: Phone, world: World, record: str
) -> None:
    head.review(record, "confirm")
    late = inspection_fields(world, **{"answers/P5-02": {"value": "pass", "note": "来晚了"}})
    [receipt] = inspector.push(inspector.edit(record, late))
    assert receipt["state"] == "late"
    page = head.page(f"/office/inspections/{record}")
    assert "迟到,保留但不计入" in page
    assert "来晚了" in page


def test_an_answered_question_stands_with_its_answer(
    reviewer: Seat, record: str, inspector: Phone, world: World
) -> None:
    reviewer.review(record, "return", "缺笔是哪一本?")
    world.clock.at_ms += 60_000
    answer = {"reply": "驾驶席旁那一本 <b>", "state": "finished"}
    assert inspector.push(inspector.edit(record, answer))[0]["state"] == "accepted"
    page = reviewer.page(f"/office/inspections/{record}")
    assert "审核人问:缺笔是哪一本?" in page
    assert "检查员答:驾驶席旁那一本 <b>" in page
    raw = reviewer.get(f"/office/inspections/{record}").get_data(as_text=True)
    assert "&lt;b&gt;" in raw
    assert state_of(reviewer, record) == "finished"
