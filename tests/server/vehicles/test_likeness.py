"""How alike plates, names and staff numbers are: what fingers and keyboards really do to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.fleet.likeness import (
    APART,
    NEAR,
    SAME,
    TAIL,
    bare_number,
    name_likeness,
    plate_likeness,
)

PLATES = [
    ("川B12341", "川B12341", SAME),
    ("川B12341", "川B·12341", SAME),
    ("川B12341", "Ｂ１２３４１", SAME),  # full width, province forgotten
    ("川B12341", "b 12341", SAME),
    ("川B12341", "渝B12341", SAME),  # a neighbour's province
    ("川B01230", "川BO123O", SAME),
    ("川B01230", "BO123O", SAME),
    ("川B11230", "b-I1230", SAME),
    ("川B12341", "川R12341", TAIL),  # the letter misheard
    ("川B12341", "12341", TAIL),
    ("川B01230", "O123O", TAIL),
    ("川BD12341", "川BF12341", TAIL),  # new energy: six behind the letter
    ("川BD12341", "川B12341", TAIL),  # its D forgotten
    ("川B12341", "川B12342", NEAR),
    ("川B12341", "川B1234", NEAR),
    ("川B12341", "川B123411", NEAR),
    ("川B12341", "川B21341", NEAR),  # two fingers in the wrong order
    ("川B12341", "川B12300", APART),
    ("川B12341", "川B", APART),
    ("川B12341", "", APART),
    ("川B12341", "001", APART),
]


@pytest.mark.parametrize(("one", "other", "likeness"), PLATES)
def test_plates_are_as_alike_as_people_would_say(one: str, other: str, likeness: int) -> None:
    assert plate_likeness(one, other) == likeness
    assert plate_likeness(other, one) == likeness


NAMES = [
    ("王建国", "王 建国", SAME),
    ("王建国", "王　建国", SAME),
    ("阿依古丽·买买提", "阿依古丽买买提", SAME),
    ("阿依古丽·买买提", "阿依古丽.买买提", SAME),
    ("𠮷田䶮", "𠮷 田 䶮", SAME),  # beyond the first plane
    ("Li Si", "ＬＩ　ｓｉ", SAME),
    ("王建国", "王建果", NEAR),
    ("欧阳䶮", "欧阳龑", NEAR),
    ("欧阳䶮", "欧阳", APART),
    ("王建国", "李建军", APART),
    ("陈丽", "陈莉", APART),  # of two characters, one in common says nothing
    ("陈丽", "", APART),
]


@pytest.mark.parametrize(("one", "other", "likeness"), NAMES)
def test_names_are_as_alike_as_people_would_say(one: str, other: str, likeness: int) -> None:
    assert name_likeness(one, other) == likeness
    assert name_likeness(other, one) == likeness


@pytest.mark.parametrize("typed", ["D007", "d-007", "D 7", "Ｄ００７", "DOO7", "D·07", "d0007"])
def test_a_staff_number_is_one_however_written(typed: str) -> None:
    assert bare_number(typed) == bare_number("D007")


@pytest.mark.parametrize("typed", ["D070", "D7O", "C007", "D17", "7"])
def test_another_staff_number_is_another(typed: str) -> None:
    assert bare_number(typed) != bare_number("D007")


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_texts_are_compared_and_both_ways_the_same(one: str, other: str) -> None:
    assert plate_likeness(one, other) == plate_likeness(other, one)
    assert name_likeness(one, other) == name_likeness(other, one)
    assert bare_number(one) == bare_number(bare_number(one))
