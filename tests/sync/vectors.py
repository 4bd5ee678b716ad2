"""Opens the cases that pytest and vitest share."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "sync" / "vectors"


def vectors(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))


def named(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """Arguments for parametrize: one test per case, called by the case's own name."""
    return {
        "argvalues": cases,
        "ids": [case.get("name", f"case {n}") for n, case in enumerate(cases)],
    }
