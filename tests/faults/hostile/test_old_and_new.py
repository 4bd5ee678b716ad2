"""Faults 12, 32, 33 and 58: clients of another age, captured requests, the same thing often."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import func, select

from server.accounts.models import Device
from server.clock import DAY_MS
from server.db import db
from server.edits.models import EditRow, Quarantined
from server.evidence.models import Entry
from server.inspections.models import Inspection
from server.photos.models import Photo
from sync.canonical import canonical_json
from tests.faults.hostile.pushing import as_bytes, frame, send
from tests.faults.tally import Tally
from tests.server.office.staff import sign_in, sit_down
from tests.support.drawing import draw_jpeg, sha256_of
from tests.support.phone import Phone, new_record
from tests.support.tus import tus_of
from tests.support.world import World, inspection_fields

YEAR_MS = 365 * DAY_MS
TABLES: tuple[type[Any], ...] = (EditRow, Quarantined, Entry, Inspection, Device, Photo)


def count_rows(world: World) -> list[int]:
    with world.app.app_context():
        return [db.session.scalar(select(func.count()).select_from(one)) or 0 for one in TABLES]


def test_a_request_captured_and_sent_again_next_year_changes_nothing(
    world: World, inspector: Phone, tally: Tally
) -> None:
    edits = [as_bytes(inspector.edit(new_record(), inspection_fields(world))) for _ in range(3)]
    payload = frame(inspector, [*edits, b'{"stamp":1}'])
    first = send(inspector, payload).json
    before = count_rows(world)
    world.clock.at_ms += YEAR_MS
    again = send(inspector, payload).json
    assert again["receipts"] == first["receipts"]
    with world.app.app_context():
        db.session.get_one(Device, (world.company, inspector.device)).revoked_at_ms = 1
        db.session.commit()
    assert send(inspector, payload).status_code == 403
    assert count_rows(world) == before
    tally.add(58, 2, 0)


def test_a_captured_enrolment_and_a_captured_form_are_worth_nothing(
    world: World, inspector: Phone, tally: Tally
) -> None:
    _, secret = world.add_user("officer", "quality_officer")
    record = new_record()
    inspector.push(inspector.edit(record, inspection_fields(world)))
    seat = sign_in(world, "officer", secret)
    form = {"csrf_token": seat.token, "move": "return", "note": "x"}
    thief = world.app.test_client()
    with seat.client.session_transaction() as held, thief.session_transaction() as copied:
        copied.update(dict(held))
    seat.post("/office/sign-out")
    before = count_rows(world)
    for later_ms in (0, YEAR_MS):
        world.clock.at_ms += later_ms
        reply = thief.post(f"/office/inspections/{record}/review", data=form)
        assert reply.status_code in (302, 400)
    assert count_rows(world) == before
    tally.add(58, 2, 0)


def test_a_client_half_a_year_old_is_taken_as_ever(
    world: World, inspector: Phone, tally: Tally
) -> None:
    """It knows no head and no epoch, names fewer fields, and its cursor is of that day."""
    then = inspector.sync().json["cursor"]
    held = [
        inspector.edit(new_record(), {"mode": "daily", "state": "finished"}),
        inspector.edit(new_record(), inspection_fields(world)),
    ]
    world.clock.at_ms += 183 * DAY_MS
    body = {"edits": held, "cursor": then, "signature": inspector.sign(inspector.prev)}
    reply = send(inspector, as_bytes(body))
    assert [one["state"] for one in reply.json["receipts"]] == ["accepted", "accepted"]
    pulled = [one["record"] for one in reply.json["records"] if one["kind"] == "inspection"]
    assert sorted(pulled) == sorted(edit["record"] for edit in held)
    told = inspector.get(f"/api/v1/inspections/{held[1]['record']}").json
    assert (told["clock_suspect"], told["total_bp"] is not None) == (True, True)
    tally.add(32, len(held), 0)


def test_what_a_newer_client_says_is_kept_whole(
    world: World, inspector: Phone, tally: Tally
) -> None:
    record = new_record()
    newer = {
        "a field": inspector.edit(
            record, inspection_fields(world, weather={"rain": [1, None, {"mm": "3.2"}]}, 天气="雨")
        ),
        "a field of an answer": inspector.edit(
            record, {"answers/P5-02": {"value": "pass", "seen_by": ["cctv"], "photos": []}}
        ),
        "an item": inspector.edit(record, {"answers/P10-01": {"value": 3}}),
        "a kind": inspector.edit(new_record(), {"due": "2027-01-01"}) | {"kind": "assignment"},
        "a key beside fields": inspector.edit(record, {"x": 1}) | {"beacon": {"size": 9}},
        "a value": inspector.edit(new_record(), inspection_fields(world, mode="by_drone")),
    }
    signed = [json.loads(json.dumps(edit)) for edit in newer.values()]
    _chain(inspector, signed)
    reply = inspector.sync(*signed, pulls=["notices"], v=9)
    states = {name: one["state"] for name, one in zip(newer, reply.json["receipts"], strict=True)}
    refused = {name for name, state in states.items() if state == "refused"}
    assert refused == {"a kind", "a value"}
    with world.app.app_context():
        kept = set(db.session.scalars(select(EditRow.body)))
        aside = set(db.session.scalars(select(Quarantined.body)))
    whole = {canonical_json(edit).decode() for edit in signed}
    assert whole == kept
    assert aside <= whole
    assert len(aside) == len(refused)
    fields = inspector.get(f"/api/v1/inspections/{record}").json["fields"]
    assert fields["天气"]["value"] == "雨"
    assert fields["answers/P5-02"]["value"]["seen_by"] == ["cctv"]
    tally.add(33, len(newer), 0)


def _chain(phone: Phone, edits: list[dict[str, Any]]) -> None:
    """Number and link edits anew after something was put beside their fields."""
    phone.prev = "0" * 64
    for serial, edit in enumerate(edits, start=1):
        edit |= {"serial": serial, "prev": phone.prev}
        phone.prev = sha256_of(canonical_json(edit))


def test_an_older_server_answers_a_newer_client_by_name(inspector: Phone, tally: Tally) -> None:
    """What this server does not have yet is 404 or 405 with a stable code, never a crash."""
    for method, path in (
        ("GET", "/api/v1/notices"),
        ("POST", "/api/v2/sync"),
        ("PUT", "/api/v1/sync"),
        ("GET", "/api/v1/inspections/next"),
    ):
        reply: Any = inspector.client.open(path, method=method, headers=inspector.headers)
        assert (reply.status_code, reply.json["code"]) in {
            (404, "not_found"),
            (405, "method_not_allowed"),
        }
        assert reply.headers["Cache-Control"] == "no-store"
        tally.add(33, 1, 0)


def test_a_stale_answer_leads_no_cursor_back(world: World, inspector: Phone, tally: Tally) -> None:
    """Whoever is given yesterday's answer once more loses nothing: from any cursor all follows."""
    cursors, records = [inspector.sync().json["cursor"]], []
    for _ in range(4):
        records.append(new_record())
        inspector.push(inspector.edit(records[-1], inspection_fields(world)))
        inspector.cursor = cursors[-1]
        reply = inspector.sync()
        assert reply.headers["Cache-Control"] == "no-store"
        cursors.append(reply.json["cursor"])
    for place, cursor in enumerate(cursors):
        inspector.cursor = cursor
        reply = inspector.sync().json
        assert [one["record"] for one in reply["records"]] == records[place:]
        assert reply["cursor"] == cursors[-1]
        tally.add(12, 1, 0)


def test_the_same_photo_a_thousand_times_is_one_photo(
    world: World, inspector: Phone, scale: int
) -> None:
    photo = draw_jpeg()
    record = new_record()
    answer = {"value": "fail", "photos": [sha256_of(photo)]}
    inspector.push(inspector.edit(record, inspection_fields(world, **{"answers/P5-02": answer})))
    phone = tus_of(inspector)
    phone.send(photo)
    before = count_rows(world)
    for _ in range(50 * scale):
        phone.send(photo)
    assert count_rows(world) == before
    told = inspector.get(f"/api/v1/inspections/{record}").json
    assert (told["photos_named"], told["photos_verified"]) == (1, 1)
    assert [path.name for path in _photo_files(world)].count(sha256_of(photo)) == 1


def _photo_files(world: World) -> list[Any]:
    folder = world.app.extensions["mingcha"].settings.photo_dir
    return [path for path in folder.rglob("*") if path.is_file()]


def test_no_reader_can_download_a_table(world: World, inspector: Phone) -> None:
    """Fault 95 has nowhere to happen: a formula in a typed name is only ever text in a page."""
    name = '=cmd|"/c calc"!A1'
    fields = inspection_fields(world, driver=None, driver_typed=name)
    inspector.push(inspector.edit(new_record(), fields))
    kinds = {rule.rule.rpartition(".")[2] for rule in world.app.url_map.iter_rules()}
    assert not kinds & {"csv", "xlsx", "xls", "tsv", "ods"}
    page = sit_down(world, "officer", "quality_officer").get("/office/")
    assert page.mimetype == "text/html"
    assert name not in page.get_data(as_text=True)
