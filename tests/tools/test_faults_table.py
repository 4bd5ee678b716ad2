"""Every fault of the catalogue is injected by a test that is there, or left out for a reason."""

from __future__ import annotations

import json

import pytest
from faults_table import (
    FIGURES,
    LeftOut,
    Shown,
    bound,
    current_page,
    make_table,
    place,
    read_counts,
    read_left_out,
    read_shown,
    renew,
)

from tests.tools.test_requirements import is_shown
from tests.tools.tree import read

CATALOGUE = set(range(1, 97))
ENOUGH = 80
PAGE = "docs/reliability.md"


def test_every_fault_is_injected_or_left_out_and_none_is_both() -> None:
    shown = {one.fault for one in read_shown()}
    left_out = [one.fault for one in read_left_out()]
    assert shown | set(left_out) == CATALOGUE
    assert (shown & set(left_out), len(left_out)) == (set(), len(set(left_out)))


def test_enough_of_the_faults_are_injected() -> None:
    assert len({one.fault for one in read_shown()}) >= ENOUGH


def test_what_shows_a_fault_is_there() -> None:
    missing = [one for one in read_shown() if not is_shown(one.shown_by.partition("[")[0])]
    assert missing == []


def test_every_line_says_what_it_does_not_show_and_why_it_is_left_out() -> None:
    assert [one for one in read_shown() if len(one.does_not_show) < 15 or len(one.name) < 4] == []
    assert [one for one in read_left_out() if len(one.reason) < 20 or len(one.name) < 4] == []


def test_the_table_in_the_page_is_up_to_date() -> None:
    """After a change of a faults.csv: `python scripts/faults_table.py`."""
    assert read(PAGE) == current_page(read(PAGE))


def test_no_fault_was_injected_with_a_violation_and_every_planted_bug_was_caught() -> None:
    counts = read_counts(FIGURES.read_text(encoding="utf-8").splitlines())
    assert {fault: number for fault, number in counts.violations.items() if number} == {}
    assert [name for name, is_caught in counts.planted.items() if not is_caught] == []


def test_the_bound_is_three_by_n_and_none_after_a_failure() -> None:
    assert (bound(300, 0), bound(1000, 0), bound(300, 1), bound(0, 0)) == (
        "1 %",
        "0.3 %",
        "–",
        "–",
    )


def test_counts_of_one_fault_add_up_and_an_uncaught_bug_stays_uncaught() -> None:
    lines = [
        {"fault": 5, "injected": 3, "violations": 0, "test": "a"},
        {"fault": 5, "injected": 4, "violations": 1, "test": "b"},
        {"planted": "bug", "caught": True, "test": "a"},
        {"planted": "bug", "caught": False, "test": "b"},
    ]
    counts = read_counts(map(json.dumps, lines))
    assert (counts.injected[5], counts.violations[5], counts.planted) == (7, 1, {"bug": False})
    table = make_table([Shown(5, "twice", "tests/x.py::y", "more", "x")], [], counts)
    assert "| 5 | twice | 7 | 1 | – | `tests/x.py::y` | more |" in table
    assert "| bug | **no** |" in table


def test_a_later_run_replaces_what_its_own_tests_counted_and_nothing_else() -> None:
    old = [{"fault": 5, "injected": 3, "violations": 0, "test": test} for test in ("a", "b")]
    new = [{"fault": 5, "injected": 10, "violations": 0, "test": "b"}] * 2
    lines = renew(map(json.dumps, old), map(json.dumps, new))
    counted = {line["test"]: line["injected"] for line in map(json.loads, lines)}
    assert counted == {"a": 3, "b": 20}


def test_a_page_without_marks_is_not_written() -> None:
    table = make_table([], [LeftOut(95, "export", "there is none")], read_counts([]))
    with pytest.raises(ValueError, match="marks"):
        place("# A page", table)
