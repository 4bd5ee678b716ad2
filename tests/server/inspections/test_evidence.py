"""Evidence is awaited, proved and readable wherever it was named; riders stay unknown."""

from __future__ import annotations

import hashlib

from server.inspections.review import Review, review_inspection
from tests.server.inspections.test_merge import act
from tests.server.inspections.test_proof import digest_of, draw_photo, prove, upload
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

PHOTO = draw_photo((120, 60, 10))
NAME = hashlib.sha256(PHOTO).hexdigest()
FAIL = {"value": "fail", "photos": [NAME]}


def test_the_proof_counts_photos_of_refused_edits(world: World, inspector: Phone) -> None:
    good = inspector.edit(new_record(), inspection_fields(world, **{"answers/P5-02": FAIL}))
    reused = {**good, "fields": {"answers/P6-03": {**FAIL, "photos": ["b" * 64, "?"]}}}
    inspector.push(good, reused)
    other = draw_photo((1, 2, 3))
    upload(inspector, PHOTO)
    upload(inspector, other)
    assert prove(inspector)["photos_digest"] == digest_of([NAME])
    named = {"answers/P6-03": {"value": "fail", "photos": [hashlib.sha256(other).hexdigest()]}}
    inspector.push({**good, "fields": named})
    assert prove(inspector)["photos"] == 2


def test_a_second_phone_is_asked_for_the_photo_that_it_added(
    world: World, inspector: Phone
) -> None:
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world, **{"answers/P5-02": {}})))
    second = world.enrol("inspector")
    world.clock.at_ms += 1000
    reply = second.sync(second.edit(record, {"answers/P6-03": FAIL}))
    assert reply.json["awaited_photos"] == [NAME]


def test_late_evidence_is_awaited_and_can_be_read(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    fields = inspection_fields(world, **{"answers/P5-02": {"value": "fail"}})
    inspector.push(inspector.edit(record, fields))
    act(world, "officer", review_inspection, record, Review("confirm"))
    reply = inspector.sync(inspector.edit(record, {"answers/P5-02": FAIL}))
    assert reply.json["receipts"][0]["state"] == "late"
    assert reply.json["awaited_photos"] == [NAME]
    upload(inspector, PHOTO)
    assert inspector.sync().json["awaited_photos"] == []
    world.add_user("head", "quality_head")
    url = f"/api/v1/photos/{NAME}?size=original"
    with inspector.get(url, world.token("head")) as shown:
        assert shown.data == PHOTO
    world.add_user("outsider", "dispatcher")
    assert inspector.get(url, world.token("outsider")).status_code == 404


def test_the_stamps_of_a_hidden_rider_tell_no_device(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    secret, open_record = new_record(), new_record()
    inspector.push(
        inspector.edit(secret, inspection_fields(world, mode="undercover")),
        inspector.edit(open_record, inspection_fields(world)),
    )
    shown = inspector.get(f"/api/v1/inspections/{secret}", officer)
    assert inspector.device not in shown.get_data(as_text=True)
    own = inspector.get(f"/api/v1/inspections/{secret}")
    assert inspector.device in own.get_data(as_text=True)
    overt = inspector.get(f"/api/v1/inspections/{open_record}", officer)
    assert inspector.device in overt.get_data(as_text=True)


def test_a_record_whose_mode_has_not_come_is_treated_as_undercover(
    world: World, inspector: Phone, officer: dict[str, str]
) -> None:
    record = new_record()
    fields = inspection_fields(world)
    mode = inspector.edit(record, {"mode": fields.pop("mode")})
    rest = inspector.edit(record, fields)
    inspector.push(rest)
    world.add_user("leader", "team_leader")
    url = f"/api/v1/inspections/{record}"
    assert inspector.get(url, world.token("leader")).status_code == 404
    assert inspector.device not in inspector.get(url, officer).get_data(as_text=True)
    inspector.push(mode)
    assert inspector.get(url, world.token("leader")).status_code == 200
