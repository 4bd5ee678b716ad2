"""The set-up finds the newest PostgreSQL that is whole, and says so when there is none."""

from pathlib import Path

import pytest
from setup_postgresql import find_postgresql, make_sure_of_postgresql


def lay_out(home: Path, version: str, *names: str) -> Path:
    folder = home / version / "bin"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch()
    return folder


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with nothing on its PATH."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    return tmp_path / "postgresql"


def test_the_newest_version_that_is_whole_is_taken(bare: Path) -> None:
    lay_out(bare, "9.6", "initdb", "pg_ctl", "postgres")
    wanted = lay_out(bare, "15", "initdb", "pg_ctl", "postgres")
    lay_out(bare, "17", "pg_ctl")  # the client alone
    assert find_postgresql(bare) == wanted


def test_without_any_the_reason_is_told_and_the_set_up_goes_on(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make_sure_of_postgresql(bare) is False
    assert "no test of it has run" in capsys.readouterr().out
