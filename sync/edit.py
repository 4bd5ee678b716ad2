"""One edit as it travels: what changed in one record, who says so, and its place in the chain."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from sync.canonical import MAX_INTEGER, NotCanonical, canonical_json
from sync.stamp import parse_stamp

GENESIS = "0" * 64
MAX_FIELDS = 400
MAX_NAME_LENGTH = 100
MAX_EDIT_BYTES = 256 * 1024

_HASH = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[a-z][a-z0-9_-]{0,31}")
# Version 4 only: an id that carries a time or a machine would give an undercover rider away.
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class InvalidEdit(ValueError):
    """An edit that cannot be taken: a stable code for programs, a detail for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Edit:
    """A well-formed edit. `extra` holds top-level keys of later versions: they are hashed too."""

    stamp: str
    serial: int
    prev: str
    kind: str
    record: str
    fields: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Everything the device sent, unknown keys included."""
        known = {name: getattr(self, name) for name in _SHAPES}
        return {**self.extra, **known}

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the canonical form of everything the device sent."""
        return sha256(canonical_json(self.as_json())).hexdigest()


def parse_edit(raw: object) -> Edit:
    """The edit in this JSON value; raises InvalidEdit with the code of the first thing wrong."""
    if not isinstance(raw, dict):
        raise InvalidEdit("edit_malformed", "an edit is an object")
    for name, (fits, rule) in _SHAPES.items():
        if not fits(raw.get(name)):
            raise InvalidEdit(f"{name}_malformed", rule)
    _require_canonical(raw)
    known = {name: raw[name] for name in _SHAPES}
    return Edit(**known, extra={key: raw[key] for key in raw if key not in _SHAPES})


def _require_canonical(raw: Mapping[str, Any]) -> None:
    try:
        size_bytes = len(canonical_json(raw))
    except NotCanonical as error:
        raise InvalidEdit("not_canonical", str(error)) from error
    if size_bytes > MAX_EDIT_BYTES:
        raise InvalidEdit("edit_too_large", f"{size_bytes} bytes, {MAX_EDIT_BYTES} allowed")


def _is_serial(value: object) -> bool:
    return type(value) is int and 1 <= value <= MAX_INTEGER


def _is_fields(value: object) -> bool:
    if not isinstance(value, dict) or not 1 <= len(value) <= MAX_FIELDS:
        return False
    return all(isinstance(name, str) and 1 <= len(name) <= MAX_NAME_LENGTH for name in value)


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


# The order is the order of the checks, so that both sides name the same fault first.
_SHAPES: dict[str, tuple[Callable[[object], bool], str]] = {
    "stamp": (lambda value: parse_stamp(value) is not None, "13 digits, 4 hex, device id"),
    "serial": (_is_serial, "an integer from 1 on"),
    "prev": (_matches(_HASH), "64 lower-case hex digits"),
    "kind": (_matches(_KIND), "a lower-case word of up to 32 characters"),
    "record": (_matches(_UUID), "a random UUID (version 4) in lower case"),
    "fields": (
        _is_fields,
        f"an object of 1 to {MAX_FIELDS} fields, names of 1 to {MAX_NAME_LENGTH} characters",
    ),
}
