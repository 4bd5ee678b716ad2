"""The supervision contents of the company rules stand in the checklist and can be judged today."""

from dataclasses import dataclass

import pytest

from sync.checklist import Item, Point
from sync.checklists import NINE_POINTS, bundled_checklist
from sync.score import score_inspection

CHECKLIST = bundled_checklist(NINE_POINTS)
# Undercover rides and desk checks of papers have no screens yet.
OFFERED_MODES = ("daily", "full", "spot")


@dataclass(frozen=True)
class Content:
    """What the rules ask of one point: how many items, how many critical, charged to whom."""

    point: str
    items: int
    criticals: int
    subjects: frozenset[str]


CONTENTS = {
    "R028": Content("P3", 8, 3, frozenset({"vehicle", "driver"})),
    "R031": Content("P6", 8, 0, frozenset({"company", "vehicle", "driver"})),
    "R032": Content("P7", 8, 0, frozenset({"driver"})),
    "R033": Content("P8", 7, 0, frozenset({"driver", "company"})),
    "R034": Content("P9", 8, 3, frozenset({"driver", "conductor"})),
}


def _point(name: str) -> Point:
    return next(point for point in CHECKLIST.points if point.id == name)


def _failing(item: Item) -> dict[str, str | int]:
    worst = {"pass_fail_na": "fail", "scale_1_5": 1}
    if item.answer_type in worst:
        return {"value": worst[item.answer_type]}
    # Whichever end is bounded, one of these lies beyond it.
    beyond = "999999" if item.pass_if.max_e4 is not None else "-999999"
    return {"value": beyond}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_a_point_has_its_items_and_each_can_be_judged_on_a_phone(content: Content) -> None:
    items = _point(content.point).items
    assert len(items) == content.items
    assert sum(item.severity == "critical" for item in items) == content.criticals
    assert [item.id for item in items if not set(item.modes) & set(OFFERED_MODES)] == []


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_a_fail_is_charged_to_those_whom_the_rules_hold_responsible(content: Content) -> None:
    for mode in OFFERED_MODES:
        for item in (one for one in _point(content.point).items if mode in one.modes):
            answers = {item.id: _failing(item)}
            failed = score_inspection(CHECKLIST, mode, answers, regime="road_passenger").failed
            assert [one.item for one in failed] == [item.id]
            assert failed[0].charged_to in content.subjects


def test_service_is_judged_before_boarding_on_board_and_after() -> None:
    phases = {item.phase for item in _point("P7").items}
    assert phases == {"before", "boarding", "onboard", "after"}


def test_appearance_is_photographed_when_it_fails() -> None:
    asked = {item.id: item.photo_on_fail for item in _point("P8").items}
    assert asked.pop("P8-07") == "none"  # a smell has no picture
    assert set(asked.values()) == {"required"}


@pytest.mark.parametrize(
    ("item", "zh", "en"),
    [
        pytest.param("P5-01", "工装整洁", "clean", id="R223"),
        pytest.param("P5-02", "左胸", "left chest", id="R222"),
    ],
)
def test_dress_and_badge_are_criteria_of_their_items(item: str, zh: str, en: str) -> None:
    found = CHECKLIST.item(item)
    assert found is not None
    assert zh in found.zh + found.criterion_zh
    assert en in found.en + found.criterion_en
