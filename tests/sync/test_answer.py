"""Judging one answer: quarters, fail, severity and subject, at every limit."""

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.answer import judge
from sync.checklist import Item
from sync.checklists import bundled_checklist
from sync.number import MAX_WHOLE, parse_e4
from tests.sync.vectors import vectors

CASES = vectors("judge.json")
CHECKLIST = bundled_checklist(CASES["checklist"])
ITEMS = st.sampled_from([item for point in CHECKLIST.points for item in point.items])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def _name(case: dict[str, Any]) -> str:
    return f"{case['item']} {case['answer']} {case.get('regime', '')}"


@pytest.mark.parametrize("case", CASES["cases"], ids=_name)
def test_an_answer_is_judged(case: dict[str, Any]) -> None:
    item = CHECKLIST.item(case["item"])
    assert item is not None
    assert asdict(judge(item, case["answer"], case.get("regime"))) == case["judged"]


@given(ITEMS, JSON | st.fixed_dictionaries({"value": JSON, "charged_to": JSON}), st.text())
def test_no_answer_breaks_the_judge(item: Item, answer: object, regime: str) -> None:
    judged = judge(item, answer, regime)
    assert judged.quarters in (None, 0, 1, 2, 3, 4)
    assert judged.failed == (judged.severity is not None)
    assert judged.charged_to in (item.charged_to, *item.also_chargeable_to)
    assert judged.answered or judged.quarters is None


@given(ITEMS, st.integers(0, MAX_WHOLE), st.integers(0, 9999))
def test_integer_and_decimal_text_of_one_number_are_judged_alike(
    item: Item, whole: int, parts: int
) -> None:
    if item.answer_type == "number":
        assert judge(item, {"value": whole}, None) == judge(item, {"value": f"{whole}.0"}, None)
    assert parse_e4(f"{whole}.{parts:04d}") == whole * 10_000 + parts
    assert parse_e4(f"-{whole}.{parts:04d}") == -(whole * 10_000 + parts)


@given(ITEMS, st.integers(-400, 400), st.integers(0, 400))
def test_further_from_the_limits_never_earns_more(item: Item, start: int, more: int) -> None:
    if item.answer_type != "number":
        return
    upper, lower = item.pass_if.max_e4, item.pass_if.min_e4
    if upper is not None and start * 10_000 >= upper:
        assert _quarters(item, start + more) <= _quarters(item, start)
    if lower is not None and start * 10_000 <= lower:
        assert _quarters(item, start - more) <= _quarters(item, start)


def _quarters(item: Item, number: int) -> int:
    quarters = judge(item, {"value": number}, None).quarters
    assert quarters is not None
    return quarters
