"""A clock for tests, moved by hand."""

from __future__ import annotations

from dataclasses import dataclass

START_MS = 1_763_600_000_000  # 2025-11-20T00:53:20Z


@dataclass
class HandClock:
    """A clock that moves only when the test moves it."""

    at_ms: int = START_MS

    def __call__(self) -> int:
        return self.at_ms
