"""Which value of a field counts: the greatest stamp wins, whatever the order of arrival."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.canonical import canonical_json, text_order

FieldState = dict[str, Any]
RecordState = dict[str, FieldState]


@dataclass(frozen=True)
class Merge:
    """The state after an edit, and which of the edit's fields changed it and which did not.

    A field that says again what already counts is in neither list.
    """

    state: RecordState
    won: list[str]
    lost: list[str]


def merge_fields(state: Mapping[str, FieldState], fields: Mapping[str, Any], stamp: str) -> Merge:
    """Lay an edit's fields over a record's state; neither argument is changed."""
    merged = dict(state)
    won: list[str] = []
    lost: list[str] = []
    for name in sorted(fields, key=text_order):
        offered = {"value": fields[name], "stamp": stamp}
        order = _compare(offered, state[name]) if name in state else 1
        if order > 0:
            merged[name] = offered
            won.append(name)
        elif order < 0:
            lost.append(name)
    return Merge(merged, won, lost)


def merge_states(a: Mapping[str, FieldState], b: Mapping[str, FieldState]) -> RecordState:
    """The state that knows everything that either knows."""
    merged = dict(a)
    for name, offered in b.items():
        if name not in merged or _compare(offered, merged[name]) > 0:
            merged[name] = offered
    return merged


def _compare(a: FieldState, b: FieldState) -> int:
    # Two values under one stamp are settled by their canonical text, so that the order is total
    # and every device ends up with the same one.
    if a["stamp"] != b["stamp"]:
        return 1 if a["stamp"] > b["stamp"] else -1
    text_a, text_b = _value_order(a["value"]), _value_order(b["value"])
    return (text_a > text_b) - (text_a < text_b)


def _value_order(value: object) -> bytes:
    return text_order(canonical_json(value).decode("utf-8"))
