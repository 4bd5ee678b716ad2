"""Canonical JSON: one text per value, the same on phone and server."""

import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.canonical import NotCanonical, canonical_json, digest
from tests.sync.vectors import named, vectors

CASES = vectors("canonical.json")
INTEGERS = st.integers(min_value=-(2**53), max_value=2**53)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | INTEGERS | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20
)


@pytest.mark.parametrize("case", **named(CASES["valid"]))
def test_a_value_has_one_canonical_text(case: dict[str, Any]) -> None:
    value = json.loads(case["json"])
    assert canonical_json(value).decode("utf-8") == case["canonical"]
    assert digest(value) == case["sha256"]


@pytest.mark.parametrize("case", **named(CASES["invalid"]))
def test_a_value_outside_the_form_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical):
        canonical_json(json.loads(case["json"]))


@pytest.mark.parametrize("value", [2**53 + 1, -(2**53) - 1, 1.0, float("nan"), (1,), b"", {1: 2}])
def test_what_json_cannot_say_exactly_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical_json(value)


@given(VALUES)
def test_the_canonical_text_reads_back_as_the_value(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(VALUES)
def test_the_canonical_text_of_what_was_read_back_is_the_same(value: object) -> None:
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text
    assert digest(value) == sha256(text).hexdigest()


@given(st.dictionaries(TEXTS, SCALARS))
def test_the_order_of_keys_makes_no_difference(members: dict[str, object]) -> None:
    backwards = dict(reversed(members.items()))
    assert canonical_json(members) == canonical_json(backwards)
