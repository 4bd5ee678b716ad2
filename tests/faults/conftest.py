"""Fixtures of all fault tests: how much to inject, and where the counts go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.tally import Tally


@pytest.fixture(scope="session")
def scale() -> int:
    """1 in `make test`; tests multiply their counts by it, so `make faults` injects more."""
    return int(os.environ.get("MINGCHA_FAULTS_SCALE", "1"))


@pytest.fixture(scope="session")
def tally() -> Tally:
    """Where a test says what it injected; `make faults` names the file."""
    name = os.environ.get("MINGCHA_FAULTS_TALLY")
    return Tally(Path(name) if name else None)
