"""A record appears in its vehicle's file and its crew's files, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from server.accounts.store import read_user_by_name
from server.db import db
from server.inspections.review import Review, match_inspection, review_inspection
from server.problems import Problem
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields


def files_with(world: World, phone: Phone, headers: dict[str, str], record: str) -> set[str]:
    """The ids of all vehicles and persons in whose file the record stands."""
    urls = {vehicle: f"/api/v1/vehicles/{vehicle}/file" for vehicle in world.vehicles}
    crew = world.drivers + world.conductors
    urls.update({member: f"/api/v1/crew/{member}/file" for member in crew})
    return {
        owner
        for owner, url in urls.items()
        if record in [entry["id"] for entry in phone.get(url, headers).json["inspections"]]
    }


def in_office(world: World, action: Any, *args: Any) -> None:
    with world.app.app_context():
        user = read_user_by_name(db.session, world.company, "officer")
        action(db.session, user, *args, world.clock())
        db.session.commit()


def test_a_record_stands_in_its_vehicles_and_crews_files_only(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    owners = {world.vehicles[0], world.drivers[0], world.conductors[0]}
    assert files_with(world, inspector, officer, record) == owners


def test_a_corrected_plate_and_driver_move_the_record(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    links = {"vehicle": world.vehicles[1], "driver": world.drivers[2]}
    in_office(world, match_inspection, record, links)
    owners = {world.vehicles[1], world.drivers[2], world.conductors[0]}
    assert files_with(world, inspector, officer, record) == owners


def test_a_typed_plate_stands_nowhere_until_the_office_matches_it(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    typed = inspection_fields(
        world,
        vehicle=None,
        vehicle_typed="川B 1234Z",
        driver=None,
        driver_typed="新来的师傅",
        conductor=None,
    )
    inspector.push(inspector.edit(record, typed))
    assert files_with(world, inspector, officer, record) == set()
    listed = inspector.get("/api/v1/inspections", officer).json["inspections"]
    assert [entry["unmatched"] for entry in listed] == [True]
    in_office(world, match_inspection, record, {"vehicle": world.vehicles[2]})
    assert files_with(world, inspector, officer, record) == {world.vehicles[2]}
    in_office(world, match_inspection, record, {"driver": world.drivers[1]})
    shown = inspector.get(f"/api/v1/inspections/{record}", officer).json
    assert shown["unmatched"] is False
    assert shown["fields"]["vehicle_typed"]["value"] == "川B 1234Z"


def test_a_vehicle_that_is_not_known_here_waits_for_a_match(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record, stranger = new_record(), new_record()
    edit = inspector.edit(record, inspection_fields(world, vehicle=stranger))
    assert inspector.push(edit)[0]["state"] == "accepted"
    shown = inspector.get(f"/api/v1/inspections/{record}", officer).json
    assert (shown["vehicle"], shown["unmatched"]) == (None, True)
    assert shown["fields"]["vehicle"]["value"] == stranger
    with pytest.raises(Problem, match="reference_unknown"):
        in_office(world, match_inspection, record, {"vehicle": new_record()})
    in_office(world, match_inspection, record, {"vehicle": world.vehicles[2]})
    shown = inspector.get(f"/api/v1/inspections/{record}", officer).json
    assert (shown["vehicle"], shown["unmatched"]) == (world.vehicles[2], False)


def test_a_problem_is_open_until_a_later_check_finds_it_in_order(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    url = f"/api/v1/crew/{world.drivers[0]}/file"
    inspector.push(inspector.edit(new_record(), inspection_fields(world)))
    assert [one["item"] for one in inspector.get(url, officer).json["open_problems"]] == ["P5-02"]
    world.clock.at_ms += 3_600_000
    later = inspection_fields(
        world,
        started_at="2025-11-20T09:40:00+08:00",
        finished_at="2025-11-20T09:45:00+08:00",
        **{"answers/P5-02": {"value": "pass"}},
    )
    inspector.push(inspector.edit(new_record(), later))
    assert inspector.get(url, officer).json["open_problems"] == []


def test_what_was_put_right_on_the_spot_is_not_open(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    fixed = {"value": "fail", "fixed_on_spot": True}
    fields = inspection_fields(world, **{"answers/P5-02": fixed})
    inspector.push(inspector.edit(new_record(), fields))
    url = f"/api/v1/crew/{world.drivers[0]}/file"
    body = inspector.get(url, officer).json
    assert body["open_problems"] == []
    assert body["inspections"][0]["findings"][0]["fixed_on_spot"] is True


def test_a_void_record_stays_in_the_timeline_but_opens_no_problem(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    world.add_user("head", "quality_head")
    with world.app.app_context():
        head = read_user_by_name(db.session, world.company, "head")
        assert head
        review_inspection(db.session, head, record, Review("void", "车辆认错"), world.clock())
        db.session.commit()
    body = inspector.get(f"/api/v1/vehicles/{world.vehicles[0]}/file", officer).json
    assert [entry["status"] for entry in body["inspections"]] == ["void"]
    assert body["open_problems"] == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_the_timeline_pages_through_every_record_once(
    world: World, inspector: Phone, officer: dict[str, str], limit: int
) -> None:
    records = [new_record() for _ in range(5)]
    # All at one moment, so that only the id keeps the pages apart.
    inspector.push(*(inspector.edit(one, inspection_fields(world)) for one in records))
    url = f"/api/v1/vehicles/{world.vehicles[0]}/file?limit={limit}"
    seen: list[str] = []
    while url:
        body = inspector.get(url, officer).json
        seen += [entry["id"] for entry in body["inspections"]]
        url = body["next"]
    assert sorted(seen) == sorted(records)


@pytest.mark.parametrize(("limit", "status"), [(0, 422), (1, 200), (200, 200), (201, 422)])
def test_a_page_is_bounded(
    inspector: Phone, officer: dict[str, str], limit: int, status: int
) -> None:
    reply = inspector.get(f"/api/v1/vehicles?limit={limit}", officer)
    assert reply.status_code == status


def test_vehicles_are_found_by_part_of_plate_or_fleet_number(
    inspector: Phone, officer: dict[str, str]
) -> None:
    def found(text: str) -> list[str]:
        reply = inspector.get(f"/api/v1/vehicles?text={text}", officer).json
        return [vehicle["fleet_number"] for vehicle in reply["vehicles"]]

    assert found("12342") == ["002"]
    assert found("川b·12343") == ["003"]
    assert found("001") == ["001"]
    assert found("%") == []
    assert len(found("")) == 3
