"""Folds the log anew and compares: every record, and all that is derived from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.edits.models import EditRow
from server.inspections.derive import Deriving, Hanging, count_verified, derive_row
from server.inspections.models import Finding, Inspection, PhotoUse
from server.inspections.store import KIND
from server.verify.damage import Damage, differing, read_object
from server.verify.leaves import PAGE, Ledger, won_hash
from sync.merge import RecordState, merge_fields

FOLDED = (
    EditRow.record,
    EditRow.seq,
    EditRow.device,
    EditRow.state,
    EditRow.body,
    EditRow.stamp,
    EditRow.ordered_as,
    EditRow.received_at_ms,
)
CHUNK = 200  # records compared at a time
# Not derived from the fields: identity, the log's own numbers, and what photos decide.
_APART = {
    "company",
    "id",
    "device",
    "fields",
    "change_seq",
    "first_received_at_ms",
    "photos_verified",
    "completed_at_ms",
}
DERIVED = tuple(
    attribute.key for attribute in inspect(Inspection).column_attrs if attribute.key not in _APART
)


@dataclass
class Folded:
    """A record as its edits make it. ``first``: the receipt and device of the first that counts."""

    record: str
    state: RecordState = field(default_factory=dict)
    first: tuple[int, str] | None = None
    wrong: list[int] = field(default_factory=list)


def check_records(session: Session, company: Company, ledger: Ledger) -> Iterator[Damage]:
    """The fold of the log equals the tables; what the log says an edit won is what it wins."""
    seen: set[str] = set()
    folded = _fold_all(session, company.id, ledger)
    while chunk := list(islice(folded, CHUNK)):
        seen |= {one.record for one in chunk if one.first}
        for one in chunk:
            yield from (Damage("result_altered", str(seq)) for seq in one.wrong)
        yield from _compare(session, company, {one.record: one for one in chunk if one.first})
    rows = session.scalars(select(Inspection.id).where(Inspection.company == company.id))
    for record in sorted(set(rows) - seen):
        yield Damage("record_invented", record)


def _fold_all(session: Session, company: str, ledger: Ledger) -> Iterator[Folded]:
    query = (
        select(*FOLDED)
        .where(EditRow.company == company, EditRow.kind == KIND)
        .order_by(EditRow.record, EditRow.seq)
        .execution_options(yield_per=PAGE)
    )
    for record, edits in groupby(session.execute(query), lambda row: row.record):
        yield _fold(record, edits, ledger)


def _fold(record: str, edits: Iterator[Any], ledger: Ledger) -> Folded:
    folded = Folded(record)
    for row in edits:
        won: list[str] = []
        if row.state == "accepted":
            fields = read_object(row.body).get("fields") or {}
            merge = merge_fields(folded.state, fields, row.ordered_as or row.stamp)
            folded.state, won = merge.state, merge.won
            folded.first = folded.first or (row.received_at_ms, row.device)
        if row.seq <= len(ledger.won) and ledger.won[row.seq - 1] != won_hash(won):
            folded.wrong.append(row.seq)
    return folded


def _compare(session: Session, company: Company, folded: dict[str, Folded]) -> Iterator[Damage]:
    rows = {row.id: row for row in session.scalars(_of(Inspection, company.id, folded))}
    deriving = Deriving(session, company, now_ms=0)
    deriving.look_up([one.state for one in folded.values()])
    kept = _read_hanging(session, company.id, folded)
    verified = count_verified(session, list(rows.values()))
    for record, one in sorted(folded.items()):
        row = rows.get(record)
        if row is None:
            yield Damage("record_missing", record)
        elif read_object(row.fields) != one.state:
            wrong = differing(one.state, read_object(row.fields))
            yield Damage("record_altered", record, wrong)
        else:
            wrong = _wrong_columns(deriving, row, one, kept[record], verified.get(record, 0))
            if wrong:
                yield Damage("derived_altered", record, wrong)
    for row in rows.values():
        session.expunge(row)


def _of(model: type[Any], company: str, folded: dict[str, Folded]) -> Any:
    name = model.id if model is Inspection else model.inspection
    return select(model).where(model.company == company, name.in_(list(folded)))


def _read_hanging(session: Session, company: str, folded: dict[str, Folded]) -> dict[str, Hanging]:
    kept = {record: Hanging([], []) for record in folded}
    for row in session.scalars(_of(Finding, company, folded)):
        kept[row.inspection].findings.append(_as_dict(row))
        session.expunge(row)
    for row in session.scalars(_of(PhotoUse, company, folded)):
        kept[row.inspection].uses.append(_as_dict(row))
        session.expunge(row)
    return kept


def _as_dict(row: Finding | PhotoUse) -> dict[str, Any]:
    return {one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs}


def _wrong_columns(
    deriving: Deriving, row: Inspection, folded: Folded, kept: Hanging, verified: int
) -> str:
    received, _ = folded.first or (0, "")
    anew = Inspection(
        company=row.company, id=row.id, device=row.device, first_received_at_ms=received
    )
    hanging = derive_row(deriving, anew, folded.state)
    wanted = {name: getattr(anew, name) for name in DERIVED}
    found = {name: getattr(row, name) for name in DERIVED}
    wanted |= {"first_received_at_ms": received, "photos_verified": verified}
    found |= {name: getattr(row, name) for name in ("first_received_at_ms", "photos_verified")}
    wanted |= {"findings": _sorted(hanging.findings), "photos": _sorted(hanging.uses)}
    found |= {"findings": _sorted(kept.findings), "photos": _sorted(kept.uses)}
    return differing(wanted, found)


def _sorted(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)
