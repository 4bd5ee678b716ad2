"""Commands of installation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.cli import mingcha
from tests.server.cli.terminal import Terminal


def test_the_api_description_goes_to_stdout_or_a_file(terminal: Terminal, tmp_path: Path) -> None:
    described = json.loads(terminal.run("openapi").out)
    assert described["openapi"].startswith("3.1")
    assert "/api/v1/sync" in described["paths"]
    target = tmp_path / "openapi.json"
    done = terminal.run("openapi", "--output", str(target))
    assert (done.code, done.out) == (0, "")
    assert json.loads(target.read_text("utf-8")) == described


def test_a_file_that_cannot_be_written_is_named(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal.run("openapi", "--output", str(tmp_path / "nowhere" / "openapi.json"))
    assert done.code == 1
    assert "nowhere" in done.err


def test_migrate_can_be_run_again(terminal: Terminal, data: Path) -> None:
    assert [terminal.run("migrate").code, terminal.run("migrate").code] == [0, 0]
    assert (data / "mingcha.sqlite3").exists()


def test_every_command_explains_itself(terminal: Terminal) -> None:
    listed = terminal.run("--help").out
    for command in mingcha.commands:
        done = terminal.run(command, "--help")
        assert done.code == 0
        assert " / " in done.out
        assert f"  {command} " in listed


@pytest.mark.parametrize("address", ["nonsense", "oracle9://x/y", "sqlite:////nowhere/at/all.db"])
def test_a_database_that_cannot_be_used_is_named(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("MINGCHA_DATABASE_URL", address)
    done = terminal.run("migrate")
    assert done.code == 1
    assert "database" in done.err.lower()
