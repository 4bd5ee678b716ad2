"""What an inspection's fields may hold: the border every edit crosses, phone's or office's."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from server.clock import parse_instant

MODES = ("daily", "full", "spot", "desk", "undercover")
STATES = ("draft", "finished")
SUBJECTS = ("driver", "conductor", "vehicle", "company")
REVIEW_STATES = ("confirmed", "returned", "void")
CRITICAL_SOURCES = ("cctv", "ticket", "gps", "second_inspector", "admission")
MAX_TYPED = 60
MAX_NOTE = 2000
MAX_PHOTOS = 12
MAX_VALUE = 40

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ITEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,15}")

Check = Callable[[Any], bool]


def _text(most: int) -> Check:
    # A NUL is text to us and to SQLite, but to no other database.
    return lambda value: isinstance(value, str) and len(value) <= most and "\0" not in value


def _one_of(words: tuple[str, ...]) -> Check:
    return lambda value: isinstance(value, str) and value in words


def _integer(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def _or_nothing(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _instant(value: Any) -> bool:
    return parse_instant(value) is not None


def _photos(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MAX_PHOTOS
        and all(isinstance(name, str) and _SHA256.fullmatch(name) for name in value)
    )


def _answer_value(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_VALUE
    return value is None or type(value) is int


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


_ANSWER: dict[str, Check] = {
    "value": _answer_value,
    "note": _or_nothing(_text(MAX_NOTE)),
    "photos": _or_nothing(_photos),
    "charged_to": _or_nothing(_one_of(SUBJECTS)),
    "fixed_on_spot": _or_nothing(_flag),
    "ac_on": _or_nothing(_flag),
    "at_terminus": _or_nothing(_flag),
}
_PLACE: dict[str, Check] = {
    "lat_e7": _integer(-900_000_000, 900_000_000),
    "lon_e7": _integer(-1_800_000_000, 1_800_000_000),
    "accuracy_m": _integer(0, 10_000_000),
}
_FIELDS: dict[str, Check] = {
    "mode": _one_of(MODES),
    "state": _one_of(STATES),
    "checklist": _text(64),
    "vehicle": _or_nothing(_text(36)),
    "driver": _or_nothing(_text(36)),
    "conductor": _or_nothing(_text(36)),
    "route": _or_nothing(_text(36)),
    "station": _or_nothing(_text(36)),
    "vehicle_typed": _or_nothing(_text(MAX_TYPED)),
    "driver_typed": _or_nothing(_text(MAX_TYPED)),
    "conductor_typed": _or_nothing(_text(MAX_TYPED)),
    "started_at": _instant,
    "finished_at": _or_nothing(_instant),
    "reply": _or_nothing(_text(MAX_NOTE)),
    "place": _or_nothing(lambda value: _object(value, _PLACE, all_of_them=True)),
}
_OFFICE: dict[str, Check] = {"state": _one_of(REVIEW_STATES), "note": _text(MAX_NOTE)}
_CRITICAL: dict[str, Check] = {
    "state": _one_of(("confirmed",)),
    "source": _one_of(CRITICAL_SOURCES),
}


def _object(value: Any, checks: dict[str, Check], all_of_them: bool = False) -> bool:
    """True when the object's known keys fit. Keys unknown here are kept, not judged."""
    if not isinstance(value, dict) or (all_of_them and not checks.keys() <= value.keys()):
        return False
    return all(check(value[name]) for name, check in checks.items() if name in value)


def is_office_field(name: str) -> bool:
    """Fields that only the office writes."""
    return name == "review" or name.startswith("criticals/")


def find_bad_field(fields: dict[str, Any]) -> str | None:
    """The name of the first field whose value does not fit, or None. Unknown fields fit."""
    for name, value in fields.items():
        if not _fits(name, value):
            return name
    return None


def _fits(name: str, value: Any) -> bool:
    if name in _FIELDS:
        return _FIELDS[name](value)
    head, _, item = name.partition("/")
    if head == "answers":
        return bool(_ITEM.fullmatch(item)) and _object(value, _ANSWER)
    if head == "criticals":
        return bool(_ITEM.fullmatch(item)) and _or_nothing(
            lambda one: _object(one, _CRITICAL, all_of_them=True)
        )(value)
    if name == "review":
        return _or_nothing(lambda one: _object(one, _OFFICE, all_of_them=True))(value)
    return True


def photos_named(fields: dict[str, Any]) -> list[tuple[str, int, str]]:
    """(field, position, sha256) of every photo that these fields name, in order.

    A field whose name no database but SQLite can hold is kept with its record and listed nowhere.
    """
    return [
        (name, position, sha256)
        for name in sorted(fields)
        if "\0" not in name
        and isinstance(fields[name], dict)
        and _photos(fields[name].get("photos"))
        for position, sha256 in enumerate(fields[name]["photos"])
    ]


def photos_declared(fields: dict[str, Any]) -> set[str]:
    """Every photo name in these fields, also where the edit they come from was refused."""
    named: set[str] = set()
    for value in fields.values():
        photos = value.get("photos") if isinstance(value, dict) else None
        if isinstance(photos, list):
            named |= {one for one in photos if isinstance(one, str) and _SHA256.fullmatch(one)}
    return named
