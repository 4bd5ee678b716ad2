"""Scores: the worked example, every rule of the checklist, and laws that no answer breaks."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.checklist import Item, parse_checklist
from sync.checklists import NINE_POINTS, bundled_checklist
from sync.score import Score, score_inspection
from tests.sync.vectors import named, vectors

CASES = vectors("scores.json")
CHECKLIST = bundled_checklist(NINE_POINTS)
PAIRED = {item_id for group in CHECKLIST.no_double_charge for item_id in group}
MODES = st.sampled_from([mode.id for mode in CHECKLIST.modes])
REGIMES = st.sampled_from([None, "city_bus", "road_passenger"])


@pytest.mark.parametrize("case", **named(CASES["cases"]))
def test_an_inspection_has_its_score(case: dict[str, Any]) -> None:
    answers = {**CASES["best"].get(case.get("from"), {}), **case.get("answers", {})}
    for item_id in case.get("remove", []):
        del answers[item_id]
    body = CASES["checklists"].get(case.get("checklist"))
    score = score_inspection(
        parse_checklist(body) if body else CHECKLIST,
        case["mode"],
        answers,
        regime=case.get("regime"),
        confirmed=case.get("confirmed", []),
    )
    assert score.as_json() == case["score"]


@pytest.mark.parametrize("case", **named(vectors("scores-grown.json")))
def test_a_grown_inspection_has_its_score(case: dict[str, Any]) -> None:
    score = score_inspection(
        CHECKLIST,
        case["mode"],
        case["answers"],
        regime=case["regime"],
        confirmed=case["confirmed"],
    )
    assert score.as_json() == case["score"]


@st.composite
def inspections(draw: st.DrawFn) -> tuple[str, dict[str, Any], str | None]:
    mode = draw(MODES)
    items = [item for _, items in CHECKLIST.items_for(mode) for item in items]
    answers = {item.id: {"value": draw(_value_of(item))} for item in items}
    return mode, answers, draw(REGIMES)


def _value_of(item: Item) -> st.SearchStrategy[Any]:
    if item.answer_type == "pass_fail_na":
        return st.sampled_from(["pass", "pass", "fail", "na", None])
    if item.answer_type == "scale_1_5":
        return st.sampled_from([1, 2, 3, 4, 5, "na", None])
    return st.integers(-10, 210) | st.just("na") | st.none()


def _scored(inspection: tuple[str, dict[str, Any], str | None], **changes: Any) -> Score:
    mode, answers, regime = inspection
    confirmed = changes.pop("confirmed", [])
    changed = {**answers, **changes.pop("answers", {})}
    return score_inspection(CHECKLIST, mode, changed, regime=regime, confirmed=confirmed)


@given(inspections())
def test_a_score_stays_between_nothing_and_all(inspection: Any) -> None:
    score = _scored(inspection)
    every = [score.total_bp, *score.points.values(), *(one.bp for one in score.subjects.values())]
    assert all(type(bp) is int and 0 <= bp <= 10_000 for bp in every if bp is not None)
    assert (score.total_bp is None) == (score.grade is None)
    assert 0 <= score.answered <= score.required


@given(inspections(), st.data())
def test_a_pass_that_becomes_a_fail_never_raises_a_score(inspection: Any, data: Any) -> None:
    mode, answers, _ = inspection
    words = _worsenable(mode, answers)
    if not words:
        return
    worse = {data.draw(st.sampled_from(words)): {"value": "fail"}}
    before, after = _scored(inspection), _scored(inspection, answers=worse)
    pairs = [(before.total_bp, after.total_bp)]
    pairs += [(before.points[point], after.points[point]) for point in before.points]
    pairs += [(before.subjects[one].bp, after.subjects[one].bp) for one in before.subjects]
    assert all(b == a if b is None or a is None else a <= b for b, a in pairs)
    assert after.fault_points > before.fault_points


def _worsenable(mode: str, answers: dict[str, Any]) -> list[str]:
    """Passed items outside the pairs: a fail inside a pair can excuse the other one."""
    items = [item for _, items in CHECKLIST.items_for(mode) for item in items]
    return [
        item.id for item in items if item.id not in PAIRED and answers[item.id]["value"] == "pass"
    ]


@given(inspections(), st.data())
def test_not_applicable_weighs_as_unanswered(inspection: Any, data: Any) -> None:
    _, answers, _ = inspection
    item_id = data.draw(st.sampled_from(sorted(answers)))
    na = _scored(inspection, answers={item_id: {"value": "na"}}).as_json()
    unanswered = _scored(inspection, answers={item_id: {"value": None}}).as_json()
    assert na.pop("answered") == unanswered.pop("answered") + 1
    assert na == unanswered


@given(inspections())
def test_fault_points_and_fails_belong_to_exactly_one_subject(inspection: Any) -> None:
    score = _scored(inspection)
    assert score.fault_points == sum(one.fault_points for one in score.subjects.values())
    failed = {one.item for one in score.failed}
    assert not failed & set(score.dropped)
    assert {*score.suspected, *score.confirmed} <= failed


@given(inspections(), st.data())
def test_confirming_never_raises_and_caps_what_it_touches(inspection: Any, data: Any) -> None:
    before = _scored(inspection)
    chosen = data.draw(st.sets(st.sampled_from(before.suspected or ["P9-01"])))
    after = _scored(inspection, confirmed=chosen)
    assert after.confirmed == [item_id for item_id in before.suspected if item_id in chosen]
    assert after.fault_points == before.fault_points
    if after.confirmed and before.total_bp is not None:
        assert after.total_bp == min(before.total_bp, 5900)
        assert after.grade == "D"


@given(inspections())
def test_the_order_of_answers_makes_no_difference(inspection: Any) -> None:
    mode, answers, regime = inspection
    backwards = dict(reversed(answers.items()))
    assert _scored((mode, backwards, regime)) == _scored(inspection)
