"""Who may read a record: its author, a colleague of each kind, an outsider."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.clock import HandClock
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields, make_world

READERS = {
    "team_leader": (True, False),
    "deputy_leader": (True, False),
    "discipline_secretary": (False, False),
    "quality_head": (True, True),
    "quality_officer": (True, True),
    "identity_custodian": (True, True),
    "inspector_fulltime": (False, False),
    "inspector_social": (False, False),
    "hotline_agent": (False, False),
    "dispatcher": (False, False),
    "maintenance": (False, False),
    "crew": (False, False),
    "unit_head": (False, False),
    "hr": (False, False),
    "finance": (False, False),
    "union_rep": (False, False),
    "csc_officer": (True, False),
    "privacy_officer": (False, False),
    "auditor": (True, False),
    "sysadmin": (False, False),
    "regulator": (False, False),
}


def visible(phone: Phone, record: str, headers: dict[str, str]) -> bool:
    """True when both the list and the record itself say so; they must agree."""
    listed = phone.get("/api/v1/inspections", headers).json["inspections"]
    one = phone.get(f"/api/v1/inspections/{record}", headers)
    assert one.status_code in (200, 404)
    assert (one.status_code == 200) == (record in [entry["id"] for entry in listed])
    return one.status_code == 200


@pytest.mark.parametrize(("role", "overt", "undercover"), [(r, *v) for r, v in READERS.items()])
def test_each_role_sees_what_it_may(
    world: World, inspector: Phone, role: str, overt: bool, undercover: bool
) -> None:
    open_record, secret = new_record(), new_record()
    inspector.push(
        inspector.edit(open_record, inspection_fields(world)),
        inspector.edit(secret, inspection_fields(world, mode="undercover")),
    )
    world.add_user("reader", role)
    headers = world.token("reader")
    assert visible(inspector, open_record, headers) is overt
    assert visible(inspector, secret, headers) is undercover


def test_a_station_manager_sees_their_own_station_only(world: World, inspector: Phone) -> None:
    records = {}
    for station in world.stations:
        records[station] = new_record()
        inspector.push(inspector.edit(records[station], inspection_fields(world, station=station)))
    secret = new_record()
    inspector.push(inspector.edit(secret, inspection_fields(world, mode="undercover")))
    world.add_user("manager", "station_manager", world.stations[0])
    headers = world.token("manager")
    assert visible(inspector, records[world.stations[0]], headers) is True
    assert visible(inspector, records[world.stations[1]], headers) is False
    assert visible(inspector, secret, headers) is False


def test_an_author_sees_their_own_and_an_outsider_nothing(
    world: World, inspector: Phone, clock: HandClock
) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world, mode="undercover")))
    assert visible(inspector, record, inspector.headers) is True
    other = make_world(world.app, clock, "云岭客运公司", "云A")
    other.add_user("head", "quality_head")
    headers = other.token("head")
    assert visible(inspector, record, headers) is False
    for url in (
        f"/api/v1/vehicles/{world.vehicles[0]}/file",
        f"/api/v1/crew/{world.drivers[0]}/file",
    ):
        assert inspector.get(url, headers).status_code == 404


def test_a_draft_is_its_authors_alone(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world, state="draft")))
    assert visible(inspector, record, inspector.headers) is True
    assert visible(inspector, record, officer) is False


def test_nothing_that_is_read_names_the_author_or_the_device(
    world: World, inspector: Phone
) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world, mode="undercover")))
    world.add_user("leader", "quality_head")
    headers = world.token("leader")
    listed = inspector.get("/api/v1/inspections", headers).get_data(as_text=True)
    assert inspector.device not in listed
    file = inspector.get(f"/api/v1/vehicles/{world.vehicles[0]}/file", headers)
    assert inspector.device not in file.get_data(as_text=True)


def everything(reply: Any) -> str:
    return reply.get_data(as_text=True) + str(reply.headers)


@pytest.mark.parametrize(
    "url",
    [
        "/api/v1/inspections",
        "/api/v1/vehicles",
        "/api/v1/crew",
        "/api/v1/inspections/00000000-0000-4000-8000-000000000000",
        "/api/v1/vehicles/00000000-0000-4000-8000-000000000000/file",
        "/api/v1/crew/00000000-0000-4000-8000-000000000000/file",
        "/api/v1/photos/" + "a" * 64,
        "/api/v1/sync/proof",
    ],
)
def test_nothing_is_read_without_a_token(world: World, inspector: Phone, url: str) -> None:
    assert inspector.client.get(url).status_code == 401
    wrong = {"Authorization": "Bearer " + "x" * 43}
    assert inspector.get(url, wrong).status_code == 401
    assert inspector.get(url, {"Authorization": "Basic eDp5"}).status_code == 401
