"""Phones whose clocks jump, as scripts; says what was ordered, blocked or won as it must not."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from sqlalchemy import select

from server.clock import DAY_MS
from server.db import db
from server.edits.models import EditRow
from server.inspections.models import Inspection
from sync.stamp import next_stamp, parse_stamp
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

YEAR_MS = 365 * DAY_MS
SKEWS_MS = (-15 * YEAR_MS, -3_600_000, -1, 0, 1, 90_000, 3_600_000, 10 * YEAR_MS)


def value_of(world: World, record: str, name: str) -> Any:
    with world.app.app_context():
        row = db.session.get(Inspection, (world.company, record))
        return json.loads(row.fields).get(name, {}).get("value") if row else None


class JumpingPhone:
    """A phone that stamps as the protocol says, by a clock that may show anything."""

    def __init__(self, phone: Phone, skew_ms: int = 0) -> None:
        self.phone = phone
        self.skew_ms = skew_ms
        self.last: str | None = None

    def edit(self, record: str, fields: dict[str, Any]) -> dict[str, Any]:
        shown_ms = self.phone.clock() + self.skew_ms
        stamp = next_stamp(parse_stamp(self.last), shown_ms, self.phone.device)
        self.last = str(stamp)
        self.phone.counter = stamp.counter - 1
        return self.phone.edit(record, fields, at_ms=stamp.ms)


def find_misordered(world: World, phone: JumpingPhone, rng: Random) -> list[str]:
    """One record under a clock that jumps: its last value counts, however the edits arrive."""
    record = new_record()
    edits = [phone.edit(record, inspection_fields(world, step=0))]
    for step in range(1, 6):
        phone.skew_ms = rng.choice(SKEWS_MS)
        phone.phone.clock.at_ms += rng.choice((0, 5, 60_000))
        edits.append(phone.edit(record, {"step": step}))
    rng.shuffle(edits)
    broken: list[str] = []
    while edits:
        some, edits = edits[: (cut := rng.randint(1, 6))], edits[cut:]
        receipts = phone.phone.push(*some)
        broken += [f"not taken: {one}" for one in receipts if one["state"] != "accepted"]
        phone.phone.clock.at_ms += rng.choice((0, 5, 60_000))
    found = value_of(world, record, "step")
    return broken if found == 5 else [*broken, f"step {found} counts, not the last"]


def find_unfair(world: World, ahead: JumpingPhone, right: JumpingPhone) -> list[str]:
    """What somebody with a right clock writes later must win over a clock that runs ahead."""
    record = new_record()
    ahead.phone.push(ahead.edit(record, inspection_fields(world, who="ahead")))
    ahead.phone.clock.at_ms += 1_000
    right.phone.push(right.edit(record, {"who": "right"}))
    found = value_of(world, record, "who")
    return [] if found == "right" else [f"{found} wins by its clock"]


def find_forgotten_claims(world: World, phone: JumpingPhone) -> list[str]:
    """The time a device claims is kept as it said it, beside the time of receipt."""
    edit = phone.edit(new_record(), inspection_fields(world))
    phone.phone.push(edit)
    with world.app.app_context():
        row = db.session.scalars(select(EditRow).where(EditRow.stamp == edit["stamp"])).one()
        kept = json.loads(row.body)["stamp"] == edit["stamp"]
        return [] if kept and row.received_at_ms == phone.phone.clock() else ["a claim is gone"]
