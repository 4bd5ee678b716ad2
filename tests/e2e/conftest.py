"""Fixtures for browser tests: a running server with a small company."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.serving import Server


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that runs, over a company with 3 vehicles; stopped at the end."""
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    served = Server(tmp_path / "data")
    served.fill()
    served.start()
    yield served
    served.stop()
