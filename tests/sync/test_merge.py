"""Merging: the laws that let edits arrive late, twice and in any order."""

import copy
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.merge import RecordState, merge_fields, merge_states
from tests.sync.vectors import named, vectors

CASES = vectors("merge.json")
# Few names, stamps and values, so that they collide often.
NAMES = st.sampled_from(["vehicle", "answers/P1-01", "answers/P5-02", "备注"])
STAMPS = st.sampled_from([f"{ms:013d}-0000-{d * 16}" for ms in range(3) for d in "ab"])
VALUES = st.sampled_from([None, 1, 9, 10, "x", "🚌", "\ufb33", {"value": "fail"}, {"value": 1}])
STATES = st.dictionaries(NAMES, st.fixed_dictionaries({"value": VALUES, "stamp": STAMPS}))
EDITS = st.tuples(st.dictionaries(NAMES, VALUES, min_size=1), STAMPS)


@pytest.mark.parametrize("case", **named(CASES["fields"]))
def test_an_edit_is_laid_over_a_state(case: dict[str, Any]) -> None:
    before = copy.deepcopy(case["state"])
    merge = merge_fields(case["state"], case["fields"], case["stamp"])
    assert (merge.state, merge.won, merge.lost) == (case["merged"], case["won"], case["lost"])
    assert case["state"] == before


@pytest.mark.parametrize("case", **named(CASES["states"]))
def test_two_states_merge(case: dict[str, Any]) -> None:
    assert merge_states(case["a"], case["b"]) == case["merged"]
    assert merge_states(case["b"], case["a"]) == case["merged"]


@pytest.mark.parametrize("case", **named(CASES["histories"]))
def test_edits_end_alike_in_every_order(case: dict[str, Any]) -> None:
    for order in permutations(case["edits"]):
        assert folded([(edit["fields"], edit["stamp"]) for edit in order]) == case["merged"]


@given(STATES, STATES)
def test_merging_is_commutative(a: RecordState, b: RecordState) -> None:
    assert merge_states(a, b) == merge_states(b, a)


@given(STATES, STATES, STATES)
def test_merging_is_associative(a: RecordState, b: RecordState, c: RecordState) -> None:
    assert merge_states(merge_states(a, b), c) == merge_states(a, merge_states(b, c))


@given(STATES)
def test_merging_is_idempotent(a: RecordState) -> None:
    assert merge_states(a, a) == a
    assert merge_states({}, a) == a


@given(st.lists(EDITS, max_size=6).flatmap(lambda h: st.tuples(st.just(h), st.permutations(h))))
def test_the_order_of_arrival_makes_no_difference(histories: tuple[list[Any], list[Any]]) -> None:
    sent, arrived = histories
    assert folded(sent) == folded(arrived)


@given(STATES, EDITS)
def test_an_edit_that_comes_again_changes_nothing(state: RecordState, edit: Any) -> None:
    once = merge_fields(state, *edit)
    again = merge_fields(once.state, *edit)
    assert again.state == once.state
    assert again.won == []
    assert again.lost == once.lost


@given(STATES, EDITS)
def test_every_field_of_an_edit_wins_or_loses_or_was_there(state: RecordState, edit: Any) -> None:
    fields, stamp = edit
    merge = merge_fields(state, fields, stamp)
    same = [name for name in fields if state.get(name) == {"value": fields[name], "stamp": stamp}]
    assert sorted(merge.won + merge.lost + same) == sorted(fields)
    assert all(merge.state[name] == state[name] for name in merge.lost)
    assert all(merge.state[name]["value"] == fields[name] for name in merge.won)


@given(STATES, EDITS)
def test_laying_an_edit_is_merging_its_state(state: RecordState, edit: Any) -> None:
    fields, stamp = edit
    as_state = {name: {"value": value, "stamp": stamp} for name, value in fields.items()}
    assert merge_fields(state, fields, stamp).state == merge_states(state, as_state)


def folded(edits: list[tuple[dict[str, Any], str]]) -> RecordState:
    state: RecordState = {}
    for fields, stamp in edits:
        state = merge_fields(state, fields, stamp).state
    return state
