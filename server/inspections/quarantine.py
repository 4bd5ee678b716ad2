"""Refused edits as the office reads them: kept whole, with nothing that names a secret author."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from server.accounts.models import Device, User
from server.accounts.rights import may
from server.edits.models import Quarantined
from server.edits.reading import read_history
from server.inspections.history import is_author_hidden
from server.inspections.models import Inspection
from server.inspections.store import KIND
from server.problems import Problem

HIDDEN = "················"


@dataclass(frozen=True)
class Refusal:
    """One refused edit. ``device`` is None where it would name its author, ``body`` where this
    reader may not read undercover records; ``record`` is the inspection it was meant for.
    """

    received_at_ms: int
    problem: str
    detail: str
    device: str | None
    record: str | None
    body: str | None


@dataclass(frozen=True)
class RefusalPage:
    """Newest first; ``after`` continues the list."""

    rows: list[Refusal]
    after: str | None


def list_refusals(session: Session, user: User, after: str | None, most: int) -> RefusalPage:
    """What this company's server refused and kept."""
    query = (
        select(Quarantined, Device, User)
        .join(Device, (Device.company == Quarantined.company) & (Device.id == Quarantined.device))
        .join(User, (User.company == Device.company) & (User.id == Device.user))
        .where(Quarantined.company == user.company)
    )
    place = tuple_(Quarantined.received_at_ms, Quarantined.digest, Quarantined.device)
    if after:
        query = query.where(place < tuple_(*_parse_after(after)))
    query = query.order_by(
        Quarantined.received_at_ms.desc(), Quarantined.digest.desc(), Quarantined.device.desc()
    )
    rows = list(session.execute(query.limit(most + 1)))
    shown = [_present(session, user, *row) for row in rows[:most]]
    last = rows[most - 1][0] if len(rows) > most else None
    place_of = f"{last.received_at_ms}:{last.digest}:{last.device}" if last else None
    return RefusalPage(shown, place_of)


def _parse_after(after: str) -> tuple[int, str, str]:
    at_ms, _, rest = after.partition(":")
    digest, _, device = rest.partition(":")
    if not at_ms.isdecimal() or len(at_ms) > 15:
        raise Problem("cursor_invalid")
    return int(at_ms), digest, device


def _present(
    session: Session, reader: User, row: Quarantined, device: Device, author: User
) -> Refusal:
    record = _read_record(session, row)
    undercover = "undercover" in row.body or _may_be_undercover(session, row, record)
    readable = not undercover or may(reader.role, "read_undercover")
    hidden = undercover or author.role == "inspector_social"
    # Even a device's bare id would tell which records have one author.
    mask = (lambda text: text.replace(device.id, HIDDEN)) if hidden else str
    return Refusal(
        row.received_at_ms,
        row.problem,
        mask(row.detail) if readable else "",
        None if hidden else device.name,
        record.id if record and readable else None,
        mask(_as_lines(row.body)) if readable else None,
    )


def _may_be_undercover(session: Session, row: Quarantined, record: Inspection | None) -> bool:
    if record is None:  # nothing of it was ever taken, so only this fragment can tell its mode
        return '"mode":' not in row.body
    return is_author_hidden(read_history(session, record.company, KIND, record.id))


def _as_lines(body: str) -> str:
    shown = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    return shown.encode("utf-8", "backslashreplace").decode()


def _read_record(session: Session, row: Quarantined) -> Inspection | None:
    raw = json.loads(row.body)
    named = raw.get("record") if isinstance(raw, dict) else None
    return session.get(Inspection, (row.company, named)) if isinstance(named, str) else None
