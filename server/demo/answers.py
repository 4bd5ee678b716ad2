"""What an inspector answers: drawn from failure rates by point, with their known distortions."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from server.demo.month import Visit
from sync.checklist_types import Checklist, Item

# Failure rates per item by point, in percent; crews behave better when they see the inspector.
POINT_PERCENT = {"P1": 4, "P2": 3, "P3": 4, "P4": 6, "P5": 5, "P6": 9, "P7": 8, "P8": 12, "P9": 1.5}
MODE_FACTOR = {"undercover": 1.4, "daily": 0.8 * 0.55, "full": 0.8, "spot": 0.8}
# Rates by point say nothing of severity: about one critical a day in the whole company.
SEVERITY_FACTOR = {"minor": 1.2, "major": 1.15, "critical": 0.25}
RAIN_FACTOR = 1.8
INSPECTOR_SPREAD, DRIVER_SPREAD, DEPOT_SPREAD = 3, 4, 2
# A spread of this many points doubles the rate of failures.
POINTS_TO_DOUBLE = 12
SPOT_POINTS = 2
DAYS_OF_DAILY_PHOTOS = 4
SHARE_FIXED_ON_SPOT = 0.7
SHARE_FIXED_MAJOR = 0.25
SHARE_CHARGED_OTHERWISE = 0.15

TakePhoto = Callable[[str, str, int], str]  # (scene, item, taken_ms) → name of the photo


@cache
def read_observations() -> dict[str, dict[str, Any]]:
    """By item: notes of a fail, numbers seen, how often not applicable (percent), the scene."""
    file = resources.files(__package__ or "").joinpath("observations.json")
    return json.loads(file.read_text(encoding="utf-8"))


@dataclass
class Observer:
    """Draws answers. Biases of persons and depots are drawn once and kept."""

    checklist: Checklist
    rng: random.Random
    last_day: date
    take_photo: TakePhoto
    biases: dict[str, float] = field(default_factory=dict)

    def answer(self, visit: Visit) -> dict[str, dict[str, Any]]:
        """An answer for each item of the mode; a spot check looks at two points only."""
        points = self.checklist.items_for(visit.mode)
        if visit.mode == "spot":
            points = self.rng.sample(points, SPOT_POINTS)
        return {
            item.id: self._answer(visit, point.id, item)
            for point, items in points
            for item in items
        }

    def _answer(self, visit: Visit, point: str, item: Item) -> dict[str, Any]:
        seen = read_observations()[item.id]
        if self.rng.random() * 100 < seen.get("na", 0):
            return {"value": "na"}
        failed = self.rng.random() * 100 < self._percent(visit, point, item)
        at_terminus = item.pass_if_at_terminus is not None and visit.mode in ("daily", "full")
        if failed and item.pass_if_at_terminus is not None and not at_terminus:
            seen = {**seen, "fail": seen["fail_en_route"]}
        answer: dict[str, Any] = {"value": self._value(item, seen, failed)}
        if at_terminus:
            answer["at_terminus"] = True
        if failed:
            answer |= self._circumstances(visit, item, seen)
        return answer

    def _percent(self, visit: Visit, point: str, item: Item) -> float:
        percent = POINT_PERCENT[point] * MODE_FACTOR[visit.mode] * SEVERITY_FACTOR[item.severity]
        if point == "P8" and visit.raining:
            percent *= RAIN_FACTOR
        points = self._bias(visit.inspector, INSPECTOR_SPREAD)
        points += self._bias(f"depot {visit.bus.station}", DEPOT_SPREAD)
        blamed = visit.driver.id if item.charged_to in ("driver", "conductor") else visit.bus.id
        points += self._bias(blamed, DRIVER_SPREAD)
        return percent * 2 ** (points / POINTS_TO_DOUBLE)

    def _bias(self, whose: str, spread: int) -> float:
        if whose not in self.biases:
            self.biases[whose] = self.rng.gauss(0, spread)
        return self.biases[whose]

    def _value(self, item: Item, seen: dict[str, Any], failed: bool) -> Any:
        if item.answer_type == "pass_fail_na":
            return "fail" if failed else "pass"
        if item.answer_type == "scale_1_5":
            return self.rng.choices([1, 2], [1, 5])[0] if failed else self._satisfied()
        return self.rng.choice(seen["fail" if failed else "pass"])

    def _satisfied(self) -> int:
        return self.rng.choices([3, 4, 5], [2, 5, 6])[0]

    def _circumstances(self, visit: Visit, item: Item, seen: dict[str, Any]) -> dict[str, Any]:
        more: dict[str, Any] = {"note": self.rng.choice(seen["notes"])}
        charged = self._charge(visit, item)
        if charged:
            more["charged_to"] = charged
        share = {"minor": SHARE_FIXED_ON_SPOT, "major": SHARE_FIXED_MAJOR}.get(item.severity, 0)
        if visit.mode != "undercover" and self.rng.random() < share:
            more["fixed_on_spot"] = True
        if self._is_photographed(visit, item, seen):
            more["photos"] = [self.take_photo(seen["scene"], item.id, visit.finished_ms - 20_000)]
        return more

    def _charge(self, visit: Visit, item: Item) -> str | None:
        """Somebody else than usual, now and then; never a conductor who was not there."""
        if item.charged_to == "conductor" and not visit.conductor:
            return "driver"
        others = [
            subject
            for subject in item.also_chargeable_to
            if subject != "conductor" or visit.conductor
        ]
        if others and self.rng.random() < SHARE_CHARGED_OTHERWISE:
            return self.rng.choice(others)
        return None

    def _is_photographed(self, visit: Visit, item: Item, seen: dict[str, Any]) -> bool:
        if "scene" not in seen:
            return False
        if visit.mode == "undercover":
            objects = item.photo_on_fail_undercover.startswith("optional")
            return objects and self.rng.random() < 0.4
        if visit.mode == "daily" and visit.day <= self.last_day - timedelta(DAYS_OF_DAILY_PHOTOS):
            return False
        return item.photo_on_fail.startswith("required") or self.rng.random() < 0.3
