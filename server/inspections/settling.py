"""A reviewer's word in a dispute: the field gets one of its values, said by the office."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.rights import may
from server.evidence.store import lock_log
from server.inspections.derive import LINKS
from server.inspections.disputes import UNSAID, Dispute, read_disputes
from server.inspections.models import Inspection
from server.inspections.reading import read_inspection
from server.inspections.review import is_own, require_unchanged, write_fields
from server.problems import Problem

SETTLEABLE = ("finished", "returned", "confirmed")


def may_settle(user: User, own: bool, row: Inspection, field: str) -> bool:
    """True when this user may say what this field of the record is."""
    right = "match" if field in LINKS else "review"
    return (
        not own and row.status in SETTLEABLE and may(user.role, "review") and may(user.role, right)
    )


def settle_dispute(
    session: Session,
    user: User,
    record: str,
    chosen: tuple[str, int],
    seen: str | None,
    now_ms: int,
) -> Inspection:
    """Give a field (its name and the number of the edit that says it right) that edit's value, or
    raise why not. Doing the other undoes it. The caller commits.
    """
    field, seq = chosen
    lock_log(session, user.company)
    row = read_inspection(session, user, record)
    if not may(user.role, "review"):
        raise Problem("not_allowed")
    if is_own(session, user, row):
        raise Problem("own_record")
    if row.status not in SETTLEABLE:
        raise Problem("move_forbidden", row.status)
    if not may_settle(user, False, row, field):
        raise Problem("not_allowed")
    require_unchanged(row, seen)
    dispute = next((one for one in read_disputes(session, row) if one.field == field), None)
    if dispute is None:
        raise Problem("not_found")
    write_fields(session, user, [(row, {field: _read_value(dispute, seq)})], now_ms)
    return row


def _read_value(dispute: Dispute, seq: int) -> Any:
    for side in (dispute.present, *dispute.rivals):
        if side.seq == seq:
            return _nothing(dispute.field) if seq == UNSAID and side.value is None else side.value
    raise Problem("field_malformed", str(seq))


def _nothing(field: str) -> Any:
    """How a field says that it holds nothing."""
    return {"value": None} if field.startswith("answers/") else None
