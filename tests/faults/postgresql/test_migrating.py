"""Migrations under traffic, and migrations that are killed half-way, on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, inspect, select, text

from server import create_app
from server.config import read_settings
from server.db import db
from server.evidence.models import Entry
from server.migrations import make_config
from tests.faults.network.fleet import Progress, Work, drain, make_phones, run_phones
from tests.faults.network.history import Uncertain
from tests.faults.network.serving import ROOT, Server
from tests.faults.network.town import Town
from tests.faults.postgresql.conftest import Bench, Check, close_app
from tests.faults.tally import Tally

PHONES, EDITS = 4, 48
NEXT_RELEASE = '''
"""What a next release may do: a new column, filled, and an index over the longest table."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "next", "{head}", None, None


def upgrade() -> None:
    op.add_column("inspection", sa.Column("weather", sa.String(10), nullable=True))
    op.execute("UPDATE inspection SET weather = 'dry'")
    op.create_index("ix_edit_digest", "edit", ["company", "digest"])
    op.execute("SELECT pg_sleep(0.5)")


def downgrade() -> None:
    op.drop_index("ix_edit_digest")
    op.drop_column("inspection", "weather")
'''
OLD_ROWS = (
    (
        "INSERT INTO company (id, name, name_en, regime, timezone, epoch, created_at_ms) "
        "VALUES ('c', '公司', 'Company', 'road_passenger', 'Asia/Shanghai', 'e', 1)"
    ),
    (
        "INSERT INTO station (company, id, name, name_en, stamp, change_seq, retired) "
        "VALUES ('c', 's', '总站', 'Station', '0000000000001-0000-0000000000000000', 1, false)"
    ),
    "INSERT INTO log_head (company, size, change_seq) VALUES ('c', 0, 1)",
)


def next_release(folder: Path) -> Config:
    """The product's migrations and one more."""
    config = make_config()
    scripts = ScriptDirectory.from_config(config)
    (folder / "next.py").write_text(NEXT_RELEASE.format(head=scripts.get_current_head()))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{scripts.versions}\n{folder}")
    return config


def test_a_migration_in_mid_traffic_loses_nothing(
    app: Flask,
    server: Server,
    town: Town,
    check: Check,
    scale: int,
    *,
    tally: Tally,
    tmp_path: Path,
) -> None:
    config, progress = next_release(tmp_path), Progress()
    phones = make_phones(town, server.port, PHONES)
    total = EDITS * scale

    def migrate() -> None:
        progress.wait_for(total // 3)
        with app.app_context():
            command.upgrade(config, "head")

    with ThreadPoolExecutor(1) as other:
        migrating = other.submit(migrate)
        run_phones(town, phones, Work(total // PHONES, tries=3), progress)
        migrating.result()
    drain(phones)
    found = check()
    with app.app_context():
        columns = {one["name"] for one in inspect(db.engine).get_columns("inspection")}
        command.downgrade(config, "-1")
    whys = {one.why for one in town.history.of(Uncertain)}
    tally.add(75, 1, len(found))
    tally.measured("postgresql: 503 during a migration", len(town.history.of(Uncertain)), "")
    assert found == []
    assert "weather" in columns
    assert whys <= {"503 server_busy", "TimeoutError"}


@pytest.fixture(params=["sqlite", "postgresql"])
def old(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """A database of the first release with a company in it."""
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "data"))
    if request.param == "postgresql":
        bench: Bench = request.getfixturevalue("bench")
        with bench.cluster.connect() as connection:
            connection.execute("DROP DATABASE IF EXISTS old")
        bench.cluster.make_database("old")
        monkeypatch.setenv("MINGCHA_DATABASE_URL", bench.cluster.url("old"))
    app = create_app(read_settings())
    with app.app_context():
        command.upgrade(make_config(), "0001")
        for statement in OLD_ROWS:
            db.session.execute(text(statement))
        db.session.commit()
        db.engine.dispose()
    yield app
    close_app(app)


def test_a_migration_that_is_killed_anywhere_is_run_again(
    old: Flask, scale: int, tally: Tally
) -> None:
    step = max(1, 60 // scale)
    program = [sys.executable, "-m", "tests.faults.postgresql.killed_migration", "1", str(step)]
    done = subprocess.run(
        program, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    with old.app_context():
        leaves = db.session.scalar(select(func.count()).select_from(Entry))
    tally.add(76, int(done.stdout or 0), int(done.returncode != 0 or leaves != 2))
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 2
    assert leaves == 2  # the epoch and the station, once each
