"""Grows sync/vectors/scores-grown.json: random inspections on which both languages must agree.

Run by hand after a change of the rule: python tests/sync/grow_scores.py
"""

import json
from pathlib import Path
from random import Random
from typing import Any

from sync.checklist import Checklist, Item
from sync.checklists import NINE_POINTS, bundled_checklist
from sync.score import score_inspection

SEED = 2026
CASES = 60
ODD_VALUES = [None, "", "pass ", 6, 0, -1, True, "1e3", "3.12345", [], 10**9]
FILE = Path(__file__).parents[2] / "sync" / "vectors" / "scores-grown.json"


def grow() -> list[dict[str, Any]]:
    chance = Random(SEED)
    checklist = bundled_checklist(NINE_POINTS)
    modes = [mode.id for mode in checklist.modes]
    return [_case(checklist, modes[n % len(modes)], chance) for n in range(CASES)]


def _case(checklist: Checklist, mode: str, chance: Random) -> dict[str, Any]:
    answered = chance.choice([0.4, 0.6, 0.9, 1.0])
    passing = chance.choice([0.5, 0.9])
    items = [item for _, items in checklist.items_for(mode) for item in items]
    given = [item for item in items if chance.random() < answered]
    answers = {item.id: _answer(item, passing, chance) for item in given}
    regime = chance.choice([None, "city_bus", "road_passenger"])
    confirmed = sorted(item.id for item in items if chance.random() < 0.05)
    score = score_inspection(checklist, mode, answers, regime=regime, confirmed=confirmed)
    return {
        "mode": mode,
        "answers": answers,
        "regime": regime,
        "confirmed": confirmed,
        "score": score.as_json(),
    }


def _answer(item: Item, passing: float, chance: Random) -> dict[str, Any]:
    answer: dict[str, Any] = {"value": _value(item, passing, chance)}
    if chance.random() < 0.1:
        answer["charged_to"] = chance.choice(["driver", "conductor", "vehicle", "company", "x"])
    if item.pass_override or item.pass_if_at_terminus:
        answer[item.pass_override or "at_terminus"] = chance.random() < 0.5
    return answer


def _value(item: Item, passing: float, chance: Random) -> object:
    luck = chance.random()
    if luck < 0.05:
        return chance.choice(ODD_VALUES)
    if luck < 0.15:
        return "na"
    if item.answer_type == "pass_fail_na":
        return "pass" if chance.random() < passing else "fail"
    if item.answer_type == "scale_1_5":
        return chance.randint(1, 5)
    whole = chance.randint(-6, 130)
    return whole if luck < 0.6 else f"{whole}.{chance.randint(0, 9999):04d}"


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(case) for case in grow())
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
