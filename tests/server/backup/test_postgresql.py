"""The same with PostgreSQL: dumped in one snapshot, restored into an empty database."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import psycopg
import pytest

from tests.server.backup.house import open_house, reopened
from tests.server.cli.terminal import Terminal
from tests.support.clock import HandClock
from tests.support.databases import migrate
from tests.support.phone import Phone
from tests.support.postgresql import Cluster

SOURCE, TARGET = "kept", "back"


@pytest.fixture
def cluster(
    postgresql_cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Cluster:
    """A database with tables, an empty one, and client tools that fit the server."""
    for name in (SOURCE, TARGET):
        with postgresql_cluster.connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
        postgresql_cluster.make_database(name, "template0")
    migrate(postgresql_cluster.url(SOURCE), tmp_path / "migrating")
    monkeypatch.setenv("PATH", f"{postgresql_cluster.binaries}:{os.environ['PATH']}")
    return postgresql_cluster


def use(monkeypatch: pytest.MonkeyPatch, data: Path, url: str) -> None:
    monkeypatch.setenv("MINGCHA_DATA", str(data))
    monkeypatch.setenv("MINGCHA_DATABASE_URL", url)


def test_a_dump_comes_back_under_a_new_epoch_and_append_only(
    cluster: Cluster,
    terminal: Terminal,
    folder: Path,
    tmp_path: Path,
    clock: HandClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, tmp_path / "data", cluster.url(SOURCE))
    with open_house(tmp_path / "data", clock) as house:
        house.work()
        made = terminal.last_line("backup", str(folder))
        use(monkeypatch, tmp_path / "target", cluster.url(TARGET))
        epoch = terminal.last_line("restore", str(folder), "--generation", made)
        with reopened(tmp_path / "target", clock) as app:
            phone: Phone = house.phone.twin()
            phone.client = app.test_client()
            assert phone.sync().json["epoch"] == epoch
            assert phone.get("/api/v1/sync/proof").json["edits"] == len(house.edits)
    with cluster.connect(TARGET) as connection:
        with pytest.raises(psycopg.Error, match="append-only"):
            connection.execute("UPDATE edit SET state = 'late'")
        kinds = connection.execute("SELECT kind FROM evidence ORDER BY seq DESC LIMIT 1")
        assert kinds.fetchone() == ("epoch",)


def test_a_database_with_tables_is_not_restored_over(
    cluster: Cluster,
    terminal: Terminal,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, tmp_path / "data", cluster.url(SOURCE))
    terminal.last_line("backup", str(folder))
    use(monkeypatch, tmp_path / "target", cluster.url(SOURCE))
    done = terminal.run("restore", str(folder))
    assert done.code == 1
    assert "tables already" in done.err
    assert list((tmp_path / "target").iterdir()) == []


def test_another_kind_of_database_is_refused(
    cluster: Cluster,
    terminal: Terminal,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, tmp_path / "data", cluster.url(SOURCE))
    terminal.last_line("backup", str(folder))
    monkeypatch.delenv("MINGCHA_DATABASE_URL")
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "target"))
    done = terminal.run("restore", str(folder))
    assert done.code == 1
    assert "postgresql" in done.err


def test_missing_client_tools_are_named(
    cluster: Cluster,
    terminal: Terminal,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(monkeypatch, tmp_path / "data", cluster.url(SOURCE))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("pg_dump") is None
    done = terminal.run("backup", str(folder))
    assert done.code == 1
    assert "pg_dump was not found" in done.err
    assert [path.name for path in (folder / "generations").iterdir()] == []
