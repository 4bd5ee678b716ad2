"""Backups of a database that is written to: each one whole, and none made by copying files."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.backup.folder import BackupFolder
from server.backup.trouble import BackupTrouble
from tests.faults.restore.check_backup import Moment, check_backup
from tests.faults.restore.drill import Drill
from tests.faults.tally import Tally
from tests.support.world import inspection_fields


@contextmanager
def at_work(drill: Drill) -> Iterator[None]:
    """Meanwhile every phone saves and sends without a pause."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            for handset in drill.handsets:
                drill.clock.at_ms += 10
                handset.save(inspection_fields(drill.world))
                handset.sync()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def make_moments(drill: Drill, number: int) -> list[Moment]:
    """Backups, each with what was acknowledged when it began."""
    moments = []
    for _ in range(number):
        answered = {stamp for handset in drill.handsets for stamp in handset.answered()}
        moments.append(Moment(drill.back_up().name, answered))
    return moments


def test_each_backup_made_during_writes_holds_all_that_was_acknowledged_before(
    drill: Drill, tally: Tally, scale: int
) -> None:
    drill.work()
    with at_work(drill):
        moments = make_moments(drill, 4 * scale)
    grown = [len(moment.answered) for moment in moments]
    violations = [line for moment in moments for line in check_backup(drill, moment)]
    tally.add(74, len(moments), len(violations))
    assert grown[-1] > grown[0]
    assert violations == []


def test_a_copy_of_the_files_of_a_live_database_is_no_backup(
    drill: Drill, tally: Tally, scale: int, tmp_path: Path
) -> None:
    drill.work()
    accepted = 0
    with at_work(drill):
        for number in range(3 * scale):
            copied = tmp_path / f"copied-{number}"
            generation = copied / "generations" / "20251120T000000.000Z"
            generation.mkdir(parents=True)
            shutil.copyfile(
                drill.settings.data_dir / "mingcha.sqlite3", generation / "database.sqlite3"
            )
            with pytest.raises(BackupTrouble, match="none_here"):
                accepted += bool(BackupFolder(copied).choose(None))
    tally.add(74, 3 * scale, accepted)
