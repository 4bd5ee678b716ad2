"""Conflicts: two people, one field, neither saw the other; and what came after a decision."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.accounts.models import Device
from server.edits.models import EditRow
from server.edits.reading import read_history
from server.evidence.store import append_evidence, lock_log
from server.inspections.models import Conflict
from sync.canonical import canonical_json
from sync.edit import Edit
from sync.merge import RecordState

CHUNK = 400  # bound variables a statement, well under SQLite's limit


@dataclass(frozen=True)
class Clash:
    """An edit that met another value. ``met``: the stamp of that value, None when there was none.

    ``late``: the office had decided already, so whoever wrote the other value does not matter.
    """

    record: str
    field: str
    seq: int
    met: str | None
    late: bool


def find_clashes(
    edit: Edit, seq: int, state: RecordState, device: str, late: bool = False
) -> list[Clash]:
    """Where the edit says something else than the record, by another device or too late. Pure."""
    found: list[Clash] = []
    for name, value in edit.fields.items():
        present = state.get(name)
        if "\0" in name:  # text to us and to SQLite, but to no other database
            continue
        if present and canonical_json(present["value"]) == canonical_json(value):
            continue
        met = present["stamp"] if present else None
        if late or (met is not None and not met.endswith(device)):
            found.append(Clash(edit.record, name, seq, met, late))
    return found


def open_conflicts(
    session: Session, device: Device, kind: str, clashes: list[Clash], saw: int, now_ms: int
) -> None:
    """Keep those clashes that a reviewer has to decide. ``saw``: the last change that the device
    had pulled, 0 when none.
    """
    for record in dict.fromkeys(clash.record for clash in clashes):
        written = read_writers(session, device.company, kind, record)
        for clash in clashes:
            other = written.get(clash.met or "")
            if clash.record == record and _is_task(clash, other, device, saw):
                _open(session, _conflict(device.company, clash, other, written, now_ms))
    session.flush()


def _open(session: Session, conflict: Conflict) -> None:
    """Keep the task and tell the log: none can be made to vanish unseen."""
    session.add(conflict)
    head = lock_log(session, conflict.company)
    append_evidence(session, head, "conflict", conflict_evidence(conflict))


def conflict_evidence(row: Conflict) -> dict[str, Any]:
    """What the log tells of a task when it arises."""
    names = ("inspection", "field", "seq", "other_seq", "opened_at_ms")
    told = {name: getattr(row, name) for name in names}
    return {"edit": told.pop("seq"), **told}  # a leaf has a ``seq`` of its own


@dataclass(frozen=True)
class Written:
    """An edit that counted, and whose it was."""

    edit: EditRow
    user: str
    fields: dict[str, Any]
    saw: object


def read_writers(session: Session, company: str, kind: str, record: str) -> dict[str, Written]:
    """A record's accepted edits by the stamp that counted for them."""
    edits = [
        edit for edit in read_history(session, company, kind, record) if edit.state == "accepted"
    ]
    users = read_users(session, company, {edit.device for edit in edits})
    found: dict[str, Written] = {}
    for edit in edits:
        body = json.loads(edit.body)
        found[edit.ordered_as or edit.stamp] = Written(
            edit, users[edit.device], body["fields"], body.get("saw")
        )
    return found


def read_users(session: Session, company: str, devices: set[str]) -> dict[str, str]:
    """Whose devices these are."""
    rows = session.execute(
        select(Device.id, Device.user).where(Device.company == company, Device.id.in_(devices))
    )
    return {row.id: row.user for row in rows}


def _is_task(clash: Clash, other: Written | None, device: Device, saw: int) -> bool:
    if clash.late:
        return True
    return other is not None and other.user != device.user and _is_unseen(other, saw)


def _is_unseen(other: Written, saw: int) -> bool:
    """True when the other edit was published after the change that the phone had pulled.

    An office edit names the change before its own. Those of the first release name none: of them
    it is only sure that a phone that never pulled has not seen them.
    """
    return saw <= other.saw if type(other.saw) is int else saw == 0


def _conflict(
    company: str, clash: Clash, other: Written | None, written: dict[str, Written], now_ms: int
) -> Conflict:
    deciding = [one.edit.seq for one in written.values() if "review" in one.fields]
    return Conflict(
        company=company,
        inspection=clash.record,
        field=clash.field,
        seq=clash.seq,
        # Where the record says nothing, the late edit meets the decision itself.
        other_seq=other.edit.seq if other else max(deciding, default=0),
        opened_at_ms=now_ms,
    )


def settle_conflicts(
    session: Session, seat: Device, changes: dict[str, set[str]], now_ms: int
) -> None:
    """The office has given these fields (record → names) a value of its own: nothing is open."""
    records = list(changes)
    for start in range(0, len(records), CHUNK):
        open_ones = session.scalars(
            select(Conflict).where(
                Conflict.company == seat.company,
                Conflict.settled_at_ms.is_(None),
                Conflict.inspection.in_(records[start : start + CHUNK]),
            )
        )
        for one in open_ones:
            if one.field in changes[one.inspection]:
                one.settled_at_ms, one.settled_by = now_ms, seat.id


def count_open(session: Session, company: str, records: list[str]) -> dict[str, int]:
    """How many fields of these records wait for a decision; those with none are not named."""
    found: dict[str, int] = {}
    for start in range(0, len(records), CHUNK):
        rows = session.execute(
            select(Conflict.inspection, func.count(func.distinct(Conflict.field)).label("fields"))
            .where(
                Conflict.company == company,
                Conflict.settled_at_ms.is_(None),
                Conflict.inspection.in_(records[start : start + CHUNK]),
            )
            .group_by(Conflict.inspection)
        )
        found |= {row.inspection: row.fields for row in rows}
    return found
