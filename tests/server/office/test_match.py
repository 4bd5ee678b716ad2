"""What was typed on a phone is matched, corrected or made in the office; the files follow."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.office.staff import Seat, inspect, rows_of, sit_down
from tests.support.phone import Phone
from tests.support.world import World


@pytest.fixture
def typed(inspector: Phone, world: World) -> str:
    """A record with everything typed: the plate badly, the driver well, the conductor unknown."""
    return inspect(
        inspector,
        world,
        vehicle=None,
        vehicle_typed="川b·l2341".replace("l", "I"),
        driver=None,
        driver_typed="王 建国",
        conductor=None,
        conductor_typed="赵新人",
    )


def file_of(seat: Seat, path: str) -> list[str]:
    return rows_of(seat.page(path))


def test_what_waits_stands_in_the_queue_with_the_match_that_is_sure(
    reviewer: Seat, typed: str, world: World
) -> None:
    page = reviewer.page("/office/unmatched")
    assert rows_of(page) == [typed]
    assert "就是 川B12341 · 001" in page
    assert "就是 D001 王建国" in page
    assert "就是 C001" not in page
    assert "赵新人" in page


def test_matching_moves_the_record_into_its_file_and_the_history_says_so(
    reviewer: Seat, typed: str, world: World
) -> None:
    path = f"/office/vehicles/{world.vehicles[0]}"
    assert file_of(reviewer, path) == []
    assert reviewer.match(typed, "vehicle", world.vehicles[0]).status_code == 303
    assert reviewer.match(typed, "driver", world.drivers[0]).status_code == 303
    assert file_of(reviewer, path) == [typed]
    assert file_of(reviewer, f"/office/crew/{world.drivers[0]}") == [typed]
    page = reviewer.page(f"/office/inspections/{typed}")
    assert "川B12341 · 001" in page
    assert "手机填写:川b·I2341" in page
    assert "reviewer 显示名" in page


def test_correcting_takes_the_record_out_of_the_wrong_file(
    reviewer: Seat, record: str, world: World
) -> None:
    reviewer.match(record, "vehicle", world.vehicles[1])
    reviewer.match(record, "driver", world.drivers[2])
    assert file_of(reviewer, f"/office/vehicles/{world.vehicles[0]}") == []
    assert file_of(reviewer, f"/office/vehicles/{world.vehicles[1]}") == [record]
    assert file_of(reviewer, f"/office/crew/{world.drivers[0]}") == []
    assert file_of(reviewer, f"/office/crew/{world.drivers[2]}") == [record]
    page = reviewer.page(f"/office/inspections/{record}")
    assert "<td>川B12341 · 001</td><td>川B12342 · 002</td>" in page
    assert "<td>D001 王建国</td><td>D003 欧阳䶮</td>" in page


def test_route_station_and_nothing_can_be_chosen(reviewer: Seat, record: str, world: World) -> None:
    assert reviewer.match(record, "route", world.routes[1]).status_code == 303
    assert reviewer.match(record, "station", world.stations[1]).status_code == 303
    assert reviewer.match(record, "conductor", "").status_code == 303
    page = reviewer.page(f"/office/inspections/{record}")
    assert "<td>101 路</td><td>102 路</td>" in page
    assert "<td>C001 陈丽</td><td>空</td>" in page


def test_a_search_finds_by_part_of_plate_and_name(reviewer: Seat, typed: str, world: World) -> None:
    page = reviewer.page(f"/office/inspections/{typed}/match/vehicle", q="2343")
    assert world.vehicles[2] in page
    assert world.vehicles[0] not in page
    page = reviewer.page(f"/office/inspections/{typed}/match/driver", q="欧阳")
    assert world.drivers[2] in page
    assert "没有找到" in reviewer.page(f"/office/inspections/{typed}/match/driver", q="zzz")


def test_the_exact_match_stands_first_and_says_so(reviewer: Seat, typed: str, world: World) -> None:
    page = reviewer.page(f"/office/inspections/{typed}/match/vehicle")
    assert page.index(world.vehicles[0]) < page.index(world.vehicles[1])
    assert page.count("完全一致") == 1


@pytest.mark.parametrize(
    ("what", "text", "meant"),
    [
        ("driver", "新来的李师傅", "李秀英"),
        ("driver", "欧阳师傅", "欧阳䶮"),
        ("driver", "王建国(替班)", "王建国"),
        ("driver", "d003", "欧阳䶮"),
        ("conductor", "陈 丽", "陈丽"),
        ("vehicle", "川R 1 2 3 4 2 挂", "川B12342"),
        ("vehicle", "003", "川B12343"),
    ],
)
def test_what_was_typed_loosely_still_finds_who_may_be_meant(
    reviewer: Seat, inspector: Phone, world: World, what: str, text: str, meant: str
) -> None:
    record = inspect(inspector, world, **{what: None, f"{what}_typed": text})
    choices = reviewer.page(f"/office/inspections/{record}/match/{what}").split("choices")[1]
    assert meant in choices.split("</li>")[0]


def test_where_nothing_was_typed_nothing_is_proposed(reviewer: Seat, record: str) -> None:
    assert "输入一部分来查找" in reviewer.page(f"/office/inspections/{record}/match/vehicle")


VEHICLE = {
    "plate": "川B99999",
    "fleet_number": "099",
    "kind": "minibus",
    "regime": "road_passenger",
    "capacity": "19",
}


def create(seat: Seat, record: str, what: str, form: dict[str, Any]) -> Any:
    return seat.post(f"/office/inspections/{record}/match/{what}/new", **form)


def test_a_new_vehicle_is_made_and_linked_at_once(reviewer: Seat, typed: str, world: World) -> None:
    form = {**VEHICLE, "station": world.stations[0], "route": world.routes[0]}
    assert create(reviewer, typed, "vehicle", form).status_code == 303
    assert "川B99999" in reviewer.page("/office/vehicles", q="099")
    assert "川B99999 · 099" in reviewer.page(f"/office/inspections/{typed}")


def test_a_new_person_is_made_with_the_duty_that_was_asked_for(
    reviewer: Seat, typed: str, inspector: Phone
) -> None:
    form = {"name": "赵新人", "staff_number": "C099", "station": ""}
    assert create(reviewer, typed, "conductor", form).status_code == 303
    page = reviewer.page("/office/crew", q="C099")
    assert "赵新人" in page
    assert "乘务员" in page
    pulled = inspector.sync().json["records"]
    assert any(one.get("fields", {}).get("name", {}).get("value") == "赵新人" for one in pulled)


@pytest.mark.parametrize(
    "change",
    [
        {"plate": "川b 12341"},
        {"fleet_number": "001"},
        {"fleet_number": ""},
        {"plate": ""},
        {"plate": "川" * 21},
        {"kind": "boat"},
        {"regime": "x"},
        {"capacity": "-1"},
        {"capacity": "301"},
        {"station": "elsewhere"},
    ],
)
def test_a_vehicle_that_is_wrong_or_there_already_is_not_made(
    reviewer: Seat, typed: str, change: dict[str, str]
) -> None:
    reply = create(reviewer, typed, "vehicle", {**VEHICLE, **change})
    text = reply.get_data(as_text=True)
    assert reply.status_code == 400
    assert "没有保存" in text
    assert 'value="19"' in text or "capacity" in change  # what was typed is still there
    assert "川B99999" not in reviewer.page("/office/vehicles")
    assert rows_of(reviewer.page("/office/unmatched")) == [typed]


def test_a_person_whose_number_is_taken_is_not_made(reviewer: Seat, typed: str) -> None:
    form = {"name": "赵新人", "staff_number": "C001", "station": ""}
    assert create(reviewer, typed, "conductor", form).status_code == 400


@pytest.mark.parametrize("what", ["vehicle", "driver"])
def test_what_is_not_there_or_anothers_is_not_linked(
    reviewer: Seat, record: str, what: str, world: World
) -> None:
    assert reviewer.match(record, what, "nobody").status_code == 422
    assert reviewer.match(record, what, world.routes[0]).status_code == 422


def test_only_links_are_matched(reviewer: Seat, record: str) -> None:
    for what in ("review", "mode", "criticals/P3-01", "state"):
        assert reviewer.match(record, what, "confirmed").status_code in (400, 404)
    assert reviewer.get(f"/office/inspections/{record}/match/review").status_code == 404


def test_a_void_record_is_left_alone(head: Seat, record: str, world: World) -> None:
    head.review(record, "void", "重复")
    assert head.get(f"/office/inspections/{record}/match/vehicle").status_code == 409
    assert head.match(record, "vehicle", world.vehicles[1]).status_code == 409


@pytest.mark.parametrize("role", ["station_manager", "csc_officer", "auditor"])
def test_a_colleague_without_the_right_sees_the_record_and_matches_nothing(
    world: World, typed: str, role: str
) -> None:
    seat = sit_down(world, "colleague", role, world.stations[0])
    page = seat.page(f"/office/inspections/{typed}")
    assert "/match/" not in page
    assert seat.get(f"/office/inspections/{typed}/match/vehicle").status_code == 403
    assert seat.match(typed, "vehicle", world.vehicles[0]).status_code == 403
    assert create(seat, typed, "vehicle", VEHICLE).status_code == 403


def test_an_empty_queue_says_what_will_come(reviewer: Seat, record: str) -> None:
    assert "都匹配好了" in reviewer.page("/office/unmatched")
