"""Pushes that no phone of ours makes: odd input harms itself only, and order stays order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.server.inspections.test_merge import state_of
from tests.support.phone import Phone, content_digest, new_record
from tests.support.world import World, inspection_fields

YEAR_MS = 365 * 24 * 3_600_000
HALF = "\ud800"


def states(reply: Any) -> list[str]:
    assert reply.status_code == 200, reply.get_data(as_text=True)
    return [receipt["state"] for receipt in reply.json["receipts"]]


def send_raw(phone: Phone, text: str) -> Any:
    payload = text.encode()
    headers = {**phone.headers, "Content-Digest": content_digest(payload)}
    return phone.client.post("/api/v1/sync", data=payload, headers=headers)


@pytest.mark.parametrize(
    "change",
    [
        {"fields": {"checklist": ["x"]}},
        {"fields": {"checklist": {}}},
        {"fields": {"vehicle": {"a": 1}}},
        {"fields": {"vehicle_typed": "\0"}},
        {"stamp": HALF},
        {"stamp": "x" * 41},
        {"record": HALF},
        {"fields": {HALF: 1}},
        {"fields": {"note": HALF}},
        {"serial": True},
    ],
)
def test_one_odd_edit_leaves_its_neighbours_alone(
    world: World, inspector: Phone, officer: dict[str, str], change: dict[str, Any]
) -> None:
    good = inspector.edit(new_record(), inspection_fields(world))
    signature = inspector.sign(inspector.prev)
    odd = {**inspector.edit(new_record(), inspection_fields(world)), "serial": 1, **change}
    body = {"edits": [good, odd], "signature": signature}
    for _ in range(2):
        assert states(send_raw(inspector, json.dumps(body))) == ["accepted", "refused"]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"checklist": "\0"}, "refused"),
        ({"answers/\0": {"value": "pass"}}, "refused"),
        ({"criticals/\0": None}, "refused"),
        ({"odd\0name": {"photos": ["a" * 64]}}, "accepted"),
    ],
    ids=["checklist", "answer", "critical", "photos"],
)
def test_a_nought_in_a_text_stops_nobody(
    world: World, inspector: Phone, fields: dict[str, Any], state: str
) -> None:
    edits = [
        inspector.edit(new_record(), inspection_fields(world)),
        inspector.edit(new_record(), fields),
        inspector.edit(new_record(), inspection_fields(world)),
    ]
    assert states(inspector.sync(*edits)) == ["accepted", state, "accepted"]
    doubled = json.dumps(edits[0]).replace('"fields"', '"\\u0000": 1, "\\u0000": 2, "fields"')
    body = f'{{"edits": [{doubled}]}}'
    assert states(send_raw(inspector, body)) == ["refused"]


def test_a_number_without_end_is_refused_alone(world: World, inspector: Phone) -> None:
    good = inspector.edit(new_record(), inspection_fields(world))
    body = json.dumps({"edits": [good, {"fields": 0}], "signature": inspector.sign(inspector.prev)})
    endless = body.replace('"fields": 0', '"fields": ' + "9" * 5000)
    assert states(send_raw(inspector, endless)) == ["accepted", "refused"]


def test_the_newest_edit_signs_even_when_it_is_malformed(world: World, inspector: Phone) -> None:
    good = inspector.edit(new_record(), inspection_fields(world))
    bad = inspector.edit("not-a-uuid", inspection_fields(world))
    assert states(inspector.sync(good, bad)) == ["accepted", "refused"]
    assert inspector.sync().json["missing_serials"] == []


@pytest.mark.parametrize("at_once", [True, False])
def test_a_phone_ahead_of_time_keeps_its_order_when_the_newest_comes_first(
    world: World, inspector: Phone, at_once: bool
) -> None:
    record, far = new_record(), world.clock() + YEAR_MS
    edits = [inspector.edit(record, inspection_fields(world), at_ms=far)]
    edits += [
        inspector.edit(record, {"answers/P5-02": {"value": value}}, at_ms=far + step)
        for step, value in enumerate(("na", "pass"), start=1)
    ]
    if at_once:
        inspector.push(*reversed(edits))
    else:
        for edit in reversed(edits):
            world.clock.at_ms += 5
            inspector.push(edit)
    assert state_of(inspector, record)["answers/P5-02"]["value"] == {"value": "pass"}


def test_a_phone_ahead_by_a_moment_keeps_its_order(world: World, inspector: Phone) -> None:
    record, now = new_record(), world.clock()
    first = inspector.edit(record, inspection_fields(world), at_ms=now)
    second = inspector.edit(record, {"answers/P5-02": {"value": "na"}}, at_ms=now)
    third = inspector.edit(record, {"answers/P5-02": {"value": "pass"}}, at_ms=now + 2)
    inspector.push(first, second, third)
    assert state_of(inspector, record)["answers/P5-02"]["value"] == {"value": "pass"}
    fourth = inspector.edit(record, {"answers/P5-02": {"value": "fail"}}, at_ms=now + 3)
    inspector.push(fourth)
    assert state_of(inspector, record)["answers/P5-02"]["value"] == {"value": "fail"}


def test_serials_that_were_refused_did_arrive_and_those_before_them_did_not(
    world: World, inspector: Phone
) -> None:
    edits = [inspector.edit(new_record(), inspection_fields(world)) for _ in range(7)]
    foreign = {**edits[6], "stamp": edits[6]["stamp"][:-16] + "f" * 16}
    reply = inspector.sync(edits[0], edits[1], foreign)
    assert reply.json["missing_serials"] == [[3, 6]]


@pytest.mark.parametrize(
    ("claim", "state"),
    [
        ("1970-01-01T00:00:00+08:00", "accepted"),
        ("2026-11-21T08:00:00.123+08:00", "accepted"),
        ("0001-01-01T00:00:00+14:00", "refused"),
        ("9999-12-31T23:59:59Z", "refused"),
        ("2026-W47-6T08:00:00+08:00", "refused"),
        ("20261121T080000+0800", "refused"),
        ("2026-11-21T08:00:00", "refused"),
    ],
)
def test_a_claimed_time_is_one_that_can_be_shown(
    world: World, inspector: Phone, claim: str, state: str
) -> None:
    fields = inspection_fields(world, started_at=claim)
    assert states(inspector.sync(inspector.edit(new_record(), fields))) == [state]


def test_what_was_handed_in_is_not_taken_back_from_sight(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    back = inspector.push(inspector.edit(record, {"state": "draft"}))[0]
    assert (back["state"], back["problem"]["code"]) == ("refused", "field_forbidden")
    assert inspector.get(f"/api/v1/inspections/{record}", officer).status_code == 200
