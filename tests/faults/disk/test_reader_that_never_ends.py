"""A reader that never ends keeps SQLite's write-ahead log growing: it is said, and put right."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs

from server import jobs
from server.config import Settings
from tests.faults.tally import Tally
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields

WAL_BYTES = 512 * 1024
PUSHES = 40


@pytest.fixture
def watch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The worker's look at the log; the events it told."""
    monkeypatch.setattr(jobs, "WAL_BYTES", WAL_BYTES)

    def look() -> list[str]:
        with capture_logs() as told, app.app_context():
            jobs.watch_wal()
        return [str(line["event"]) for line in told]

    return look


def test_the_log_grows_is_told_and_shrinks_when_the_reader_ends(
    settings: Settings, world: World, inspector: Phone, watch: Callable[[], list[str]], tally: Tally
) -> None:
    path = settings.data_dir / "mingcha.sqlite3"
    wal = Path(f"{path}-wal")
    assert watch() == []
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        seen = reader.execute("SELECT count(*) FROM edit").fetchone()
        for _ in range(PUSHES):
            fields = inspection_fields(world)
            receipts = inspector.push(inspector.edit(new_record(), fields))
            assert receipts[0]["state"] == "accepted"
        grown = wal.stat().st_size
        assert grown > WAL_BYTES
        assert watch() == ["wal_large"]
        assert reader.execute("SELECT count(*) FROM edit").fetchone() == seen
    assert watch() == []
    assert not wal.exists() or wal.stat().st_size == 0
    tally.add(69, PUSHES, 0)
    tally.measured("write-ahead log behind one reader", grown / PUSHES / 1024, "KiB an edit")
