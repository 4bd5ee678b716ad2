"""What of one record waits for a reviewer's word: a field, its value, and the ones beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Device, User
from server.clock import format_instant
from server.edits.models import EditRow
from server.edits.reading import read_history
from server.inspections.history import is_author_hidden, name_writer, read_seats
from server.inspections.models import Conflict, Inspection
from server.inspections.store import KIND
from sync.canonical import canonical_json

UNSAID = 0  # in the place of an edit's number: the record says nothing of this field


@dataclass(frozen=True)
class Side:
    """One value and where it comes from. ``seq``: the edit that says so; ``who`` is None where
    the author is not to be known; ``late``: it came after the office had decided.
    """

    seq: int
    value: Any
    seat: str | None = None
    who: str | None = None
    received_at_ms: int | None = None
    late: bool = False


@dataclass(frozen=True)
class Dispute:
    """A field on which two people disagree. ``present`` counts now, ``rivals`` do not."""

    field: str
    present: Side
    rivals: list[Side]
    opened_at_ms: int
    settled_at_ms: int | None

    @property
    def is_late(self) -> bool:
        """True when all that is said otherwise came after the office had decided."""
        return bool(self.rivals) and all(side.late for side in self.rivals)


def read_disputes(session: Session, row: Inspection) -> list[Dispute]:
    """The record's disputes: open ones first, then those that were settled."""
    kept = session.scalars(
        select(Conflict)
        .where(Conflict.company == row.company, Conflict.inspection == row.id)
        .order_by(Conflict.opened_at_ms, Conflict.seq)
    )
    by_field: dict[str, list[Conflict]] = {}
    for one in kept:
        by_field.setdefault(one.field, []).append(one)
    if not by_field:
        return []
    log = _read_log(session, row)
    found = [_dispute(log, name, conflicts) for name, conflicts in by_field.items()]
    return sorted(found, key=lambda one: (one.settled_at_ms is not None, one.opened_at_ms))


@dataclass(frozen=True)
class _Log:
    """One record's edits, whose they are, and what its fields say now."""

    edits: dict[int, EditRow]
    seats: dict[str, tuple[Device, User]]
    hidden: bool
    state: dict[str, dict[str, Any]]

    def side(self, seq: int, field: str) -> Side:
        edit = self.edits[seq]
        device, user = self.seats[edit.device]
        return Side(
            seq,
            json.loads(edit.body)["fields"].get(field),
            device.kind,
            name_writer(device, user, self.hidden),
            edit.received_at_ms,
            edit.state == "late",
        )

    def writer(self, side: Side) -> tuple[str | None, bool]:
        """Whose word a side is; what the same person said too late is another word."""
        edit = self.edits.get(side.seq)
        return (self.seats[edit.device][1].id if edit else None), side.late

    def present(self, field: str) -> Side:
        entry = self.state.get(field)
        if entry is None:
            return Side(UNSAID, None)
        for edit in self.edits.values():
            if edit.state == "accepted" and (edit.ordered_as or edit.stamp) == entry["stamp"]:
                return self.side(edit.seq, field)
        return Side(UNSAID, entry["value"])


def _read_log(session: Session, row: Inspection) -> _Log:
    edits = read_history(session, row.company, KIND, row.id)
    return _Log(
        {edit.seq: edit for edit in edits},
        read_seats(session, row.company, {edit.device for edit in edits}),
        is_author_hidden(edits),
        json.loads(row.fields),
    )


def _dispute(log: _Log, field: str, conflicts: list[Conflict]) -> Dispute:
    present = log.present(field)
    is_open = any(one.settled_at_ms is None for one in conflicts)
    live = [one for one in conflicts if one.settled_at_ms is None or not is_open]
    return Dispute(
        field,
        present,
        _rivals(log, field, live, present),
        min(one.opened_at_ms for one in live),
        None if is_open else max(one.settled_at_ms or 0 for one in live),
    )


def _rivals(log: _Log, field: str, conflicts: list[Conflict], present: Side) -> list[Side]:
    """What else was said, each person's newest word, newest first."""
    said: dict[tuple[str | None, bool], Side] = {}
    for side in _sides(log, field, conflicts):
        said[log.writer(side)] = side
    if not any(one.settled_at_ms is not None for one in conflicts):
        said.pop(log.writer(present), None)  # they have changed their own word since
    unlike = [side for side in said.values() if not _same(side.value, present.value)]
    return sorted(unlike, key=lambda side: -side.seq)


def _sides(log: _Log, field: str, conflicts: list[Conflict]) -> Iterable[Side]:
    seqs = {seq for one in conflicts for seq in (one.seq, one.other_seq)}
    sides = [log.side(seq, field) for seq in sorted(seqs & log.edits.keys())]
    # A late edit may have met the decision itself, which says nothing of the field.
    return [side for side in sides if field in json.loads(log.edits[side.seq].body)["fields"]]


def _same(one: Any, other: Any) -> bool:
    return canonical_json(one) == canonical_json(other)


def mentioned_links(disputes: list[Dispute]) -> set[str]:
    """The ids whose names these disputes need."""
    values = [
        side.value
        for one in disputes
        if one.field in ("vehicle", "driver", "conductor")
        for side in (one.present, *one.rivals)
    ]
    return {value for value in values if isinstance(value, str)}


def present_disputes(disputes: list[Dispute]) -> list[dict[str, Any]]:
    """Disputes as the API gives them. Nothing here says who wrote what."""
    return [
        {
            "field": one.field,
            "open": one.settled_at_ms is None,
            "late": one.is_late,
            "opened_at": format_instant(one.opened_at_ms),
            "settled_at": format_instant(one.settled_at_ms) if one.settled_at_ms else None,
            "value": one.present.value,
            "others": [_present_side(side) for side in one.rivals],
        }
        for one in disputes
    ]


def _present_side(side: Side) -> dict[str, Any]:
    return {
        "value": side.value,
        "seat": side.seat,
        "received_at": format_instant(side.received_at_ms or 0),
    }
