"""The checkers of this area find every bug that is planted on purpose."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from server.backup import content, renewal, restoring, sqlite_copy
from server.inspections import pull
from tests.faults.restore.check import check_drill
from tests.faults.restore.check_backup import Moment, check_backup
from tests.faults.restore.drill import Drill
from tests.faults.tally import Tally

Patch = pytest.MonkeyPatch


def keep_the_old_epoch(patch: Patch, _drill: Drill) -> None:
    patch.setattr(renewal, "begin_epoch", lambda _session, _at_ms, _epoch: None)


def begin_an_epoch_that_the_log_does_not_tell(patch: Patch, _drill: Drill) -> None:
    patch.setattr(renewal, "append_evidence", lambda *_: 0)


def hash_no_photo(patch: Patch, drill: Drill) -> None:
    next((drill.folder.root / "photos").glob("*/*/*")).write_bytes(b"another picture")
    patch.setattr(content, "_read", lambda _file, path: path.read_bytes())


def believe_in_photos_that_did_not_come_back(patch: Patch, drill: Drill) -> None:
    next((drill.folder.root / "photos").glob("*/*/*")).unlink()
    patch.setattr(renewal, "mark_photos", lambda *_: None)


def check_no_manifest(patch: Patch, drill: Drill) -> None:
    """And somebody changed an answer in the backup meanwhile."""
    generation = drill.folder.path(drill.folder.choose(None))
    with sqlite3.connect(generation / "database.sqlite3") as database:
        database.execute("DROP TRIGGER edit_no_update")
        database.execute("UPDATE edit SET body = replace(body, 'fail', 'pass') WHERE seq = 1")
    patch.setattr(
        restoring, "read_manifest", lambda one: json.loads((one / "manifest.json").read_bytes())
    )


def read_cursors_of_any_epoch(patch: Patch, _drill: Drill) -> None:
    def after(_session: Any, _device: Any, cursor: str | None, secret: str) -> int:
        return pull._signer(secret).loads(cursor)[1] if cursor else 0  # noqa: SLF001

    patch.setattr(pull, "read_cursor", after)


RESTORES: tuple[Callable[[Patch, Drill], None], ...] = (
    keep_the_old_epoch,
    begin_an_epoch_that_the_log_does_not_tell,
    hash_no_photo,
    believe_in_photos_that_did_not_come_back,
    check_no_manifest,
    read_cursors_of_any_epoch,
)


@contextmanager
def backups_put_back(drill: Drill) -> Iterator[None]:
    """What a plant does to the backup folder is undone for the next one."""
    aside = drill.root / "backups-aside"
    shutil.copytree(drill.folder.root, aside)
    try:
        yield
    finally:
        shutil.rmtree(drill.folder.root)
        aside.rename(drill.folder.root)


def test_every_bug_in_a_restore_is_caught_and_a_restore_without_one_is_clean(
    drill: Drill, tally: Tally
) -> None:
    drill.work()
    drill.back_up()
    drill.work(records=2, photos=0)
    missed = []
    for plant in RESTORES:
        with pytest.MonkeyPatch.context() as patch, backups_put_back(drill):
            plant(patch, drill)
            drill.lose_server()
            drill.work(photos=0)
            found = check_drill(drill)
        tally.planted(plant.__name__, bool(found))
        missed += [] if found else [plant.__name__]
    drill.lose_server()
    drill.work(photos=0)
    assert missed == []
    assert check_drill(drill) == []


def test_a_backup_made_by_copying_files_is_caught(drill: Drill, tally: Tally) -> None:
    drill.work(records=2)
    answered = {stamp for handset in drill.handsets for stamp in handset.answered()}
    live = drill.settings.data_dir / "mingcha.sqlite3"

    def copy_files(_connection: Any, target: Path, _progress: Any) -> None:
        shutil.copyfile(live, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_copy, "copy_out", copy_files)
        patch.setattr(sqlite_copy, "check", lambda _path: None)
        found = list(check_backup(drill, Moment(drill.back_up().name, answered)))
    tally.planted("copy_the_files", bool(found))
    assert found
    assert list(check_backup(drill, Moment(drill.back_up().name, answered))) == []
