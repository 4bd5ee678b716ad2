"""The receipt each edit gets, decided from what is known: a pure rule, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from server.edits.ordering import Orders
from server.edits.wire import Piece, as_kept, piece_of
from sync.canonical import MAX_INTEGER, NotCanonical, canonical_json
from sync.edit import GENESIS, Edit, InvalidEdit, parse_edit
from sync.stamp import parse_stamp

MAX_STAMP = 40
MAX_DETAIL = 300


@dataclass(frozen=True)
class Receipt:
    """What the server says of one edit, the same for ever."""

    stamp: str | None
    state: str  # accepted | late | refused
    problem: str | None = None
    detail: str = ""
    ordered_as: str | None = None


@dataclass(frozen=True)
class Incoming:
    """One element of a push as it came: its text, its hash, and the edit in it if it is one.

    ``body`` is the canonical form, or the text as it came where there is none (``has_form``).
    """

    raw: object
    body: str
    digest: str
    edit: Edit | InvalidEdit
    has_form: bool = True

    @property
    def stamp(self) -> str | None:
        """What it calls its stamp, when that can be kept and said again."""
        stamp = self.raw.get("stamp") if isinstance(self.raw, dict) else None
        fits = isinstance(stamp, str) and len(stamp) <= MAX_STAMP and stamp.isprintable()
        return stamp if fits else None

    @property
    def serial(self) -> int | None:
        """Its serial, also when something else about it is wrong: it did arrive."""
        serial = self.raw.get("serial") if isinstance(self.raw, dict) else None
        return serial if type(serial) is int and 1 <= serial <= MAX_INTEGER else None


@dataclass
class Kept:
    """A stored edit as the rule needs it."""

    digest: str
    prev: str
    receipt: Receipt


@dataclass
class Known:
    """What the log and the quarantine hold that could touch this push; grows as it is decided."""

    by_stamp: dict[str, Kept] = field(default_factory=dict)
    by_serial: dict[int, Kept] = field(default_factory=dict)
    quarantined: dict[str, Receipt] = field(default_factory=dict)
    quarantined_stamps: set[str] = field(default_factory=set)
    orders: Orders = field(default_factory=Orders)


@dataclass(frozen=True)
class Seen:
    """An edit that came before, with the receipt it got then."""

    receipt: Receipt


@dataclass(frozen=True)
class Misplaced:
    """An edit with no place of its own in the device's chain, and why."""

    receipt: Receipt


@dataclass(frozen=True)
class Placed:
    """A new edit in its place. ``order`` is the stamp that counts in the merge."""

    edit: Edit
    order: str


def read_incoming(raw: object) -> Incoming:
    """What ``read_piece`` makes of a value that never was text."""
    return read_piece(piece_of(raw))


def read_piece(piece: Piece) -> Incoming:
    """Parse one element of a push without ever failing: what cannot be parsed says why."""
    form = None if piece.fault else _read_form(piece.value)
    body = as_kept(piece.text) if form is None else form
    digest = sha256(body.encode()).hexdigest()
    return Incoming(piece.value, body, digest, _parse(piece), form is not None)


def _read_form(value: object) -> str | None:
    try:
        return canonical_json(value).decode()
    except NotCanonical:
        return None


def _parse(piece: Piece) -> Edit | InvalidEdit:
    try:
        edit = parse_edit(piece.value)
    except InvalidEdit as invalid:
        return invalid
    return InvalidEdit("not_canonical", piece.fault) if piece.fault else edit


def place_edit(
    known: Known, incoming: Incoming, device: str, now_ms: int
) -> Seen | Misplaced | Placed:
    """Rules 1, 2, 3 and 5 of the protocol, for one edit of this device."""
    seen = _seen_before(known, incoming)
    if seen:
        return Seen(seen)
    if isinstance(incoming.edit, InvalidEdit):
        refused = incoming.edit
        return Misplaced(Receipt(incoming.stamp, "refused", refused.code, tellable(refused.detail)))
    problem = _identity_problem(known, incoming.edit, device)
    if problem:
        return Misplaced(Receipt(incoming.stamp, "refused", *problem))
    claimed = parse_stamp(incoming.edit.stamp)
    order = known.orders.order(claimed, device, now_ms) if claimed else incoming.edit.stamp
    return Placed(incoming.edit, order)


def tellable(detail: str) -> str:
    """A detail that can be kept and sent: bounded, without half characters, and without NULs,
    which are text to us and to SQLite but to no other database.
    """
    told = detail[:MAX_DETAIL].replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()
    return told[:MAX_DETAIL]


def _seen_before(known: Known, incoming: Incoming) -> Receipt | None:
    kept = known.by_stamp.get(incoming.stamp or "")
    if kept and kept.digest == incoming.digest:
        return kept.receipt
    return known.quarantined.get(incoming.digest)


def _identity_problem(known: Known, edit: Edit, device: str) -> tuple[str, str] | None:
    if not edit.stamp.endswith(device):
        return "stamp_foreign", f"the device is {device}"
    if edit.stamp in known.by_stamp or edit.stamp in known.quarantined_stamps:
        return "stamp_reused", edit.stamp
    if edit.serial in known.by_serial:
        return "serial_reused", str(edit.serial)
    return _chain_problem(known, edit)


def _chain_problem(known: Known, edit: Edit) -> tuple[str, str] | None:
    before = known.by_serial.get(edit.serial - 1)
    after = known.by_serial.get(edit.serial + 1)
    wanted = GENESIS if edit.serial == 1 else before.digest if before else edit.prev
    if edit.prev != wanted:
        return "chain_broken", f"prev of serial {edit.serial}"
    if after and after.prev != edit.digest:
        return "chain_broken", f"prev of serial {edit.serial + 1}"
    return None


def missing_serials(serials: list[int]) -> list[list[int]]:
    """The gaps in a device's serials, 1 up to the greatest, as [first, last] pairs."""
    gaps: list[list[int]] = []
    expected = 1
    for serial in sorted(set(serials)):
        if serial > expected:
            gaps.append([expected, serial - 1])
        expected = serial + 1
    return gaps


def stamp_digest(names: list[str]) -> str:
    """SHA-256 of the sorted names, each followed by a newline: the protocol's proof."""
    text = "".join(f"{name}\n" for name in sorted(set(names)))
    return sha256(text.encode()).hexdigest()


def as_reply(receipt: Receipt, problem: dict[str, Any] | None) -> dict[str, Any]:
    """The receipt as the wire has it."""
    reply: dict[str, Any] = {"stamp": receipt.stamp, "state": receipt.state}
    if problem:
        reply["problem"] = problem
    if receipt.ordered_as:
        reply["ordered_as"] = receipt.ordered_as
    return reply
