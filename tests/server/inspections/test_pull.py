"""What a phone pulls: reference data and its own records, in pages, by an opaque cursor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer

from server import create_app
from server.accounts.models import Company
from server.db import db
from server.fleet.models import Vehicle
from tests.support.clock import HandClock
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields, make_world


def pull_all(phone: Phone) -> list[dict[str, Any]]:
    """Every page from the phone's cursor on; moves the cursor."""
    found: list[dict[str, Any]] = []
    for _ in range(1000):
        reply = phone.sync().json
        found += reply["records"]
        phone.cursor = reply["cursor"]
        if not reply["more"]:
            return found
    raise AssertionError("the pull never ends")


def kinds(records: list[dict[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for record in records:
        found[record["kind"]] = found.get(record["kind"], 0) + 1
    return found


def test_the_first_pull_brings_all_that_a_phone_needs(inspector: Phone) -> None:
    records = pull_all(inspector)
    assert kinds(records) == {"station": 2, "route": 2, "vehicle": 3, "crew": 4, "checklist": 1}
    checklist = next(one for one in records if one["kind"] == "checklist")
    assert checklist["record"] == "nine-points@2026.1"
    assert len(checklist["fields"]["body"]["value"]["points"]) == 9
    assert pull_all(inspector) == []


def test_every_field_has_a_value_and_a_stamp(world: World, inspector: Phone) -> None:
    inspector.push(inspector.edit(new_record(), inspection_fields(world)))
    for record in pull_all(inspector):
        for field in record["fields"].values():
            assert set(field) == {"value", "stamp"}


@pytest.mark.parametrize("page", [1, 2, 5, 12, 13, 100])
def test_pages_of_any_size_bring_each_record_once(
    world: World, inspector: Phone, page: int
) -> None:
    app = world.app
    wired = app.extensions["mingcha"]
    app.extensions["mingcha"] = replace(
        wired, settings=replace(wired.settings, pull_page_records=page)
    )
    records = pull_all(inspector)
    names = [(record["kind"], record["record"]) for record in records]
    assert len(names) == len(set(names)) == 12


def test_what_changes_after_the_cursor_comes_again_and_nothing_else(
    world: World, inspector: Phone
) -> None:
    pull_all(inspector)
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    with world.app.app_context():
        row = db.session.get_one(Vehicle, (world.company, world.vehicles[2]))
        change = world.change()
        row.fleet_number, row.stamp, row.change_seq = "777", change.stamp, change.seq
        db.session.commit()
    names = {(one["kind"], one["record"]) for one in pull_all(inspector)}
    assert names == {("inspection", record), ("vehicle", world.vehicles[2])}


def test_a_vehicle_out_of_use_is_gone(world: World, inspector: Phone) -> None:
    pull_all(inspector)
    with world.app.app_context():
        row = db.session.get_one(Vehicle, (world.company, world.vehicles[0]))
        row.retired, row.change_seq = True, world.change().seq
        db.session.commit()
    assert pull_all(inspector) == [{"kind": "vehicle", "record": world.vehicles[0], "gone": True}]


def test_a_colleague_and_an_outsider_see_nothing_of_a_record(
    world: World, inspector: Phone, clock: HandClock
) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    world.add_user("colleague", "inspector_fulltime")
    assert "inspection" not in kinds(pull_all(world.enrol("colleague")))
    other = make_world(world.app, clock, "云岭客运公司", "云A")
    other.add_user("outsider", "inspector_fulltime")
    pulled = pull_all(other.enrol("outsider"))
    assert "inspection" not in kinds(pulled)
    theirs = {one["record"] for one in pulled if one["kind"] == "vehicle"}
    assert theirs == set(other.vehicles)


def test_a_users_second_phone_gets_the_records_of_the_first(world: World, inspector: Phone) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    second = world.enrol("inspector")
    mine = {one["record"]: one["fields"] for one in pull_all(second) if one["kind"] == "inspection"}
    first = {
        one["record"]: one["fields"] for one in pull_all(inspector) if one["kind"] == "inspection"
    }
    assert mine == first
    assert set(mine) == {record}


def test_a_cursor_is_bound_to_its_user(world: World, inspector: Phone, app: Flask) -> None:
    pull_all(inspector)
    world.add_user("colleague", "inspector_fulltime")
    colleague = world.enrol("colleague")
    for cursor in (inspector.cursor, "garbage", "", "WyJ4Iiwx.XQ"):
        reply = colleague.sync(cursor=cursor)
        assert (reply.status_code, reply.json["code"]) == (400, "cursor_invalid")


def test_another_installation_does_not_take_our_cursor(
    world: World, inspector: Phone, app: Flask
) -> None:
    pull_all(inspector)
    wired = app.extensions["mingcha"]
    elsewhere = create_app(replace(wired.settings, secret_key="k" * 40), wired.clock)
    inspector.client = elsewhere.test_client()
    assert inspector.sync().json["code"] == "cursor_invalid"


def test_a_cursor_of_an_earlier_epoch_brings_everything_again(
    world: World, inspector: Phone
) -> None:
    first = pull_all(inspector)
    with world.app.app_context():
        db.session.get_one(Company, world.company).epoch = "another"
        db.session.commit()
    assert pull_all(inspector) == first
    assert pull_all(inspector) == []


def test_a_cursor_of_the_first_release_brings_everything_again(
    world: World, inspector: Phone
) -> None:
    first = pull_all(inspector)
    signer = URLSafeSerializer(world.app.config["SECRET_KEY"], salt="pull-cursor")
    user, after, _ = signer.loads(inspector.cursor or "")
    inspector.cursor = str(signer.dumps([user, after]))
    assert pull_all(inspector) == first
