"""The fault tests' counts arrive in the file that the table is made from."""

from __future__ import annotations

import json
from pathlib import Path

from tests.faults.tally import Tally


def test_every_count_is_a_line_that_names_its_test(tmp_path: Path) -> None:
    tally = Tally(tmp_path / "tally.jsonl")
    tally.add(5, injected=40, violations=0)
    tally.planted("no idempotency", caught=True)
    tally.measured("time to drain, p99", 2.5, "s")
    added, planted, measured = map(json.loads, (tmp_path / "tally.jsonl").read_text().splitlines())
    assert (added["fault"], added["injected"], added["violations"]) == (5, 40, 0)
    assert (planted["planted"], planted["caught"]) == ("no idempotency", True)
    assert (measured["value"], measured["unit"]) == (2.5, "s")
    assert added["test"].endswith("::test_every_count_is_a_line_that_names_its_test")


def test_without_a_file_nothing_is_written(tmp_path: Path) -> None:
    Tally().add(5, injected=1, violations=0)
    assert not list(tmp_path.iterdir())
