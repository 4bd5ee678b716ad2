"""What verification finds wrong: one named damage each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError


@dataclass(frozen=True)
class Damage:
    """``code`` is a key of words/verify.json; ``place`` says where, ``detail`` what differs."""

    code: str
    place: str
    detail: str = ""


# What a walk may meet where somebody has put other things than were written there.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    SQLAlchemyError,
    TypeError,
    ValueError,
)


def readable(part: str, damages: Iterator[Damage]) -> Iterator[Damage]:
    """What cannot even be read is damage too. It ends this part of the walk and no other."""
    try:
        yield from damages
    except UNREADABLE as error:
        yield Damage("unreadable", part, f"{type(error).__name__}: {error}"[:200])


def differing(told: dict[str, Any], found: dict[str, Any]) -> str:
    """The names under which two descriptions differ, comma separated; empty when they do not."""
    names = {*told, *found}
    return ", ".join(sorted(name for name in names if told.get(name) != found.get(name)))


def read_object(text: str) -> dict[str, Any]:
    """The JSON object in a text, or an empty one: what cannot be read differs from all else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # any phone may send what is nested without end
        return {}
    return found if isinstance(found, dict) else {}
