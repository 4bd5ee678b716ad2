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


def test_an_empty_data_folder_is_not_called_whole(terminal: Terminal, data: Path) -> None:
    done = terminal.run("verify")
    assert done.code == 1
    assert f"There is no company in {data}" in done.err


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
    done = terminal.run("verify", "--head", str(kept))
    assert done.code == 0
    assert "the log begins with the head kept on" in done.out
    alter(
        data,
        "DELETE FROM signed_head",
        "DROP TRIGGER evidence_no_delete",
        "DELETE FROM evidence WHERE seq >= (SELECT max(seq) FROM evidence) - 1",
    )
    done = terminal.run("verify", "--head", str(kept))
    assert done.code == 1
    assert "the log no longer contains the head kept at entry" in done.out


@pytest.mark.parametrize("content", [b"not a head", b"{}", b'{"size":1}', b"\xff\xd8\xff\xe0"])
def test_a_file_that_is_no_head_is_refused(
    company: None, terminal: Terminal, tmp_path: Path, content: bytes
) -> None:
    kept = tmp_path / "head.json"
    kept.write_bytes(content)
    done = terminal.run("verify", "--head", str(kept))
    assert done.code == 1
    assert "head.json holds no signed head" in done.err


def test_an_altered_head_is_told_from_one_of_another_key(
    company: None, terminal: Terminal, tmp_path: Path
) -> None:
    kept = tmp_path / "head.json"
    line = terminal.last_line("head")
    kept.write_text(line.replace('"size":', '"size":1'), encoding="utf-8")
    assert "head.json was altered" in terminal.run("verify", "--head", str(kept)).err
    kept.write_text(line, encoding="utf-8")
    key = "MCowBQYDK2VwAyEAJVKLan63BUOpJIwa+ikPgPBeOUXvDt0QdJfoPZjf9o0="
    other = terminal.run("verify", "--head", str(kept), "--key", key)
    assert "head.json was signed with another key" in other.err


def test_heads_in_the_folder_outside_are_held_against_the_log(
    company: None, terminal: Terminal, data: Path
) -> None:
    terminal.last_line("head")
    assert terminal.run("verify").code == 0
    alter(
        data,
        "DELETE FROM signed_head",
        "DROP TRIGGER evidence_no_delete",
        "DELETE FROM evidence WHERE seq >= (SELECT max(seq) FROM evidence) - 1",
    )
    assert "the log no longer contains the head kept at entry" in terminal.run("verify").out


def test_an_altered_head_in_the_folder_outside_is_named(
    company: None, terminal: Terminal, data: Path
) -> None:
    terminal.last_line("head")
    [kept] = (data / "heads").rglob("*.json")
    kept.write_text(kept.read_text("utf-8").replace('"size":', '"size":1'), "utf-8")
    done = terminal.run("verify")
    assert done.code == 1
    assert kept.name in done.out
