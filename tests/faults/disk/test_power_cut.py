"""The power fails: what was acknowledged is there, whatever else of it the disk kept or lost."""

from __future__ import annotations

import pytest

from tests.faults.disk.cutting import choose_cuts, cut_power, record
from tests.faults.disk.powercut import OUTCOMES
from tests.faults.disk.trials import Ground, choose, count_points
from tests.faults.disk.workload import PHASES
from tests.faults.tally import Tally

CUTS = 4
FAILURES = 1
SYNCS = ("fsync", "fdatasync")


@pytest.mark.parametrize("phase", PHASES)
def test_what_was_acknowledged_survives_a_power_cut(
    ground: Ground, tally: Tally, scale: int, *, phase: str
) -> None:
    recording = record(ground, phase)
    cuts = choose_cuts(recording, CUTS * scale, seed=63)
    broken = cut_power(ground, recording, cuts)
    tally.add(63, len(cuts), len(broken))
    assert broken == {}


@pytest.mark.parametrize("phase", ["push", "photo"])
def test_what_a_failed_sync_dropped_is_written_anew_before_it_is_acknowledged(
    ground: Ground, tally: Tally, scale: int, *, phase: str
) -> None:
    points = [one for one in count_points(ground, phase, ("EIO",)) if one.call in SYNCS]
    chosen = choose(points, FAILURES * scale, seed=65)
    broken: dict[str, object] = {}
    for point in chosen:
        recording = record(ground, phase, point=point)
        if recording.folder_sync_failed:
            continue
        found = cut_power(ground, recording, recording.after_the_last_answer())
        if found:
            broken[str(point)] = found
    tally.add(65, len(chosen) * len(OUTCOMES), len(broken))
    assert broken == {}
