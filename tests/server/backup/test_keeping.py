"""A backup of an installation in use: whole, private, by content, and honest about what is bad."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.server.backup.house import House
from tests.server.cli.terminal import Terminal
from tests.support.drawing import sha256_of


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "generations").iterdir())


def backed_up(terminal: Terminal, folder: Path, *words: str) -> Path:
    """The folder of a new generation."""
    return folder / "generations" / terminal.last_line("backup", str(folder), *words)


def photos_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "photos").glob("*/*/*")}


def test_a_generation_holds_the_database_the_keys_and_a_manifest(
    house: House, terminal: Terminal, folder: Path
) -> None:
    made = backed_up(terminal, folder)
    manifest = json.loads((made / "manifest.json").read_bytes())
    assert sorted(manifest["files"]) == ["database.sqlite3", "keys/secret"]
    for name, entry in manifest["files"].items():
        assert sha256_of((made / name).read_bytes()) == entry["sha256"]
    assert (made / "keys" / "secret").read_text() == (house.data / "secret").read_text()
    (company,) = manifest["companies"]
    assert company["rows"]["edit"] == 2
    assert company["head"]["size"] == company["rows"]["evidence"] > 2
    assert manifest["photos"]["count"] == 3
    with sqlite3.connect(made / "database.sqlite3") as copy:
        assert copy.execute("SELECT count(*) FROM edit").fetchone() == (2,)
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_every_key_is_kept_and_nothing_large_that_only_lies_beside_them(
    house: House, terminal: Terminal, folder: Path
) -> None:
    terminal.last_line("head")
    (house.data / "server.log").write_bytes(bytes(100_000))
    keys = backed_up(terminal, folder) / "keys"
    assert sorted(path.name for path in keys.iterdir()) == ["head_key.pem", "secret"]
    assert (keys / "head_key.pem").read_bytes() == (house.data / "head_key.pem").read_bytes()


def test_nobody_else_can_read_a_backup(house: House, terminal: Terminal, folder: Path) -> None:
    backed_up(terminal, folder)
    modes = {path.is_dir(): set[int]() for path in folder.rglob("*")}
    for path in folder.rglob("*"):
        modes[path.is_dir()].add(path.stat().st_mode & 0o777)
    assert modes == {True: {0o700}, False: {0o600}}


def test_photos_are_kept_once_for_all_generations(
    house: House, terminal: Terminal, folder: Path
) -> None:
    backed_up(terminal, folder)
    assert photos_in(folder) == house.photos
    written = {path: path.stat().st_mtime_ns for path in (folder / "photos").glob("*/*/*")}
    house.work()
    backed_up(terminal, folder)
    assert photos_in(folder) == house.photos
    assert {path: path.stat().st_mtime_ns for path in written} == written
    assert len(generations(folder)) == 2


@pytest.mark.parametrize("harm", ["altered", "missing", "unreadable"])
def test_a_photo_that_is_not_what_its_name_says_is_named_and_all_else_is_saved(
    house: House, terminal: Terminal, folder: Path, harm: str
) -> None:
    bad = next(iter(house.photos))
    path = house.photo_path(bad)
    path.unlink()
    if harm == "altered":
        path.write_bytes(house.photos[bad][:-1] + b"\x00")
    elif harm == "unreadable":
        path.mkdir()
    done = terminal.run("backup", str(folder))
    assert done.code == 1
    assert f"({harm})" in done.err
    assert bad in done.err
    assert photos_in(folder).keys() == house.photos.keys() - {bad}
    made = folder / "generations" / done.out.splitlines()[-1]
    manifest = json.loads((made / "manifest.json").read_bytes())
    assert manifest["photos"]["bad"] == [
        {"company": house.world.company, "sha256": bad, "why": harm}
    ]


def test_a_photo_that_was_harmed_in_the_backup_is_mended_when_checked(
    house: House, terminal: Terminal, folder: Path
) -> None:
    backed_up(terminal, folder)
    path = next((folder / "photos").glob("*/*/*"))
    path.write_bytes(bytes(reversed(path.read_bytes())))
    backed_up(terminal, folder)
    assert photos_in(folder) != house.photos
    backed_up(terminal, folder, "--check")
    assert photos_in(folder) == house.photos


def test_refused_bytes_are_kept_too(house: House, terminal: Terminal, folder: Path) -> None:
    name = f"{sha256_of(b'no photo')}.as.{'a' * 64}"
    place = house.data / "uploads" / "refused" / house.world.company
    place.mkdir(parents=True)
    (place / name).write_bytes(b"no photo")
    backed_up(terminal, folder)
    assert (folder / "refused" / house.world.company / name).read_bytes() == b"no photo"


def test_only_the_newest_are_kept(house: House, terminal: Terminal, folder: Path) -> None:
    made = [backed_up(terminal, folder, "--keep", "2").name for _ in range(4)]
    assert generations(folder) == made[-2:]
    assert photos_in(folder) == house.photos


def test_what_a_backup_that_was_cut_short_left_behind_is_no_generation(
    house: House, terminal: Terminal, folder: Path
) -> None:
    made = backed_up(terminal, folder)
    shutil.copytree(made, made.with_name(f".draft-{made.name}"))
    (made.with_name("20991231T235959.999Z")).mkdir()
    again = backed_up(terminal, folder)
    assert terminal.run("restore", str(folder), "--generation", f".draft-{made.name}").code == 1
    assert [
        name for name in generations(folder) if (folder / "generations" / name / "keys").is_dir()
    ] == [
        made.name,
        again.name,
    ]


def test_one_backup_at_a_time(house: House, terminal: Terminal, folder: Path) -> None:
    backed_up(terminal, folder)
    handle = os.open(folder / "generations", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    done = terminal.run("backup", str(folder))
    os.close(handle)
    assert done.code == 1
    assert "Another backup" in done.err


def test_a_damaged_database_is_no_backup_and_drives_none_out(
    house: House, terminal: Terminal, folder: Path
) -> None:
    made = backed_up(terminal, folder)
    with sqlite3.connect(house.data / "mingcha.sqlite3") as live:
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray((house.data / "mingcha.sqlite3").read_bytes())
    for page in range(8, len(raw) // 4096):
        raw[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    (house.data / "mingcha.sqlite3").write_bytes(raw)
    done = terminal.run("backup", str(folder), "--keep", "1")
    assert done.code == 1
    assert generations(folder) == [made.name]


def test_a_disk_without_room_is_told_before_anything_is_written(
    house: House, terminal: Terminal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1024))
    done = terminal.run("backup", str(folder))
    assert done.code == 1
    assert "Not enough room" in done.err
    assert generations(folder) == []


def test_a_backup_inside_the_data_folder_is_none(house: House, terminal: Terminal) -> None:
    done = terminal.run("backup", str(house.data / "backups"))
    assert done.code == 1
    assert "another disk" in done.err


def test_a_folder_without_a_database_is_said_to_have_none(
    terminal: Terminal, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "empty"))
    done = terminal.run("backup", str(folder))
    assert done.code == 1
    assert "no database" in done.err
    assert not (tmp_path / "empty" / "mingcha.sqlite3").exists()


def test_a_clock_that_was_set_back_drops_no_backup_just_made(
    house: House, terminal: Terminal, folder: Path
) -> None:
    backed_up(terminal, folder).rename(folder / "generations" / "29991231T235959.000Z")
    made = backed_up(terminal, folder, "--keep", "1")
    assert (made / "manifest.json").is_file()
    assert generations(folder) == [made.name, "29991231T235959.000Z"]
