"""What waits for a reviewer: records with conflicts and late evidence, and refused edits."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import Session

from server.accounts.models import Device, User
from server.edits.models import EditRow, Quarantined, RefusalAnswer
from server.inspections.models import Conflict, Inspection
from server.inspections.reading import in_scope, read_inspections
from server.inspections.settling import SETTLEABLE
from server.problems import Problem

MOST_COUNTED = 100  # beyond it a bar says "99+"


@dataclass(frozen=True)
class Task:
    """One record with something open: how many fields in conflict, how many with late evidence."""

    row: Inspection
    conflicts: int
    late: int
    opened_at_ms: int


@dataclass(frozen=True)
class TaskPage:
    """Oldest first; ``after`` continues the list."""

    tasks: list[Task]
    after: str | None


def list_tasks(session: Session, user: User, after: str | None, most: int) -> TaskPage:
    """Records of this user's scope on which somebody has to say what counts."""
    opened = func.min(Conflict.opened_at_ms)
    query = (
        select(Conflict.inspection, opened.label("opened_at_ms"))
        .join(Inspection, _of_inspection())
        .where(*_waiting(user))
        .group_by(Conflict.inspection)
    )
    if after:
        query = query.having(tuple_(opened, Conflict.inspection) > tuple_(*_parse_after(after)))
    found = session.execute(query.order_by(opened, Conflict.inspection).limit(most + 1)).all()
    page = found[:most]
    rows = {row.id: row for row in read_inspections(session, user, [one[0] for one in page])}
    counts = _count_fields(session, user.company, list(rows))
    tasks = [Task(rows[record], *counts[record], opened_at_ms) for record, opened_at_ms in page]
    last = page[-1] if len(found) > most else None
    return TaskPage(tasks, f"{last.opened_at_ms}:{last.inspection}" if last else None)


def _of_inspection() -> ColumnElement[bool]:
    return and_(Inspection.company == Conflict.company, Inspection.id == Conflict.inspection)


def _waiting(user: User) -> tuple[ColumnElement[bool], ...]:
    own = select(Device.id).where(Device.company == user.company, Device.user == user.id)
    return (
        in_scope(user),
        Conflict.company == user.company,
        Conflict.settled_at_ms.is_(None),
        Inspection.status.in_(SETTLEABLE),
        Inspection.device.not_in(own),  # nobody decides on their own
    )


def _parse_after(after: str) -> tuple[int, str]:
    at_ms, _, record = after.partition(":")
    if not at_ms.isdecimal() or len(at_ms) > 15:
        raise Problem("cursor_invalid")
    return int(at_ms), record


def _count_fields(session: Session, company: str, records: list[str]) -> dict[str, tuple[int, int]]:
    """(conflicts, late) of each record: fields, not edits."""
    rows = session.execute(
        select(Conflict.inspection, Conflict.field, EditRow.state)
        .join(EditRow, (EditRow.company == Conflict.company) & (EditRow.seq == Conflict.seq))
        .where(
            Conflict.company == company,
            Conflict.inspection.in_(records),
            Conflict.settled_at_ms.is_(None),
        )
    )
    late: dict[str, set[str]] = {record: set() for record in records}
    disputed: dict[str, set[str]] = {record: set() for record in records}
    for record, field, state in rows:
        (late if state == "late" else disputed)[record].add(field)
    return {record: (len(disputed[record]), len(late[record])) for record in records}


def count_tasks(session: Session, user: User) -> int:
    """How many records wait for this user's word, up to ``MOST_COUNTED``."""
    waiting = (
        select(Conflict.inspection)
        .join(Inspection, _of_inspection())
        .where(*_waiting(user))
        .distinct()
        .limit(MOST_COUNTED)
    )
    return _count(session, waiting)


def count_open_refusals(session: Session, company: str) -> int:
    """How many refused edits nobody has answered yet, up to ``MOST_COUNTED``."""
    waiting = select(Quarantined.digest).where(Quarantined.company == company, is_unanswered())
    return _count(session, waiting.limit(MOST_COUNTED))


def is_unanswered() -> ColumnElement[bool]:
    """True of a refused edit that the office has neither released nor explained."""
    answered = select(RefusalAnswer.digest).where(
        RefusalAnswer.company == Quarantined.company,
        RefusalAnswer.device == Quarantined.device,
        RefusalAnswer.digest == Quarantined.digest,
    )
    return ~answered.exists()


def _count(session: Session, query: Select[str]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
