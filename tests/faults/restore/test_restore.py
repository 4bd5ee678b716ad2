"""Yesterday's backup comes back, and the phones bring what came later: nothing is missing."""

from __future__ import annotations

from tests.faults.restore.check import check_drill
from tests.faults.restore.drill import Drill
from tests.faults.tally import Tally


def test_after_a_restore_the_phones_bring_back_what_the_backup_did_not_have(
    drill: Drill, tally: Tally, scale: int
) -> None:
    drill.work(records=3 * scale, photos=2)
    drill.back_up()
    later = drill.hire("newcomer")
    drill.work(records=4 * scale)
    lost = sum(len(handset.edits) for handset in drill.handsets) - 6 * scale
    drill.lose_server()
    assert not later.sync()  # registered after the backup: nobody knows this phone
    drill.settle()
    drill.work()
    violations = check_drill(drill)
    tally.add(73, lost, len(violations))
    assert lost == 12 * scale
    assert violations == []


def test_a_server_may_come_back_from_ever_older_copies(
    drill: Drill, tally: Tally, scale: int
) -> None:
    generations = []
    for _ in range(1 + scale):
        drill.work()
        generations.append(drill.back_up().name)
    drill.work()
    for generation in reversed(generations):
        drill.lose_server(generation)
        drill.work()
        drill.settle()
    violations = check_drill(drill)
    tally.add(80, len(generations), len(violations))
    assert len({restored.epoch for restored in drill.restores}) == len(generations)
    assert violations == []


def test_a_backup_that_lost_photos_comes_back_and_gets_them_from_the_phones(
    drill: Drill, tally: Tally
) -> None:
    drill.work(records=3)
    drill.back_up()
    kept = sorted((drill.folder.root / "photos").glob("*/*/*"))
    kept[0].write_bytes(b"")
    kept[1].write_bytes(kept[1].read_bytes() + b"?")
    kept[2].unlink()
    restored = drill.lose_server()
    assert {one.why for one in restored.bad} == {"altered", "missing"}
    drill.settle()
    drill.work()
    violations = check_drill(drill)
    tally.add(73, len(restored.bad), len(violations))
    assert len(restored.bad) == 3
    assert violations == []
