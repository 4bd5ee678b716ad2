"""Two entries for one bus or person become one file, and two again; nothing is rewritten."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from server.db import db
from server.evidence.models import Entry
from server.inspections.models import Inspection
from tests.server.office.staff import Seat, inspect, rows_of, sit_down
from tests.support.phone import Phone
from tests.support.world import World, make_world

KINDS = ("vehicle", "crew")


@pytest.fixture
def reviewer(world: World) -> Seat:
    """A quality officer: may match, and so merge."""
    return sit_down(world, "reviewer", "quality_officer")


def entries(world: World, kind: str) -> list[str]:
    return world.vehicles if kind == "vehicle" else world.drivers


def merge(seat: Seat, kind: str, merged: str, into: str) -> int:
    path = f"/office/merge/{kind}/{merged}/{into}"
    return seat.post(path, keep=into).status_code


def undo(seat: Seat, kind: str, merged: str) -> int:
    return seat.post(f"/office/merge/{kind}/{merged}/undo").status_code


def file_path(kind: str, entry: str) -> str:
    return f"/office/{'vehicles' if kind == 'vehicle' else 'crew'}/{entry}"


def api_file(phone: Phone, headers: dict[str, str], kind: str, entry: str) -> Any:
    path = f"/api/v1/{'vehicles' if kind == 'vehicle' else 'crew'}/{entry}/file"
    return phone.get(path, headers)


def links(world: World) -> list[dict[str, Any]]:
    """The log's entries about merges."""
    with world.app.app_context():
        bodies = db.session.scalars(select(Entry.body).where(Entry.kind == "link"))
        return [json.loads(body) for body in bodies]


def pull(phone: Phone) -> dict[str, bool]:
    """What is new of vehicles and crew: id → whether it is gone. Moves the cursor."""
    reply = phone.sync().json
    phone.cursor = reply["cursor"]
    return {
        one["record"]: one.get("gone", False)
        for one in reply["records"]
        if one["kind"] in ("vehicle", "crew")
    }


def both(inspector: Phone, world: World, kind: str) -> tuple[str, str]:
    """An inspection of the first entry and one of the second."""
    one, other, *_ = entries(world, kind)
    name = "vehicle" if kind == "vehicle" else "driver"
    return inspect(inspector, world, **{name: one}), inspect(inspector, world, **{name: other})


@pytest.mark.parametrize("kind", KINDS)
def test_the_surviving_file_tells_of_both_and_the_other_leads_there(
    world: World, inspector: Phone, officer: dict[str, str], reviewer: Seat, kind: str
) -> None:
    one, other, *_ = entries(world, kind)
    records = both(inspector, world, kind)
    assert merge(reviewer, kind, other, one) == 303
    page = reviewer.page(file_path(kind, one))
    assert set(rows_of(page)) == set(records)
    assert "撤销合并" in page
    led = reviewer.get(file_path(kind, other))
    assert (led.status_code, led.location) == (302, file_path(kind, one))
    body = api_file(inspector, officer, kind, other).json
    assert {entry["id"] for entry in body["inspections"]} == set(records)
    assert body["merged_into"] == one
    assert body["vehicle" if kind == "vehicle" else "member"]["id"] == one
    body = api_file(inspector, officer, kind, one).json
    assert (body["merged_into"], body["merged"]) == (None, [other])


@pytest.mark.parametrize("kind", KINDS)
def test_undoing_gives_each_its_own_file_again(
    world: World, inspector: Phone, reviewer: Seat, kind: str
) -> None:
    one, other, *_ = entries(world, kind)
    first, second = both(inspector, world, kind)
    merge(reviewer, kind, other, one)
    assert undo(reviewer, kind, other) == 303
    assert rows_of(reviewer.page(file_path(kind, one))) == [first]
    assert rows_of(reviewer.page(file_path(kind, other))) == [second]
    assert "撤销合并" not in reviewer.page(file_path(kind, one))


def test_no_record_is_rewritten_and_new_ones_may_still_name_the_merged_bus(
    world: World, inspector: Phone, reviewer: Seat
) -> None:
    one, other, _ = world.vehicles
    merge(reviewer, "vehicle", other, one)
    record = inspect(inspector, world, vehicle=other)
    assert rows_of(reviewer.page(file_path("vehicle", one))) == [record]
    with world.app.app_context():
        row = db.session.get_one(Inspection, (world.company, record))
        assert row.vehicle == other
    assert "已并入 川B12341" in reviewer.page(f"/office/inspections/{record}")
    listed = reviewer.page("/office/", vehicle="12341")
    assert record in rows_of(listed)


@pytest.mark.parametrize("kind", KINDS)
def test_the_apis_list_reads_through_the_merge_from_either_side(
    world: World, inspector: Phone, officer: dict[str, str], reviewer: Seat, kind: str
) -> None:
    one, other, *_ = entries(world, kind)
    records = both(inspector, world, kind)
    merge(reviewer, kind, other, one)
    for entry in (one, other):
        listed = inspector.get(f"/api/v1/inspections?{kind}={entry}", officer).json["inspections"]
        assert {row["id"] for row in listed} == set(records)


@pytest.mark.parametrize("kind", KINDS)
def test_both_acts_are_in_the_log(world: World, reviewer: Seat, kind: str) -> None:
    one, other, *_ = entries(world, kind)
    merge(reviewer, kind, other, one)
    undo(reviewer, kind, other)
    told = [(link["what"], link["id"], link["into"], link["undone"]) for link in links(world)]
    assert told == [(kind, other, one, False), (kind, other, one, True)]


@pytest.mark.parametrize("kind", KINDS)
def test_phones_lose_the_merged_entry_and_get_it_back(
    world: World, inspector: Phone, reviewer: Seat, kind: str
) -> None:
    one, other, *_ = entries(world, kind)
    pull(inspector)
    merge(reviewer, kind, other, one)
    assert pull(inspector) == {other: True}
    undo(reviewer, kind, other)
    assert pull(inspector) == {other: False}


def test_lists_leave_the_merged_bus_out_but_its_plate_finds_the_other(
    world: World, inspector: Phone, officer: dict[str, str], reviewer: Seat
) -> None:
    one, other, _ = world.vehicles
    merge(reviewer, "vehicle", other, one)
    assert other not in reviewer.page("/office/vehicles")
    found = inspector.get("/api/v1/vehicles?text=12342", officer).json["vehicles"]
    assert [row["id"] for row in found] == [one]
    typed = inspect(inspector, world, vehicle=None, vehicle_typed="川B12342")
    page = reviewer.page(f"/office/inspections/{typed}/match/vehicle")
    assert f'value="{one}"' in page
    assert f'value="{other}"' not in page


MOVES = {
    "with itself": ([], (0, 0), 409),
    "a merged one again": ([(1, 0)], (1, 2), 409),
    "into a merged one": ([(1, 0)], (2, 1), 409),
    "one that stands for another": ([(1, 0)], (0, 2), 409),
    "back the other way": ([(1, 0)], (0, 1), 409),
    "two into one": ([(1, 0)], (2, 0), 303),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MOVES)
def test_merges_make_no_chains_and_no_circles(
    world: World, reviewer: Seat, kind: str, name: str
) -> None:
    before, (merged, into), status = MOVES[name]
    rows = entries(world, kind)
    for one, other in before:
        assert merge(reviewer, kind, rows[one], rows[other]) == 303
    assert merge(reviewer, kind, rows[merged], rows[into]) == status
    assert len(links(world)) == len(before) + (status == 303)


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_was_merged_is_taken_apart(world: World, reviewer: Seat, kind: str) -> None:
    one, other, *_ = entries(world, kind)
    assert undo(reviewer, kind, other) == 409
    merge(reviewer, kind, other, one)
    assert undo(reviewer, kind, one) == 409
    assert undo(reviewer, kind, other) == 303
    assert undo(reviewer, kind, other) == 409
    assert merge(reviewer, kind, one, other) == 303


def test_a_driver_and_a_conductor_stay_two(world: World, reviewer: Seat) -> None:
    assert merge(reviewer, "crew", world.conductors[0], world.drivers[0]) == 409


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("role", "status"), [("csc_officer", 403), ("station_manager", 403), ("auditor", 403)]
)
def test_a_colleague_without_the_right_merges_nothing(
    world: World, reviewer: Seat, kind: str, role: str, status: int
) -> None:
    one, other, third = entries(world, kind)
    merge(reviewer, kind, other, one)
    seat = sit_down(world, "colleague", role, world.stations[0])
    assert merge(seat, kind, third, one) == status
    assert undo(seat, kind, other) == status
    assert seat.get(f"/office/merge/{kind}/{one}").status_code == status
    page = seat.page(file_path(kind, one))
    assert "/office/merge/" not in page


@pytest.mark.parametrize("kind", KINDS)
def test_an_outsider_finds_nothing_to_merge(world: World, reviewer: Seat, kind: str) -> None:
    other_world = make_world(world.app, world.clock, "邻县公交公司", "川C")
    seat = sit_down(other_world, "neighbour", "quality_head")
    one, other, _ = entries(world, kind)
    own = entries(other_world, kind)[0]
    merge(reviewer, kind, other, one)
    for merged, into in ((one, other), (own, one), (one, own)):
        assert merge(seat, kind, merged, into) == 404
        assert seat.get(f"/office/merge/{kind}/{merged}/{into}").status_code == 404
    assert undo(seat, kind, other) == 404
    assert seat.get(f"/office/merge/{kind}/{one}").status_code == 404
    assert len(links(world)) == 1


def test_a_form_from_elsewhere_merges_nothing(world: World, reviewer: Seat) -> None:
    reviewer.token = "forged"
    assert merge(reviewer, "vehicle", world.vehicles[1], world.vehicles[0]) == 400
    assert links(world) == []


def test_the_page_proposes_what_is_alike_and_shows_both_with_counts(
    world: World, inspector: Phone, reviewer: Seat
) -> None:
    both(inspector, world, "vehicle")
    one, other, _ = world.vehicles
    page = reviewer.page(f"/office/merge/vehicle/{one}")
    assert f"/office/merge/vehicle/{one}/{other}" in page
    assert "差一个字" in page
    assert "川B12343" in reviewer.page(f"/office/merge/vehicle/{one}", q="003")
    page = reviewer.page(f"/office/merge/vehicle/{one}/{other}")
    assert page.count("<dd>1 次</dd>") == 2
    assert "留下 川B12341" in page
    assert "留下 川B12342" in page
