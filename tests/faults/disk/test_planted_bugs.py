"""Each bug that is planted in the server's process is reported: else a clean run says nothing."""

from __future__ import annotations

import pytest

from tests.faults.disk.cutting import choose_cuts, cut_power, record
from tests.faults.disk.tracing import Point
from tests.faults.disk.trials import Ground, count_points, try_point
from tests.faults.tally import Tally

# Bugs that a kill shows, with the calls near which it does.
BY_KILL = {
    "unverified": ("fsync",),
    "row_before_bytes": ("rename",),
    "full_offset_is_safe": ("fsync",),
}
# Bugs that only a power cut shows, with the work in which it does.
BY_POWER_CUT = {
    "synchronous_off": "push",
    "synchronous_normal": "push",
    "no_file_sync": "photo",
    "no_folder_sync": "photo",
}


@pytest.mark.parametrize("bug", BY_KILL)
def test_a_kill_shows_it(ground: Ground, tally: Tally, bug: str) -> None:
    points = count_points(ground, "photo", ("KILL",), patch=bug)
    near = [point for point in points if point.call in BY_KILL[bug]]
    caught = any(try_point(ground, "photo", point, patch=bug) for point in near)
    tally.planted(bug, caught)
    assert caught


@pytest.mark.parametrize("bug", BY_POWER_CUT)
def test_a_power_cut_shows_it(ground: Ground, tally: Tally, bug: str) -> None:
    recording = record(ground, BY_POWER_CUT[bug], patch=bug)
    cuts = choose_cuts(recording, 60, seed=1)
    caught = any(cut_power(ground, recording, [cut]) for cut in cuts)
    tally.planted(bug, caught)
    assert caught


def test_a_failed_sync_that_is_ignored_shows_after_the_power_cut(
    ground: Ground, tally: Tally
) -> None:
    caught = False
    for number in range(8, 20):  # those before are of folders and of bytes still on their way
        point = Point("fsync", number, "EIO")
        recording = record(ground, "photo", "sync_error_ignored", point)
        cuts = recording.after_the_last_answer()
        if cut_power(ground, recording, cuts):
            caught = True
            break
    tally.planted("sync_error_ignored", caught)
    assert caught
