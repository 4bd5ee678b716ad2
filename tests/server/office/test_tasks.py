"""What two people say differently is a reviewer's task until somebody says what counts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.server.office.staff import Seat, inspect, sit_down
from tests.support.phone import Phone
from tests.support.world import World, inspection_fields, make_world

CHOICE = re.compile(
    r'name="field" value="(?P<field>[^"]+)">\s*<button name="seq" value="(?P<seq>\d+)"'
    r"[^>]*>(?P<words>[^<]+)<"
)


def choices(seat: Seat, record: str, field: str) -> dict[str, str]:
    """What the record's page offers for a field: the button's words → the edit's number."""
    page = seat.page(f"/office/inspections/{record}")
    found = [one for one in CHOICE.finditer(page) if one["field"] == field]
    return {one["words"]: one["seq"] for one in found}


def settle(seat: Seat, record: str, field: str, seq: str) -> Any:
    """Press the button as the page has it."""
    page = seat.page(f"/office/inspections/{record}")
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    path = f"/office/inspections/{record}/settle"
    return seat.post(path, field=field, seq=seq, seen=seen[1] if seen else "")


def tasks(seat: Seat) -> list[str]:
    """The records that wait, in order."""
    page = seat.page("/office/tasks")
    return re.findall(r'class="main-link" href="/office/inspections/([0-9a-f-]{36})#', page)


@pytest.fixture
def disputed(inspector: Phone, reviewer: Seat, record: str, world: World) -> str:
    """A record whose vehicle the office corrected, and its inspector too, neither knowing."""
    reviewer.match(record, "vehicle", world.vehicles[1])
    world.clock.at_ms += 1000
    inspector.push(inspector.edit(record, {"vehicle": world.vehicles[2]}))
    return record


@pytest.fixture
def late(inspector: Phone, reviewer: Seat, record: str) -> str:
    """A confirmed record to which something came afterwards."""
    reviewer.review(record, "confirm")
    fields = {"answers/P5-02": {"value": "pass"}, "answers/P9-01": {"value": "fail"}}
    inspector.push(inspector.edit(record, fields))
    return record


def test_both_values_stand_side_by_side_with_who_and_when(reviewer: Seat, disputed: str) -> None:
    assert tasks(reviewer) == [disputed]
    page = reviewer.page(f"/office/inspections/{disputed}")
    panel = page.split('id="conflicts-title"')[1].split("</section>")[0]
    assert panel.index("川B12343 · 003") < panel.index("川B12342 · 002")
    assert "inspector 显示名" in panel
    assert "reviewer 显示名" in panel


def test_what_is_taken_counts_and_the_other_can_be_taken_back(
    reviewer: Seat, disputed: str, world: World, officer: dict[str, str], inspector: Phone
) -> None:
    def now() -> Any:
        return inspector.get(f"/api/v1/inspections/{disputed}", officer).json

    other = choices(reviewer, disputed, "vehicle")["改用这个"]
    assert settle(reviewer, disputed, "vehicle", other).status_code == 303
    assert now()["vehicle"] == world.vehicles[1]
    assert tasks(reviewer) == []
    assert "已处理 1 处" in reviewer.page(f"/office/inspections/{disputed}")
    back = choices(reviewer, disputed, "vehicle")["改用这个"]
    assert settle(reviewer, disputed, "vehicle", back).status_code == 303
    assert now()["vehicle"] == world.vehicles[2]
    assert [one["open"] for one in now()["conflicts"]] == [False]


def test_what_is_kept_is_said_by_the_office_now(
    reviewer: Seat, disputed: str, world: World, inspector: Phone
) -> None:
    kept = choices(reviewer, disputed, "vehicle")["保留这个"]
    assert settle(reviewer, disputed, "vehicle", kept).status_code == 303
    assert tasks(reviewer) == []
    pulled = [one for one in inspector.sync().json["records"] if one["record"] == disputed]
    assert pulled[0]["fields"]["vehicle"]["value"] == world.vehicles[2]
    assert not pulled[0]["fields"]["vehicle"]["stamp"].endswith(inspector.device)


def test_any_later_word_of_the_office_about_the_field_settles_it(
    reviewer: Seat, disputed: str, world: World
) -> None:
    reviewer.match(disputed, "driver", world.drivers[1])
    assert tasks(reviewer) == [disputed]
    reviewer.match(disputed, "vehicle", world.vehicles[0])
    assert tasks(reviewer) == []


def test_a_disputed_record_is_not_confirmed(reviewer: Seat, disputed: str) -> None:
    page = reviewer.page(f"/office/inspections/{disputed}")
    assert "action-confirm" not in page
    assert "先处理冲突" in page
    assert reviewer.review(disputed, "confirm").status_code == 409
    settle(reviewer, disputed, "vehicle", choices(reviewer, disputed, "vehicle")["保留这个"])
    assert reviewer.review(disputed, "confirm").status_code == 303


def test_a_disputed_record_can_be_returned_and_voided(head: Seat, disputed: str) -> None:
    assert head.review(disputed, "return", "是哪一辆?").status_code == 303
    assert tasks(head) == [disputed]
    assert head.review(disputed, "void", "重复").status_code == 303
    assert tasks(head) == []
    assert choices(head, disputed, "vehicle") == {}


def test_late_evidence_is_a_task_and_changes_nothing_by_itself(
    reviewer: Seat, late: str, inspector: Phone, officer: dict[str, str]
) -> None:
    assert tasks(reviewer) == [late]
    assert "2 处迟到的内容" in reviewer.page("/office/tasks")
    before = inspector.get(f"/api/v1/inspections/{late}", officer).json
    assert {one["field"] for one in before["conflicts"] if one["late"] and one["open"]} == {
        "answers/P5-02",
        "answers/P9-01",
    }
    taken = choices(reviewer, late, "answers/P5-02")["改用这个"]
    assert settle(reviewer, late, "answers/P5-02", taken).status_code == 303
    after = inspector.get(f"/api/v1/inspections/{late}", officer).json
    assert after["status"] == "confirmed"
    assert after["total_bp"] > before["total_bp"]


def test_keeping_what_the_record_does_not_say_leaves_it_unanswered(
    reviewer: Seat, late: str, inspector: Phone, officer: dict[str, str]
) -> None:
    kept = choices(reviewer, late, "answers/P9-01")["保留这个"]
    assert settle(reviewer, late, "answers/P9-01", kept).status_code == 303
    shown = inspector.get(f"/api/v1/inspections/{late}", officer).json
    assert "P9-01" not in [one["item"] for one in shown["findings"]]
    assert [one["field"] for one in shown["conflicts"] if one["open"]] == ["answers/P5-02"]


def test_the_api_names_no_author(
    disputed: str, inspector: Phone, officer: dict[str, str], world: World
) -> None:
    [conflict] = inspector.get(f"/api/v1/inspections/{disputed}", officer).json["conflicts"]
    assert conflict["field"] == "vehicle"
    assert conflict["value"] == world.vehicles[2]
    [other] = conflict["others"]
    assert (other["value"], other["seat"]) == (world.vehicles[1], "office")
    assert set(other) == {"value", "seat", "received_at"}


def test_a_secret_author_stays_secret_in_a_conflict(
    world: World, reviewer: Seat, inspector: Phone
) -> None:
    record = inspect(inspector, world, mode="undercover")
    reviewer.match(record, "vehicle", world.vehicles[1])
    inspector.push(inspector.edit(record, {"vehicle": world.vehicles[2]}))
    page = reviewer.page(f"/office/inspections/{record}")
    assert "作者保密" in page.split('id="conflicts-title"')[1].split("</section>")[0]
    assert "inspector 显示名" not in page
    service = sit_down(world, "service", "csc_officer")
    assert tasks(service) == []
    assert (
        service.post(f"/office/inspections/{record}/settle", field="vehicle", seq="1").status_code
        == 404
    )


def test_the_oldest_task_stands_first_and_pages_follow(
    world: World, reviewer: Seat, inspector: Phone
) -> None:
    fields = inspection_fields(world)
    made = []
    for _ in range(33):
        world.clock.at_ms += 1000
        made.append(inspect(inspector, world, **fields))
        reviewer.match(made[-1], "route", world.routes[1])
        inspector.push(inspector.edit(made[-1], {"route": None}))
    first = reviewer.page("/office/tasks")
    following = first.split('rel="next" href="')[1].split('"')[0]
    second = reviewer.page(following)
    listed = re.findall(r'main-link" href="/office/inspections/([0-9a-f-]{36})#', first + second)
    assert listed == made
    assert re.search(r'class="tally">33<', first)


def test_a_choice_on_an_older_page_is_told(reviewer: Seat, disputed: str, world: World) -> None:
    page = reviewer.page(f"/office/inspections/{disputed}")
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    kept = choices(reviewer, disputed, "vehicle")["保留这个"]
    assert seen
    reviewer.match(disputed, "vehicle", world.vehicles[0])
    path = f"/office/inspections/{disputed}/settle"
    reply = reviewer.post(path, field="vehicle", seq=kept, seen=seen[1])
    assert reply.status_code == 409


@pytest.mark.parametrize(
    ("field", "seq", "status"),
    [
        ("vehicle", "999", 400),
        ("vehicle", "", 400),
        ("vehicle", "-1", 400),
        ("driver", "1", 404),
        ("review", "1", 404),
    ],
)
def test_only_what_was_said_of_a_disputed_field_can_be_chosen(
    reviewer: Seat, disputed: str, field: str, seq: str, status: int
) -> None:
    assert settle(reviewer, disputed, field, seq).status_code == status


@pytest.mark.parametrize(
    ("role", "status"),
    [("csc_officer", 403), ("station_manager", 403), ("auditor", 403), ("sysadmin", 403)],
)
def test_a_colleague_without_the_right_settles_no_vehicle(
    world: World, reviewer: Seat, disputed: str, role: str, status: int
) -> None:
    kept = choices(reviewer, disputed, "vehicle")["保留这个"]
    seat = sit_down(world, "colleague", role, world.stations[0])
    assert settle_bare(seat, disputed, kept).status_code == status


def settle_bare(seat: Seat, record: str, seq: str) -> Any:
    return seat.post(f"/office/inspections/{record}/settle", field="vehicle", seq=seq)


def test_an_outsider_settles_nothing(world: World, reviewer: Seat, disputed: str) -> None:
    kept = choices(reviewer, disputed, "vehicle")["保留这个"]
    other = make_world(world.app, world.clock, "邻县公交公司", "川C")
    neighbour = sit_down(other, "neighbour", "quality_head")
    assert settle_bare(neighbour, disputed, kept).status_code == 404


def test_an_author_does_not_decide_on_their_own_but_a_colleague_may(
    world: World, reviewer: Seat
) -> None:
    author = sit_down(world, "author", "csc_officer")
    phone = world.enrol("author")
    record = inspect(phone, world)
    reviewer.review(record, "confirm")
    phone.push(phone.edit(record, {"answers/P5-02": {"value": "pass"}}))
    assert tasks(author) == []
    assert choices(author, record, "answers/P5-02") == {}
    colleague = sit_down(world, "colleague", "csc_officer")
    taken = choices(colleague, record, "answers/P5-02")["改用这个"]
    assert settle(author, record, "answers/P5-02", taken).status_code == 403
    assert settle(colleague, record, "answers/P5-02", taken).status_code == 303


def test_an_empty_desk_says_what_will_come(reviewer: Seat, record: str) -> None:
    assert "没有要处理的冲突" in reviewer.page("/office/tasks")


def test_two_who_match_at_once_do_not_overrule_each_other_unknowingly(
    world: World, reviewer: Seat, head: Seat, record: str
) -> None:
    path = f"/office/inspections/{record}/match/vehicle"
    shown = [
        re.search(r'name="seen" value="([^"]+)"', seat.page(path)) for seat in (reviewer, head)
    ]
    assert shown[0]
    assert shown[1]
    first = reviewer.post(path, chosen=world.vehicles[1], seen=shown[0][1])
    second = head.post(path, chosen=world.vehicles[2], seen=shown[1][1])
    assert (first.status_code, second.status_code) == (303, 409)
    assert "川B12342 · 002" in head.page(f"/office/inspections/{record}")
