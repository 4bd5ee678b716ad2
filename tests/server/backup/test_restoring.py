"""A restore: checked first, whole or not at all, under a new epoch that the log tells of."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command

from server import create_app
from server.config import read_settings
from server.db import db
from server.evidence.store import read_head
from server.migrations import make_config
from sync.canonical import canonical_json, digest
from tests.server.backup.house import House, close, reopened
from tests.server.cli.terminal import Terminal
from tests.support.phone import Phone
from tests.support.tus import tus_of


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, house: House) -> Path:
    """$MINGCHA_DATA from now on: a folder that is not there yet."""
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "target"))
    return tmp_path / "target"


def back_up(terminal: Terminal, house: House, folder: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MINGCHA_DATA", str(house.data))
        return folder / "generations" / terminal.last_line("backup", str(folder))


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(data / "mingcha.sqlite3") as database:
        return list(database.execute(query))


def content(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_everything_is_back_under_a_new_epoch(
    house: House, terminal: Terminal, folder: Path, target: Path
) -> None:
    back_up(terminal, house, folder)
    (old,) = rows(house.data, "SELECT epoch FROM company")[0]
    epoch = terminal.last_line("restore", str(folder))
    assert rows(target, "SELECT epoch FROM company") == [(epoch,)]
    assert epoch != old
    query = "SELECT seq, stamp, digest, body FROM edit ORDER BY seq"
    assert rows(target, query) == rows(house.data, query)
    photos = {path.name: path.read_bytes() for path in (target / "photos").glob("*/*/*")}
    assert photos == house.photos
    assert (target / "secret").read_text() == (house.data / "secret").read_text()
    assert content(target) == ["mingcha.sqlite3", "photos", "secret"]


def test_the_log_says_from_where_on_the_epoch_holds(
    house: House, terminal: Terminal, folder: Path, target: Path
) -> None:
    back_up(terminal, house, folder)
    with house.app.app_context():
        before = read_head(db.session, house.world.company)
    (old,) = rows(house.data, "SELECT epoch FROM company")[0]
    epoch = terminal.last_line("restore", str(folder))
    body = rows(target, "SELECT body FROM evidence WHERE kind = 'epoch' ORDER BY seq DESC")[0][0]
    entry = json.loads(str(body))
    assert entry["seq"] == before.size + 1
    assert (entry["old"], entry["epoch"]) == (old, epoch)
    assert (entry["size"], entry["hash"]) == (before.size, before.hash)
    with reopened(target, house.clock) as app, app.app_context():
        assert read_head(db.session, house.world.company).size == before.size + 1


def test_pictures_are_made_anew(
    house: House, terminal: Terminal, folder: Path, target: Path
) -> None:
    with house.app.app_context():
        db.session.execute(db.text("UPDATE photo SET derived_at_ms = 1"))
        db.session.commit()
    back_up(terminal, house, folder)
    terminal.last_line("restore", str(folder))
    assert rows(target, "SELECT count(*), count(derived_at_ms) FROM photo") == [(3, 0)]


def test_an_older_one_can_be_chosen(
    house: House, terminal: Terminal, folder: Path, target: Path
) -> None:
    first = back_up(terminal, house, folder)
    house.work()
    back_up(terminal, house, folder)
    terminal.last_line("restore", str(folder), "--generation", first.name)
    assert rows(target, "SELECT count(*) FROM edit") == [(2,)]


def test_a_folder_with_anything_in_it_can_be_refused(
    house: House, terminal: Terminal, folder: Path, target: Path
) -> None:
    back_up(terminal, house, folder)
    target.mkdir()
    (target / "notes.txt").write_text("mine")
    done = terminal.run("restore", str(folder), "--no-aside")
    assert done.code == 1
    assert "not empty" in done.err
    assert content(target) == ["notes.txt"]


def test_what_is_there_is_moved_aside_and_kept(
    house: House, terminal: Terminal, folder: Path, target: Path
) -> None:
    back_up(terminal, house, folder)
    terminal.last_line("restore", str(folder))
    before = {path.name: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    terminal.last_line("restore", str(folder))
    (aside,) = target.parent.glob("target.aside-*")
    kept = {path.name: path.read_bytes() for path in aside.rglob("*") if path.is_file()}
    assert kept == before
    assert content(target) == ["mingcha.sqlite3", "photos", "secret"]


def test_a_data_folder_in_use_is_not_moved(
    house: House, terminal: Terminal, folder: Path, target: Path
) -> None:
    back_up(terminal, house, folder)
    terminal.last_line("restore", str(folder))
    holds = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('PRAGMA journal_mode=WAL'); c.execute('SELECT count(*) FROM company');"
        "print('open', flush=True); sys.stdin.read()"
    )
    command_line = [sys.executable, "-c", holds, str(target / "mingcha.sqlite3")]
    with subprocess.Popen(
        command_line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        assert server.stdout.readline() == "open\n"
        done = terminal.run("restore", str(folder))
        server.communicate("")
    assert done.code == 1
    assert "in use" in done.err
    assert "mingcha.sqlite3" in content(target)


@pytest.mark.parametrize("name", ["database.sqlite3", "keys/secret", "manifest.json"])
def test_one_altered_byte_restores_nothing(
    house: House, terminal: Terminal, folder: Path, target: Path, name: str
) -> None:
    made = back_up(terminal, house, folder)
    raw = bytearray((made / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (made / name).write_bytes(raw)
    done = terminal.run("restore", str(folder))
    assert done.code == 1
    assert content(target) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("companies", []), ("format", 2), ("files", {"database.sqlite3": {"sha256": "0"}})],
)
def test_a_manifest_that_speaks_of_something_else_restores_nothing(
    house: House, terminal: Terminal, folder: Path, target: Path, field: str, value: object
) -> None:
    made = back_up(terminal, house, folder)
    manifest = json.loads((made / "manifest.json").read_bytes())
    del manifest["sha256"]
    manifest[field] = value
    manifest["sha256"] = digest(manifest)  # by somebody who knows how the hash is made
    (made / "manifest.json").write_bytes(canonical_json(manifest))
    assert terminal.run("restore", str(folder)).code == 1
    assert content(target) == []


def test_a_photo_that_the_backup_lost_is_asked_for_and_sent_again(
    house: House, terminal: Terminal, folder: Path, target: Path
) -> None:
    back_up(terminal, house, folder)
    lost = next(iter(house.photos))
    next((folder / "photos").glob(f"*/*/{lost}")).write_bytes(b"rot")
    done = terminal.run("restore", str(folder))
    assert done.code == 1
    assert lost in done.err
    with reopened(target, house.clock) as app:
        phone: Phone = house.phone.twin()
        phone.client = app.test_client()
        assert phone.sync().json["awaited_photos"] == [lost]
        assert phone.get("/api/v1/sync/proof").json["photos"] == 2
        tus_of(phone).send(house.photos[lost])
        assert phone.sync().json["awaited_photos"] == []
        assert phone.get("/api/v1/sync/proof").json["photos"] == 3


def test_refused_bytes_come_back(
    house: House, terminal: Terminal, folder: Path, target: Path
) -> None:
    name = f"{digest('x')}.as.{'a' * 64}"
    place = house.data / "uploads" / "refused" / house.world.company
    place.mkdir(parents=True)
    (place / name).write_bytes(canonical_json("x"))
    back_up(terminal, house, folder)
    terminal.last_line("restore", str(folder))
    back = target / "uploads" / "refused" / house.world.company / name
    assert back.read_bytes() == canonical_json("x")


def test_nothing_starts_over_a_restore_that_was_cut_short_until_it_is_done_again(
    house: House, terminal: Terminal, folder: Path, target: Path
) -> None:
    back_up(terminal, house, folder)
    (target / ".restoring" / "photos").mkdir(parents=True)
    done = terminal.run("migrate")
    assert done.code == 1
    assert "cut short" in done.err
    assert content(target) == [".restoring"]
    terminal.last_line("restore", str(folder))
    assert content(target) == ["mingcha.sqlite3", "photos", "secret"]


def test_a_backup_of_the_first_release_is_brought_to_this_one(
    tmp_path: Path, terminal: Terminal, folder: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "old"))
    app = create_app(read_settings())
    with app.app_context():
        command.upgrade(make_config(), "0001")
        db.session.execute(
            db.text("INSERT INTO company VALUES ('c', 'c', 'c', 'city_bus', 'UTC', 'e', 1)")
        )
        db.session.commit()
    close(app)
    terminal.last_line("backup", str(folder))
    monkeypatch.setenv("MINGCHA_DATA", str(target))
    epoch = terminal.last_line("restore", str(folder))
    assert rows(target, "SELECT epoch FROM company") == [(epoch,)]
    assert rows(target, "SELECT version_num FROM alembic_version") != [("0001",)]


def test_a_folder_without_backups_says_so(
    house: House, terminal: Terminal, folder: Path, target: Path
) -> None:
    done = terminal.run("restore", str(folder))
    assert done.code == 1
    assert "no backup" in done.err
    back_up(terminal, house, folder)
    shutil.rmtree(folder / "photos")
    assert terminal.run("restore", str(folder), "--generation", "nope").code == 1
    assert not target.exists()
