"""Counts what the fault tests injected and what broke, for the table in docs/reliability.md."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tally:
    """Lines of JSON in one file that all tests of a run add to; none is written without a file."""

    path: Path | None = None

    def add(self, fault: int, injected: int, violations: int) -> None:
        """So many times a fault of the catalogue was injected, and so often a promise broke."""
        assert injected >= 0
        assert violations >= 0
        self._write({"fault": fault, "injected": injected, "violations": int(violations)})

    def planted(self, name: str, caught: bool) -> None:
        """A bug was planted on purpose: did the area's checker report it?"""
        self._write({"planted": name, "caught": caught})

    def measured(self, name: str, value: float, unit: str) -> None:
        """A figure that is worth reading beside the counts, such as the time to drain."""
        self._write({"measured": name, "value": value, "unit": unit})

    def _write(self, line: dict[str, object]) -> None:
        if self.path:
            test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
            text = json.dumps({**line, "test": test}, ensure_ascii=False)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")
