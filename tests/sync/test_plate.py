"""Plate and name keys: what was typed differently meets under one key."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.plate import name_key, plate_key
from tests.sync.vectors import vectors

CASES = vectors("plates.json")
TYPED = st.text("豫京D dOoIi019·.-—　学Ｄ１", max_size=12)


@pytest.mark.parametrize("case", CASES["plates"], ids=lambda case: case["text"])
def test_a_plate_has_a_key(case: dict[str, Any]) -> None:
    assert plate_key(case["text"]) == case["key"]


@pytest.mark.parametrize("case", CASES["names"], ids=lambda case: case["text"])
def test_a_name_has_a_key(case: dict[str, Any]) -> None:
    assert name_key(case["text"]) == case["key"]


@given(TYPED | st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    assert plate_key(plate_key(text)) == plate_key(text)
    assert name_key(name_key(text)) == name_key(text)


@given(TYPED, st.integers(0, 12), st.sampled_from(" ·.-　•"))
def test_a_separator_makes_no_difference(text: str, place: int, separator: str) -> None:
    assert plate_key(text[:place] + separator + text[place:]) == plate_key(text)
