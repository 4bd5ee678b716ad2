"""Every bound on what a record may hold, tried at the bound and one beyond it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.clock import DAY_MS
from tests.server.inspections.test_border import send
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

MIB = 1024 * 1024
MINUTE_MS = 60_000
SHA256 = "ab" * 32


def fail(**more: Any) -> dict[str, Any]:
    return {"answers/P5-02": {"value": "fail", **more}}


BOUNDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a note has at most 2000 characters": (fail(note="字" * 2000), fail(note="字" * 2001)),
    "an item has at most 12 photos": (fail(photos=[SHA256] * 12), fail(photos=[SHA256] * 13)),
    "a value has at most 40 characters": (
        {"answers/P5-02": {"value": "9" * 40}},
        {"answers/P5-02": {"value": "9" * 41}},
    ),
    "an item's name has at most 16 characters": (
        {f"answers/{'A' * 16}": {"value": None}},
        {f"answers/{'A' * 17}": {"value": None}},
    ),
    "a typed plate has at most 60 characters": (
        {"vehicle": None, "vehicle_typed": "川" * 60},
        {"vehicle": None, "vehicle_typed": "川" * 61},
    ),
    "a typed name has at most 60 characters": (
        {"driver": None, "driver_typed": "王" * 60},
        {"driver": None, "driver_typed": "王" * 61},
    ),
    "a place lies on the earth": (
        {"place": {"lat_e7": -900_000_000, "lon_e7": 1_800_000_000, "accuracy_m": 0}},
        {"place": {"lat_e7": -900_000_001, "lon_e7": 1_800_000_000, "accuracy_m": 0}},
    ),
}


@pytest.mark.parametrize(("at", "beyond"), BOUNDS.values(), ids=BOUNDS.keys())
def test_a_bound_holds(
    world: World, inspector: Phone, at: dict[str, Any], beyond: dict[str, Any]
) -> None:
    whole = inspector.edit(new_record(), inspection_fields(world, **at))
    over = inspector.edit(new_record(), inspection_fields(world, **beyond))
    receipts = inspector.push(whole, over)
    assert [receipt["state"] for receipt in receipts] == ["accepted", "refused"]
    assert receipts[1]["problem"]["code"] == "field_value"


@pytest.mark.parametrize(
    ("size", "status"), [(8 * MIB - 1, 200), (8 * MIB, 200), (8 * MIB + 1, 413)]
)
def test_a_push_has_at_most_8_mib(inspector: Phone, size: int, status: int) -> None:
    assert send(inspector, b"{}".ljust(size)).status_code == status


@pytest.mark.parametrize(
    ("off_ms", "suspect"),
    [
        (2 * MINUTE_MS, False),
        (2 * MINUTE_MS + 1, True),
        (-30 * DAY_MS, False),
        (-30 * DAY_MS - 1, True),
    ],
)
def test_a_claimed_time_is_believed_within_its_bounds(
    world: World, inspector: Phone, officer: dict[str, str], off_ms: int, suspect: bool
) -> None:
    record = new_record()
    claimed = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=world.clock() + off_ms)
    fields = inspection_fields(world, finished_at=claimed.isoformat(timespec="milliseconds"))
    assert inspector.push(inspector.edit(record, fields))[0]["state"] == "accepted"
    shown = inspector.get(f"/api/v1/inspections/{record}", officer).json
    assert shown["clock_suspect"] is suspect
