"""Once a day each company's head is signed and put where the database's owner cannot reach it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from server.accounts.models import Company
from server.clock import DAY_MS, HOUR_MS
from server.config import Settings
from server.db import db
from server.evidence.heads import check_signed_head, list_signed, read_key
from server.evidence.models import SignedHead
from server.evidence.store import read_head
from server.heads.daily import keep_heads
from server.jobs import jobs_of
from tests.server.cli.terminal import Terminal
from tests.support.clock import HandClock
from tests.support.phone import Phone, new_record
from tests.support.world import World, inspection_fields, make_world


@pytest.fixture
def heads(app: Flask, tmp_path: Path) -> Path:
    """$MINGCHA_HEADS_DIR, somewhere else than the data."""
    use(app, heads_dir=tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


def use(app: Flask, **settings: object) -> None:
    wired = app.extensions["mingcha"]
    app.extensions["mingcha"] = replace(wired, settings=replace(wired.settings, **settings))


def keep(app: Flask) -> None:
    with app.app_context():
        keep_heads()


def written(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text() for path in sorted(folder.glob("*/*.json"))
    }


def test_a_head_is_signed_once_a_day_and_written_elsewhere(
    world: World, app: Flask, settings: Settings, heads: Path
) -> None:
    keep(app)
    keep(app)
    name = f"{world.company}/2025-11-20.json"
    assert list(written(heads)) == [name]
    head = check_signed_head(written(heads)[name], read_key(settings.data_dir).public)
    with app.app_context():
        now = read_head(db.session, world.company)
        epoch = db.session.get_one(Company, world.company).epoch
    assert (head.size, head.hash, head.epoch) == (now.size, now.hash, epoch)
    assert (head.company, head.day) == (world.company, "2025-11-20")


def test_the_day_is_the_companys_own(
    world: World, app: Flask, clock: HandClock, heads: Path
) -> None:
    other = make_world(app, clock, "海外公司", "粤A")
    with app.app_context():
        db.session.get_one(Company, other.company).timezone = "America/Los_Angeles"
        db.session.commit()
    clock.at_ms += 15 * HOUR_MS  # 23:53 in Shanghai, 07:53 in Los Angeles
    keep(app)
    clock.at_ms += HOUR_MS
    keep(app)
    days = {(one.partition("/")[0], one[-15:-5]) for one in written(heads)}
    assert days == {
        (world.company, "2025-11-20"),
        (world.company, "2025-11-21"),
        (other.company, "2025-11-20"),
    }


def test_a_later_head_covers_what_came_since(
    world: World, app: Flask, clock: HandClock, heads: Path, inspector: Phone
) -> None:
    keep(app)
    inspector.push(inspector.edit(new_record(), inspection_fields(world)))
    clock.at_ms += DAY_MS
    keep(app)
    with app.app_context():
        newest, first = list_signed(db.session, world.company, 9)
        assert newest.size == read_head(db.session, world.company).size == first.size + 1
        assert [one.day for one in list_signed(db.session, world.company, 9, newest.day)] == [
            first.day
        ]


def test_what_the_folder_missed_is_written_when_it_is_back(
    world: World, app: Flask, clock: HandClock, heads: Path
) -> None:
    heads.write_text("a file where the disk should be")
    for _ in range(3):
        keep(app)
        clock.at_ms += DAY_MS
    heads.unlink()
    keep(app)
    assert len(written(heads)) == 4
    shutil.rmtree(heads)
    keep(app)
    assert len(written(heads)) == 4


def test_no_head_is_ever_written_over(world: World, app: Flask, heads: Path) -> None:
    keep(app)
    first = written(heads)
    with app.app_context():
        # As after a restore of a backup from before today's head.
        db.session.query(SignedHead).delete()
        db.session.get_one(Company, world.company).epoch = "ffffffff-after-the-restore"
        world.change()
        db.session.commit()
    keep(app)
    assert first.items() < written(heads).items()
    assert f"{world.company}/2025-11-20.ffffffff.json" in written(heads)


def test_the_worker_signs_by_itself(world: World, app: Flask, heads: Path) -> None:
    tasks = jobs_of(app).queue._registry.periodic_tasks  # noqa: SLF001
    (task,) = [one for one in tasks if one.name == "heads"]
    task.execute()
    assert len(written(heads)) == 1


def test_the_command_prints_todays_head_and_the_key_it_is_checked_with(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("MINGCHA_HEADS_DIR", str(tmp_path / "elsewhere"))
    terminal = Terminal(capsys)
    company = terminal.last_line("company", "add", "甲公司", "--regime", "city_bus")
    line = terminal.last_line("head")
    assert terminal.last_line("head") == line
    head = check_signed_head(line, terminal.last_line("head", "--key"))
    assert head.company == company
    assert written(tmp_path / "elsewhere") == {f"{company}/{head.day}.json": f"{line}\n"}


def test_the_command_says_when_the_head_stays_in_its_own_house(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "data"))
    (tmp_path / "gone").write_text("a file where the disk should be")
    monkeypatch.setenv("MINGCHA_HEADS_DIR", str(tmp_path / "gone"))
    terminal = Terminal(capsys)
    company = terminal.last_line("company", "add", "甲公司", "--regime", "city_bus")
    done = terminal.run("head")
    assert done.code == 1
    assert "没有送到别处" in done.err
    assert str(tmp_path / "gone") in done.err
    head = check_signed_head(done.out.splitlines()[-1], terminal.last_line("head", "--key"))
    assert head.company == company
