"""Fixtures of the command line: an empty data folder and a terminal over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.cli.terminal import Terminal


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """$MINGCHA_DATA, not yet made."""
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def terminal(data: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)
