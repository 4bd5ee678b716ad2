"""Canonical JSON (RFC 8785 without fractions) and its SHA-256: the bytes that both sides hash."""

import json
from hashlib import sha256

MAX_INTEGER = 2**53
MAX_DEPTH = 32


class NotCanonical(ValueError):
    """The value has no canonical form: a fraction, a huge integer, a lone surrogate, too deep."""


def canonical_json(value: object) -> bytes:
    """The one UTF-8 text of a JSON value: sorted keys, no spaces; raises NotCanonical."""
    text = json.dumps(_ordered(value, 0), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def digest(value: object) -> str:
    """The SHA-256 of the canonical form, in lower hex."""
    return sha256(canonical_json(value)).hexdigest()


def text_order(text: str) -> bytes:
    """A sort key that orders text by UTF-16 code units, as RFC 8785 and JavaScript do."""
    return text.encode("utf-16-be")


def _ordered(value: object, depth: int) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _checked_text(value)
    if isinstance(value, int):
        return _checked_integer(value)
    if depth >= MAX_DEPTH:
        raise NotCanonical(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, list):
        return [_ordered(element, depth + 1) for element in value]
    if isinstance(value, dict):
        return _ordered_object(value, depth)
    raise NotCanonical(f"{type(value).__name__} has no canonical form")


def _ordered_object(value: dict[object, object], depth: int) -> dict[str, object]:
    members = {_checked_key(key): element for key, element in value.items()}
    return {key: _ordered(members[key], depth + 1) for key in sorted(members, key=text_order)}


def _checked_key(key: object) -> str:
    if not isinstance(key, str):
        raise NotCanonical("a key is not text")
    return _checked_text(key)


def _checked_text(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("text with half a surrogate pair") from error
    return text


def _checked_integer(number: int) -> int:
    if abs(number) > MAX_INTEGER:
        raise NotCanonical("an integer beyond 2^53")
    return number
