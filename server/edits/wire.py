"""Reads a push as it came: each edit by itself, so that one nobody can read spoils no other."""

from __future__ import annotations

import base64
import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sync.edit import MAX_NAME_LENGTH

MAX_DIGITS = 100
MAX_MEMBERS = 1000  # of a push itself; each costs time before anything is known of it
BYTE_ORDER_MARK = "\ufeff"
TOO_DEEP = "nested too deep to be read"
NOT_JSON = "not JSON"
OCTETS = "base64"
# What stands for a part that cannot be read where the rest of its object can.
UNREAD_OBJECT: dict[str, None] = {"…": None}

_SPACE = re.compile(r"[ \t\n\r]*")
# Possessive and never without a match: no text makes these try twice.
_BRACKETS = re.compile(r'"(?:[^"\\]+|\\.)*+"?|[{\[]+|[}\]]+', re.DOTALL)
_REST = re.compile(r'(?:"(?:[^"\\]+|\\.)*+"?|[^",\[\]{}])*+', re.DOTALL)


class NotReadable(ValueError):
    """The text is not what it should be; the sentence says why."""


class TooManyPieces(NotReadable):
    """The list holds more than was asked for; the rest of it was not looked at."""


@dataclass(frozen=True)
class Piece:
    """One JSON value: its text as sent, what can be read of it, and what is wrong with it.

    A ``fault`` means that the value has no canonical form, whatever can be read of it.
    """

    text: str
    value: Any
    fault: str | None = None


def piece_of(value: object) -> Piece:
    """A value that never was text, as if it had been sent."""
    return Piece(json.dumps(value, sort_keys=True), value)


def read_envelope(payload: bytes, most: int) -> dict[str, Any]:
    """The members of a push, its ``edits`` as Pieces. NotReadable when the frame is broken,
    TooManyPieces when it has more than ``most`` edits.

    Bytes that are not UTF-8 are carried as half characters: they have no canonical form, so only
    the edit they stand in is refused.
    """
    text = payload.decode("utf-8", "surrogateescape").removeprefix(BYTE_ORDER_MARK)
    walk = _Walk(text, most=most)
    members = walk.read_members(pieces="edits")
    walk.require_end()
    for name, member in members.items():
        if isinstance(member, Piece) and member.fault:
            raise NotReadable(f"{name[:40]}: {member.fault}")
    return {
        name: member.value if isinstance(member, Piece) else member
        for name, member in members.items()
    }


def read_kept(body: str) -> Any:
    """What can be read of a kept edit's text; None when nothing can."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _read_some(body)


def plain_kept(body: str) -> str | None:
    """A kept edit written plainly, so that words can be looked for in it; None where it hides
    behind doubled names, bytes that are no text, or depth.
    """
    piece = _Walk(body).read_piece()
    try:
        plain = json.dumps(piece.value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return None
    return None if piece.fault or _read_octets(piece.value) else plain


def show_kept(body: str) -> str:
    """A kept edit's text for people: in lines where it can be read whole, else as it came."""
    piece = _Walk(body).read_piece()
    octets = _read_octets(piece.value)
    shown = octets.decode("utf-8", "backslashreplace") if octets else body
    if plain_kept(body) is not None:
        shown = json.dumps(piece.value, ensure_ascii=False, indent=2)
    return shown.encode("utf-8", "backslashreplace").decode()


def as_kept(text: str) -> str:
    """The text itself where every database can hold it; else its bytes, as JSON with base64."""
    if "\0" not in text and not _has_half_characters(text):
        return text
    octets = text.encode("utf-8", "surrogateescape")
    return json.dumps({OCTETS: base64.b64encode(octets).decode()})


def _read_octets(value: Any) -> bytes | None:
    """What ``as_kept`` wrapped; None of anything else."""
    wrapped = value.get(OCTETS) if isinstance(value, dict) and len(value) == 1 else None
    try:
        return base64.b64decode(wrapped, validate=True) if isinstance(wrapped, str) else None
    except ValueError:
        return None


def _has_half_characters(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


class _Walk:
    """A place in a text that moves on value by value."""

    def __init__(self, text: str, *, most: int = 0, looks_inside: bool = True) -> None:
        self._text = text
        self._at = 0
        self._most = most
        self._looks_inside = looks_inside
        self._doubled: str | None = None
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._note_doubled,
            parse_int=_read_integer,
            parse_float=lambda _digits: math.nan,  # no fraction has a canonical form
        )

    def read_piece(self) -> Piece:
        """The next value, whatever it is; the place moves behind it."""
        self._pass_space()
        begin, self._doubled = self._at, None
        value, fault = None, None
        try:
            value, self._at = self._decoder.raw_decode(self._text, begin)
        except RecursionError:
            fault = TOO_DEEP
        except ValueError:
            fault = NOT_JSON
        if not fault and self._is_followed_well():
            doubled = self._doubled
            return Piece(self._text[begin : self._at], value, doubled and f"{doubled}: twice")
        self._at = _find_end(self._text, begin if fault else self._at)
        text = self._text[begin : self._at]
        # One level only: looking into every level of a deep text would take for ever.
        some = _read_some(text) if self._looks_inside else None
        return Piece(text, some, fault or NOT_JSON)

    def read_members(self, pieces: str | None = None) -> dict[str, Any]:
        """An object's members as Pieces; the one called ``pieces``, if a list, as a list of them.

        NotReadable when it is no object or says a name twice.
        """
        members: dict[str, Any] = {}
        self._require("{")
        if self._take("}"):
            return members
        while True:
            name = self._read_name()
            self._require(":")
            if name in members or len(members) == MAX_MEMBERS:
                raise NotReadable(f"{name[:40]}: twice, or one too many")
            is_list = name == pieces and self._take("[")
            members[name] = self._read_elements() if is_list else self.read_piece()
            if not self._take(","):
                break
        self._require("}")
        return members

    def require_end(self) -> None:
        self._pass_space()
        if self._at != len(self._text):
            raise NotReadable(NOT_JSON)

    def _read_elements(self) -> list[Piece]:
        elements: list[Piece] = []
        if self._take("]"):
            return elements
        while True:
            elements.append(self.read_piece())
            if not elements[-1].text:
                raise NotReadable(NOT_JSON)
            if len(elements) > self._most:
                raise TooManyPieces(f"at most {self._most}")
            if not self._take(","):
                break
        self._require("]")
        return elements

    def _read_name(self) -> str:
        self._pass_space()
        try:
            name, self._at = self._decoder.raw_decode(self._text, self._at)
        except (ValueError, RecursionError) as error:
            raise NotReadable(NOT_JSON) from error
        if not isinstance(name, str):
            raise NotReadable(NOT_JSON)
        return name

    def _is_followed_well(self) -> bool:
        space = _SPACE.match(self._text, self._at)
        at = space.end() if space else self._at
        return self._text[at : at + 1] in ("", ",", "]", "}")

    def _note_doubled(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            counts = Counter(name for name, _ in pairs)
            self._doubled = counts.most_common(1)[0][0][:MAX_NAME_LENGTH]
        return members

    def _take(self, mark: str) -> bool:
        self._pass_space()
        if not self._text.startswith(mark, self._at):
            return False
        self._at += len(mark)
        return True

    def _require(self, mark: str) -> None:
        if not self._take(mark):
            raise NotReadable(NOT_JSON)

    def _pass_space(self) -> None:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at


def _find_end(text: str, at: int) -> int:
    """Where what cannot be read ends: before the comma or bracket that is not its own."""
    while True:
        rest = _REST.match(text, at)
        at = rest.end() if rest else at
        if text[at : at + 1] not in ("{", "["):
            return at
        at = _find_close(text, at)


def _find_close(text: str, begin: int) -> int:
    """Behind the bracket that closes the one at ``begin``."""
    depth = 0
    for found in _BRACKETS.finditer(text, begin):
        marks = found[0]
        if marks[0] in "{[":
            depth += len(marks)
        elif marks[0] in "}]":
            if len(marks) >= depth:
                return found.start() + depth
            depth -= len(marks)
    raise NotReadable(NOT_JSON)


def _read_some(text: str) -> Any:
    """The members that can be read of an object that cannot be read whole; None of others."""
    try:
        members = _Walk(text, looks_inside=False).read_members()
    except NotReadable:
        return None
    return {name: _stand_in(member) for name, member in members.items()}


def _stand_in(member: Piece) -> Any:
    if not member.fault:
        return member.value
    return UNREAD_OBJECT if member.text.startswith("{") else None


def _read_integer(digits: str) -> int | float:
    """A whole number; one of endless digits has no canonical form, and only its edit is refused."""
    return int(digits) if len(digits) <= MAX_DIGITS else math.inf
