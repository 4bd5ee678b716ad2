"""Killed, or failing, at every call that changes the disk: nothing is lost, doubled or invented."""

from __future__ import annotations

import pytest

from tests.faults.disk.trials import Ground, choose, count_points, try_point
from tests.faults.disk.workload import PHASES
from tests.faults.tally import Tally

# How many places of each phase are tried in the short form; the long form tries all there are.
SHORT = {"enrol": 1, "push": 2, "photo": 3, "odd": 2}
LONG_FORM = 10  # from this scale on, all
FAULTS = {61: ("KILL",), 62: ("ENOSPC", "EIO")}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("phase", PHASES)
def test_a_server_killed_or_failing_at_any_call_keeps_its_promises(
    ground: Ground, tally: Tally, scale: int, *, phase: str, fault: int
) -> None:
    points = count_points(ground, phase, FAULTS[fault])
    assert len(points) > 10
    most = len(points) if scale >= LONG_FORM else SHORT[phase] * scale
    chosen = choose(points, most, seed=fault)
    broken = {str(point): found for point in chosen if (found := try_point(ground, phase, point))}
    tally.add(fault, len(chosen), len(broken))
    assert broken == {}
