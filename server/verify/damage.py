"""What verification finds wrong: one named damage each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Damage:
    """``code`` is a key of words/verify.json; ``place`` says where, ``detail`` what differs."""

    code: str
    place: str
    detail: str = ""


def differing(told: dict[str, Any], found: dict[str, Any]) -> str:
    """The names under which two descriptions differ, comma separated; empty when they do not."""
    names = {*told, *found}
    return ", ".join(sorted(name for name in names if told.get(name) != found.get(name)))


def read_object(text: str) -> dict[str, Any]:
    """The JSON object in a text, or an empty one: what cannot be read differs from all else."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
