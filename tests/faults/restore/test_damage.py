"""A database that was damaged at rest: the damage is named, and a backup brings all of it back."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from server import create_app
from server.accounts.models import Company
from server.backup.sqlite_copy import check, settle
from server.backup.trouble import BackupTrouble
from server.config import read_settings
from server.db import db
from server.evidence.heads import read_key
from server.verify.whole import check_company
from tests.faults.restore.check import check_drill
from tests.faults.restore.drill import Drill
from tests.faults.tally import Tally
from tests.server.backup.house import close

PAGE = 4096
# What the evidence log answers for, and what can be derived from it again.
ANSWERED_FOR = ("edit", "evidence", "evidence_node", "log_head", "inspection", "photo_use")


def damage(path: Path, chance: random.Random) -> str:
    """Do to a file what disks do; how."""
    raw = bytearray(path.read_bytes())
    kind = chance.choice(("cut", "page", "bit", "bit"))
    if kind == "cut":
        del raw[chance.randrange(1, len(raw) // PAGE) * PAGE :]
    elif kind == "page":
        start = chance.randrange(len(raw) // PAGE) * PAGE
        raw[start : start + PAGE] = chance.randbytes(PAGE)
    else:
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)
    return kind


def content(path: Path) -> list[object] | None:
    """Everything that the log answers for; None when it cannot be read."""
    connection = sqlite3.connect(path)
    try:
        return [
            row
            for table in ANSWERED_FOR
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4")
        ]
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None
    finally:
        connection.close()


def is_named(data: Path, company: str) -> bool:
    """Whether the look at the pages, or verification, says that something is wrong."""
    try:
        check(data / "mingcha.sqlite3")
        app = create_app(read_settings(data))
        try:
            with app.app_context():
                row = db.session.get_one(Company, company)
                key = read_key(data).public
                walk = check_company(db.session, row, [], key, lambda _: None)
                return next(walk, None) is not None
        finally:
            close(app)
    except (BackupTrouble, DatabaseError, UnicodeDecodeError):
        return True


def test_damage_at_rest_is_named_and_a_restore_heals_it(
    drill: Drill, tally: Tally, scale: int, tmp_path: Path
) -> None:
    drill.work(records=3)
    drill.back_up()
    close(drill.app)
    settle(drill.settings.data_dir / "mingcha.sqlite3")
    sound = drill.settings.data_dir / "mingcha.sqlite3"
    wanted = content(sound)
    chance = random.Random(70)
    harmful, silent = 0, []
    for number in range(12 * scale):
        data = tmp_path / f"damaged-{number}"
        data.mkdir()
        path = data / "mingcha.sqlite3"
        path.write_bytes(sound.read_bytes())
        kind = damage(path, chance)
        if content(path) != wanted:  # a bit in a free page harms nobody
            harmful += 1
            silent += [] if is_named(data, drill.world.company) else [f"{number}: {kind}"]
    drill.lose_server()
    drill.settle()
    drill.work()
    violations = [*silent, *check_drill(drill)]
    tally.add(70, harmful, len(violations))
    assert harmful > 3 * scale
    assert violations == []
