"""An inspection's fields as the phone writes them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.demo.county import County
from server.demo.month import Visit
from sync.checklists import NINE_POINTS

# One metre is about 90 units of latitude e7.
NEAR_E7 = 4_000
TYPED = 12
TYPED_VEHICLES = ("川R·8O13Q", "川 R 2 6 0 7 挂", "新车未上牌(白色中巴)")
TYPED_DRIVERS = ("新来的李师傅", "王建军(替班)", "柳林站陈师傅")


@dataclass
class Typing:
    """Which records name a vehicle or driver in words, for the office to match.

    ``vehicles`` and ``drivers`` are positions in the month's order.
    """

    vehicles: set[int]
    drivers: set[int]
    typed: dict[str, dict[str, str]] = field(default_factory=dict)  # record → what it really was


def pick_typed(rng: random.Random, count: int) -> Typing:
    """A few records spread over the month, and as many of the newest."""
    newest = range(count - count // 20, count)
    picked = rng.sample(range(newest[0]), TYPED // 2) + rng.sample(newest, TYPED // 2)
    return Typing(set(picked[::2]), set(picked[1::2]))


def write_fields(
    county: County,
    visit: Visit,
    answers: dict[str, dict[str, Any]],
    typing: Typing,
    position: int,
    rng: random.Random,
) -> dict[str, Any]:
    """Everything a finished inspection holds."""
    zone = ZoneInfo(county.company.timezone)
    fields: dict[str, Any] = {
        "mode": visit.mode,
        "checklist": NINE_POINTS,
        "vehicle": visit.bus.id,
        "driver": visit.driver.id,
        "route": visit.bus.route,
        "station": county.stations[visit.bus.station],
        "started_at": _instant(visit.started_ms, zone),
        "finished_at": _instant(visit.finished_ms, zone),
        "state": "finished",
    }
    if visit.conductor:
        fields["conductor"] = visit.conductor.id
    if visit.mode != "undercover":  # where a rider sat would give them away
        fields["place"] = _place(county.places[visit.bus.station], rng)
    _type_in(fields, visit, typing, position)
    return fields | {f"answers/{item}": answer for item, answer in answers.items()}


def _instant(at_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_ms / 1000, zone).isoformat(timespec="seconds")


def _place(station: tuple[int, int], rng: random.Random) -> dict[str, int]:
    return {
        "lat_e7": station[0] + rng.randint(-NEAR_E7, NEAR_E7),
        "lon_e7": station[1] + rng.randint(-NEAR_E7, NEAR_E7),
        "accuracy_m": rng.randint(4, 30),
    }


def _type_in(fields: dict[str, Any], visit: Visit, typing: Typing, position: int) -> None:
    if position in typing.vehicles:
        fields["vehicle_typed"] = TYPED_VEHICLES[position % len(TYPED_VEHICLES)]
        typing.typed[visit.record] = {"vehicle": fields.pop("vehicle")}
    if position in typing.drivers:
        fields["driver_typed"] = TYPED_DRIVERS[position % len(TYPED_DRIVERS)]
        typing.typed[visit.record] = {"driver": fields.pop("driver")}
