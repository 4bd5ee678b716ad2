"""The history of one record's edits: who changed what from what to what, and what did not count."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Device, User
from server.edits.models import EditRow
from server.edits.reading import read_history
from server.inspections.models import Inspection
from server.inspections.store import KIND
from sync.merge import RecordState, merge_fields
from sync.stamp import parse_stamp

CLAIM_OFF_MS = 2 * 60_000
NOBODY = "0" * 16  # in the place of a device


@dataclass(frozen=True)
class FieldChange:
    """A field before and after; None is empty."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class HistoryEntry:
    """One edit as it counted. ``who`` is None where the author is not to be known.

    ``lost`` came too late against a newer value: (field, what was offered, what counts).
    """

    seat: str  # phone | office
    who: str | None
    received_at_ms: int
    claimed_at_ms: int
    ordered_anew: bool
    state: str  # accepted | late | refused
    problem: str | None
    detail: str
    won: list[FieldChange]
    lost: list[FieldChange]

    @property
    def claim_is_off(self) -> bool:
        """The device's clock claimed a time after the receipt."""
        return self.claimed_at_ms > self.received_at_ms + CLAIM_OFF_MS


def read_record_history(session: Session, row: Inspection) -> list[HistoryEntry]:
    """Every edit of the record, newest first, replayed by the rule that merged them."""
    edits = read_history(session, row.company, KIND, row.id)
    seats = read_seats(session, row.company, {edit.device for edit in edits})
    hidden = is_author_hidden(edits)
    state: RecordState = {}
    entries: list[HistoryEntry] = []
    for edit in edits:
        entry, state = _replay(edit, state, *seats[edit.device], hidden)
        entries.append(entry)
    return entries[::-1]


def read_fields(session: Session, user: User, row: Inspection) -> RecordState:
    """A record's merged fields. Where the author is hidden, stamps do not tell the device either:
    the same device writes open records, whose author is known.
    """
    state: RecordState = json.loads(row.fields)
    author = read_seats(session, row.company, {row.device})[row.device][1]
    hidden = author.role == "inspector_social" or is_author_hidden(
        read_history(session, row.company, KIND, row.id)
    )
    if not hidden or author.id == user.id:
        return state
    return {
        name: {**entry, "stamp": entry["stamp"][: -len(NOBODY)] + NOBODY}
        for name, entry in state.items()
    }


def is_author_hidden(edits: list[EditRow]) -> bool:
    """A record that was undercover in any of its edits keeps its author to itself for good.

    So does one whose mode has not arrived: it may be.
    """
    modes = {_fields(edit).get("mode") for edit in edits} - {None}
    return not modes or "undercover" in modes


def _fields(edit: EditRow) -> dict[str, Any]:
    return json.loads(edit.body)["fields"]


def read_seats(session: Session, company: str, devices: set[str]) -> dict[str, tuple[Device, User]]:
    """Devices with whose they are, by device."""
    rows = session.execute(
        select(Device, User)
        .join(User, (User.company == Device.company) & (User.id == Device.user))
        .where(Device.company == company, Device.id.in_(devices))
    )
    return {device.id: (device, user) for device, user in rows}


def _replay(
    edit: EditRow, state: RecordState, device: Device, user: User, hidden: bool
) -> tuple[HistoryEntry, RecordState]:
    fields = _fields(edit)
    stamp = parse_stamp(edit.stamp)
    merge = merge_fields(state, fields, edit.ordered_as or edit.stamp)
    counts = edit.state == "accepted"
    won = _read_order(merge.won if counts else [])
    lost = _read_order(merge.lost if counts else list(fields))
    entry = HistoryEntry(
        seat=device.kind,
        who=name_writer(device, user, hidden),
        received_at_ms=edit.received_at_ms,
        claimed_at_ms=stamp.ms if stamp else edit.received_at_ms,
        ordered_anew=edit.ordered_as is not None,
        state=edit.state,
        problem=edit.problem,
        detail=edit.detail,
        won=[FieldChange(name, _value(state, name), fields[name]) for name in won],
        lost=[FieldChange(name, fields[name], _value(state, name)) for name in lost],
    )
    return entry, merge.state if counts else state


def name_writer(device: Device, user: User, hidden: bool) -> str | None:
    """Who wrote an edit, None where that is not to be known."""
    secret = device.kind == "phone" and (hidden or user.role == "inspector_social")
    return None if secret else user.display_name


def _read_order(names: list[str]) -> list[str]:
    """What the record is about before what was answered."""
    return sorted(names, key=lambda name: ("/" in name, name))


def _value(state: RecordState, name: str) -> Any:
    return state[name]["value"] if name in state else None


def mentioned_ids(entries: list[HistoryEntry]) -> set[str]:
    """Every short text a history holds: among them the ids whose names it needs."""
    values = [
        value
        for entry in entries
        for change in entry.won + entry.lost
        if change.field in ("vehicle", "driver", "conductor")
        for value in (change.before, change.after)
    ]
    return {value for value in values if isinstance(value, str)}
