"""Compares what the office did with what the log was told: merges, answers, conflicts, owners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Device
from server.edits.models import EditRow, RefusalAnswer
from server.fleet.merges import KINDS
from server.inspections.conflicts import conflict_evidence
from server.inspections.models import Conflict, Inspection
from server.inspections.store import KIND
from server.verify.damage import Damage, differing, read_object
from server.verify.leaves import Ledger

Name = tuple[str, ...]
ANSWERED = ("device", "digest", "state", "note", "user", "at_ms")


def check_office(session: Session, company: str, ledger: Ledger) -> Iterator[Damage]:
    """Merges, answers to refusals, conflicts and the owners of records are as they were told."""
    yield from _compare(_told_merges(ledger), _found_merges(session, company))
    yield from _compare(_told_answers(ledger), _found_answers(session, company))
    yield from _compare(_told_conflicts(ledger), _found_conflicts(session, company))
    yield from _check_settled(session, company)
    yield from _check_owners(session, company, ledger)


def _compare(told: dict[Name, Any], found: dict[Name, Any]) -> Iterator[Damage]:
    for name in sorted({*told, *found}):
        place = "/".join(name)
        if name not in told:
            yield Damage("row_untold", place)
        elif name not in found:
            yield Damage("row_missing", place)
        elif wrong := differing(told[name], found[name]):
            yield Damage("row_altered", place, wrong)


def _of(ledger: Ledger, kind: str) -> Iterator[dict[str, Any]]:
    return (told for told in ledger.others if told["kind"] == kind)


def _told_merges(ledger: Ledger) -> dict[Name, Any]:
    merges: dict[Name, Any] = {}
    for told in _of(ledger, "link"):
        name = ("merge", str(told.get("what")), str(told.get("id")))
        if told.get("undone"):
            merges.pop(name, None)
        else:
            merges[name] = {"into": told.get("into"), "at_ms": told.get("at_ms")}
    return merges


def _found_merges(session: Session, company: str) -> dict[Name, Any]:
    return {
        ("merge", kind.word, getattr(row, kind.merged.key)): {"into": row.into, "at_ms": row.at_ms}
        for kind in KINDS.values()
        for row in session.scalars(select(kind.merge).where(kind.merge.company == company))
    }


def _told_answers(ledger: Ledger) -> dict[Name, Any]:
    return {
        ("answer", str(told.get("device")), str(told.get("digest"))): {
            name: told.get(name) for name in ANSWERED
        }
        for told in _of(ledger, "answer")
    }


def _found_answers(session: Session, company: str) -> dict[Name, Any]:
    rows = session.scalars(select(RefusalAnswer).where(RefusalAnswer.company == company))
    return {
        ("answer", row.device, row.digest): {name: getattr(row, name) for name in ANSWERED}
        for row in rows
    }


def _told_conflicts(ledger: Ledger) -> dict[Name, Any]:
    found: dict[Name, Any] = {}
    for told in _of(ledger, "conflict"):
        plain = {name: value for name, value in told.items() if name != "kind"}
        found[_conflict_name(plain)] = plain
    return found


def _found_conflicts(session: Session, company: str) -> dict[Name, Any]:
    rows = session.scalars(select(Conflict).where(Conflict.company == company))
    told = [conflict_evidence(row) for row in rows]
    return {_conflict_name(one): one for one in told}


def _conflict_name(told: dict[str, Any]) -> Name:
    return ("conflict", *(str(told.get(name)) for name in ("inspection", "field", "edit")))


def _check_settled(session: Session, company: str) -> Iterator[Damage]:
    """A task is over by the first edit of the office's after it that gave its field a value, and
    by nothing else.
    """
    said = _read_said(session, company)
    for row in session.scalars(select(Conflict).where(Conflict.company == company)):
        after = [one for one in said[row.inspection, row.field] if one[0] > row.seq]
        wanted = after[0][1:] if after else (None, None)
        if (row.settled_at_ms, row.settled_by) != wanted:
            code = "conflict_reopened" if after else "conflict_unsettled"
            yield Damage(code, f"{row.inspection}/{row.field}")


def _read_said(session: Session, company: str) -> dict[Name, list[tuple[int, int, str]]]:
    """By record and field: the office's accepted edits of it, as (number, when, seat)."""
    query = (
        select(EditRow)
        .join(Device, (Device.company == EditRow.company) & (Device.id == EditRow.device))
        .where(
            EditRow.company == company,
            EditRow.kind == KIND,
            EditRow.state == "accepted",
            Device.kind == "office",
            EditRow.record.in_(select(Conflict.inspection).where(Conflict.company == company)),
        )
        .order_by(EditRow.seq)
    )
    said: dict[Name, list[tuple[int, int, str]]] = defaultdict(list)
    for edit in session.scalars(query):
        for field in read_object(edit.body).get("fields") or {}:
            said[edit.record, field].append((edit.seq, edit.received_at_ms, edit.device))
    return said


def _check_owners(session: Session, company: str, ledger: Ledger) -> Iterator[Damage]:
    """A record is of the device that wrote its first edit, or whose refused edit was released."""
    released = {
        number: told.get("device")
        for told in _of(ledger, "answer")
        for number in told.get("edits") or []
    }
    seats = set(
        session.scalars(select(Device.id).where(Device.company == company, Device.kind == "office"))
    )
    seen: set[str] = set()
    query = (
        select(EditRow.record, EditRow.seq, EditRow.device, Inspection.device.label("owner"))
        .join(
            Inspection,
            (Inspection.company == EditRow.company) & (Inspection.id == EditRow.record),
        )
        .where(EditRow.company == company, EditRow.kind == KIND, EditRow.state == "accepted")
        .order_by(EditRow.seq)
    )
    for row in session.execute(query):
        if row.record in seen:
            continue
        seen.add(row.record)
        author = released.get(row.seq) if row.device in seats else row.device
        if author != row.owner:
            yield Damage("owner_altered", row.record)
