"""Fixtures of the restore drill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.restore.drill import Drill, opened_drill
from tests.support.clock import HandClock


@pytest.fixture
def drill(tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drill]:
    """A company at work on a server that will be lost."""
    monkeypatch.delenv("MINGCHA_DATABASE_URL", raising=False)
    with opened_drill(tmp_path, clock) as opened:
        yield opened
