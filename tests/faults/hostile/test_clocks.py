"""Faults 35–37 and 84, seen from the server: whatever a clock shows, nothing is blocked or lost."""

from __future__ import annotations

from random import Random
from typing import Any

from sqlalchemy import select

from server.clock import DAY_MS, HOUR_MS, format_instant
from server.db import db
from server.edits.models import EditRow
from tests.faults.hostile.clocks import (
    SKEWS_MS,
    YEAR_MS,
    JumpingPhone,
    find_forgotten_claims,
    find_misordered,
    find_unfair,
    value_of,
)
from tests.faults.tally import Tally
from tests.server.office.staff import sit_down
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

SERVER_JUMPS_MS = (1_200 * DAY_MS, -1_200 * DAY_MS, -2 * HOUR_MS, 2 * HOUR_MS)


def detail_of(phone: Phone, record: str) -> Any:
    return phone.get(f"/api/v1/inspections/{record}").json


def test_a_wrong_clock_blocks_nothing_and_its_claim_is_kept(
    world: World, inspector: Phone, tally: Tally
) -> None:
    for skew_ms in SKEWS_MS:
        broken = find_forgotten_claims(world, JumpingPhone(inspector, skew_ms))
        tally.add(35, 1, len(broken))
        assert broken == [], skew_ms


def test_a_clock_that_runs_ahead_does_not_win(world: World, inspector: Phone, tally: Tally) -> None:
    other = JumpingPhone(world.enrol("inspector"))
    for skew_ms in (1, 90_000, HOUR_MS, 10 * YEAR_MS):
        broken = find_unfair(world, JumpingPhone(inspector, skew_ms), other)
        tally.add(35, 1, len(broken))
        assert broken == [], skew_ms


def test_a_clock_that_jumps_keeps_its_phones_order(
    world: World, inspector: Phone, tally: Tally, scale: int
) -> None:
    phone, rng = JumpingPhone(inspector), Random(36)
    for _ in range(12 * scale):
        broken = find_misordered(world, phone, rng)
        tally.add(36, 5, len(broken))
        assert broken == []


CLAIMS_MS = {
    -15 * YEAR_MS: True,
    -31 * DAY_MS: True,
    -29 * DAY_MS: False,
    -HOUR_MS: False,
    60_000: False,
    3 * 60_000: True,
    10 * YEAR_MS: True,
}


def test_a_claim_that_cannot_be_is_marked_and_listed_by_its_receipt(
    world: World, inspector: Phone, tally: Tally
) -> None:
    for claim_ms, is_suspect in CLAIMS_MS.items():
        record, claim = new_record(), format_instant(world.clock() + claim_ms)
        fields = inspection_fields(world, started_at=claim, finished_at=claim)
        inspector.push(inspector.edit(record, fields))
        told = detail_of(inspector, record)
        assert told["clock_suspect"] is is_suspect, claim_ms
        received = format_instant(world.clock())
        assert told["occurred_at"] == (received if is_suspect else min(claim, received))
        assert told["fields"]["finished_at"]["value"] == claim
        tally.add(35, 1, 0)


def test_one_instant_is_one_instant_in_every_zone(
    world: World, inspector: Phone, tally: Tally
) -> None:
    """Also where a clock was just put forward or back for the summer: the offset says it."""
    world.clock.at_ms = 1_762_063_300_000  # 2025-11-02, an hour that New York had twice
    same = [
        "2025-11-02T06:00:00Z",
        "2025-11-02T14:00:00+08:00",
        "2025-11-02T02:00:00-04:00",
        "2025-11-02T01:00:00-05:00",
        "2025-11-01T19:00:00-11:00",
        "2025-11-02T20:00:00+14:00",
        "2025-11-02T11:45:00.000+05:45",
    ]
    told = []
    for claim in same:
        record = new_record()
        inspector.push(inspector.edit(record, inspection_fields(world, finished_at=claim)))
        detail = detail_of(inspector, record)
        told.append((detail["occurred_at"], detail["service_date"], detail["clock_suspect"]))
        assert detail["fields"]["finished_at"]["value"] == claim
    tally.add(37, len(same), len(set(told)) - 1)
    assert set(told) == {("2025-11-02T06:00:00.000Z", "2025-11-02", False)}


def test_while_the_servers_clock_is_wrong_and_after_it_all_is_taken_in_order(
    world: World, inspector: Phone, tally: Tally
) -> None:
    phone, record = JumpingPhone(inspector), new_record()
    phone.phone.push(phone.edit(record, inspection_fields(world, step=0)))
    inspector.cursor = inspector.sync().json["cursor"]
    moves_ms = [move_ms for jump_ms in SERVER_JUMPS_MS for move_ms in (jump_ms, -jump_ms)]
    for step, moved_ms in enumerate(moves_ms, start=1):
        world.clock.at_ms += 60_000 + moved_ms
        phone.skew_ms -= moved_ms  # the phone's own clock stays right all the while
        reply = inspector.sync(phone.edit(record, {"step": step}))
        assert reply.json["receipts"][0]["state"] == "accepted"
        assert [one["record"] for one in reply.json["records"]] == [record]
        inspector.cursor = reply.json["cursor"]
        assert value_of(world, record, "step") == step
        tally.add(84, 1, 0)
    with world.app.app_context():
        rows = list(db.session.execute(select(EditRow.seq, EditRow.serial).order_by(EditRow.seq)))
    assert [tuple(row) for row in rows] == [(n, n) for n in range(1, len(moves_ms) + 2)]
    world.add_user("newcomer", "inspector_fulltime")
    assert world.enrol("newcomer").sync().status_code == 200


def test_the_office_works_on_with_a_wrong_clock_and_wins_over_what_it_saw(
    world: World, inspector: Phone
) -> None:
    """Returned while the clock ran ahead, the record can be finished anew once it is right."""
    phone, record = JumpingPhone(inspector), new_record()
    phone.phone.push(phone.edit(record, inspection_fields(world)))
    world.clock.at_ms += 1_200 * DAY_MS
    seat = sit_down(world, "officer", "quality_officer")
    assert seat.review(record, "return", note="看不清").status_code == 303
    world.clock.at_ms -= 1_200 * DAY_MS
    seen = inspector.sync().json["records"]
    phone.last = max(
        entry["stamp"]
        for one in seen
        if one["record"] == record
        for entry in one["fields"].values()
    )
    [receipt] = phone.phone.push(phone.edit(record, {"state": "finished"}))
    assert receipt["state"] == "accepted"
    assert detail_of(inspector, record)["status"] == "finished"


def test_a_server_clock_behind_its_own_log_is_told(world: World, inspector: Phone) -> None:
    seat = sit_down(world, "officer", "quality_officer")
    assert inspector.get("/api/v1/healthz").json["clock"] == "ok"
    inspector.push(inspector.edit(new_record(), inspection_fields(world)))
    world.clock.at_ms -= 30_000
    assert inspector.get("/api/v1/healthz").json["clock"] == "ok"
    assert "服务器时钟" not in seat.page("/office/")
    world.clock.at_ms -= 2 * HOUR_MS
    health = inspector.get("/api/v1/healthz")
    assert (health.status_code, health.json["clock"]) == (200, "behind")
    assert "服务器时钟" in sit_down(world, "other", "auditor").page("/office/")
