"""Fixtures: an installation in use with records and photos, and a terminal over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.backup.house import House, open_house
from tests.server.cli.terminal import Terminal
from tests.support.clock import HandClock


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: HandClock) -> Iterator[House]:
    """$MINGCHA_DATA with a company, an inspector's phone, two records and three photos."""
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "data"))
    with open_house(tmp_path / "data", clock) as opened:
        opened.work()
        yield opened


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go; not yet made."""
    return tmp_path / "backups"
