"""`mingcha verify` as its user runs it: a whole company, a damaged one, a head kept elsewhere."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.server.cli.terminal import Terminal


@pytest.fixture
def company(terminal: Terminal) -> None:
    """A small company, entered by commands."""
    for words in (
        ("company", "add", "清源县乡村公交有限公司", "--regime", "road_passenger"),
        ("station", "add", "城南总站"),
        ("vehicle", "add", "川B12345", "007", "--capacity", "31", "--station", "城南总站"),
        ("user", "add", "inspector", "--role", "inspector_fulltime"),
        ("enrol", "inspector"),
    ):
        assert terminal.run(*words).code == 0


def alter(data: Path, *statements: str) -> None:
    with closing(sqlite3.connect(data / "mingcha.sqlite3")) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount
        connection.commit()


def test_a_whole_company_is_told_with_its_head(company: None, terminal: Terminal) -> None:
    done = terminal.run("verify")
    assert done.code == 0
    assert "清源县乡村公交有限公司:完好" in done.out
    assert "清源县乡村公交有限公司: whole" in done.out


def test_an_empty_data_folder_has_no_damage(terminal: Terminal) -> None:
    assert terminal.run("verify").code == 0


def test_each_damage_is_a_line_and_the_exit_code_tells(
    company: None, terminal: Terminal, data: Path
) -> None:
    alter(
        data,
        "UPDATE user SET role = 'quality_head'",
        "UPDATE vehicle SET plate = '川B99999'",
    )
    done = terminal.run("verify")
    assert done.code == 1
    lines = done.out.splitlines()
    assert len(lines) == 2
    assert any("vehicle/" in line and "(plate)" in line for line in lines)
    assert any("user/" in line and "(role)" in line for line in lines)
    assert "发现 2 处损坏 · 2 damages found" in done.err


def test_the_log_cannot_be_altered_without_taking_its_lock_off(
    company: None, terminal: Terminal, data: Path
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        alter(data, "UPDATE evidence SET body = '{}'")
    assert terminal.run("verify").code == 0


def test_a_head_kept_elsewhere_is_confirmed_and_finds_a_cut_log(
    company: None, terminal: Terminal, data: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "head.json"
    kept.write_text(terminal.last_line("head"), encoding="utf-8")
    assert terminal.run("user", "add", "officer", "--role", "quality_officer").code == 0
    assert terminal.run("verify", "--head", str(kept)).code == 0
    alter(
        data,
        "DELETE FROM signed_head",
        "DROP TRIGGER evidence_no_delete",
        "DELETE FROM evidence WHERE seq >= (SELECT max(seq) FROM evidence) - 1",
    )
    done = terminal.run("verify", "--head", str(kept))
    assert done.code == 1
    assert "the log no longer contains the head kept at entry" in done.out


@pytest.mark.parametrize("text", ["not a head", "{}", '{"size":1}'])
def test_a_file_that_is_no_head_is_refused(
    company: None, terminal: Terminal, tmp_path: Path, text: str
) -> None:
    kept = tmp_path / "head.json"
    kept.write_text(text, encoding="utf-8")
    done = terminal.run("verify", "--head", str(kept))
    assert done.code == 1
    assert "head.json" in done.err
