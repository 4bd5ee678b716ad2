"""What the log says of a device and of a record: gaps, proof, history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session

from server.accounts.models import Device
from server.edits.models import EditRow, Quarantined
from server.edits.receipts import missing_serials
from server.edits.wire import read_kept
from server.evidence.models import LogHead

CLOCK_STEP_MS = 2 * 60_000  # clocks are put right by seconds all the time


def read_missing_serials(session: Session, device: Device) -> list[list[int]]:
    """The serials of this device that never arrived, as [first, last] pairs."""
    mine = (EditRow.company == device.company, EditRow.device == device.id)
    count, greatest = session.execute(
        select(func.count(EditRow.serial), func.max(EditRow.serial)).where(*mine)
    ).one()
    refused = {serial for serial in session.scalars(_refused(device, Quarantined.serial)) if serial}
    if count == max(greatest or 0, *refused, 0):  # 1, 2, 3, … without gaps: the usual case
        return []
    return missing_serials([*session.scalars(select(EditRow.serial).where(*mine)), *refused])


def _refused(device: Device, column: Any) -> Select[Any]:
    return select(column).where(
        Quarantined.company == device.company, Quarantined.device == device.id
    )


def read_stamps(session: Session, device: Device) -> list[str]:
    """The stamps of all of this device's edits that have a receipt."""
    stamps = set(
        session.scalars(
            select(EditRow.stamp).where(
                EditRow.company == device.company, EditRow.device == device.id
            )
        )
    )
    refused = session.scalars(_refused(device, Quarantined.stamp))
    return sorted(stamps | {stamp for stamp in refused if stamp})


def is_clock_behind(session: Session, now_ms: int, company: str | None = None) -> bool:
    """True when the newest edit of a log (of any, unless one is named) was received "later"."""
    newest = (
        select(func.max(EditRow.received_at_ms))
        .join(LogHead, (LogHead.company == EditRow.company) & (LogHead.size == EditRow.seq))
        .where(true() if company is None else LogHead.company == company)
    )
    return (session.scalar(newest) or 0) > now_ms + CLOCK_STEP_MS


def read_history(session: Session, company: str, kind: str, record: str) -> list[EditRow]:
    """Every edit of one record, in the order of the log."""
    return list(
        session.scalars(
            select(EditRow)
            .where(EditRow.company == company, EditRow.kind == kind, EditRow.record == record)
            .order_by(EditRow.seq)
        )
    )


def read_fields(session: Session, device: Device) -> Iterator[dict[str, Any]]:
    """The fields of every edit of this device as it came, refused ones included."""
    kept = select(EditRow.body).where(
        EditRow.company == device.company, EditRow.device == device.id
    )
    for query in (kept, _refused(device, Quarantined.body)):
        for body in session.scalars(query):
            raw = read_kept(body)
            fields = raw.get("fields") if isinstance(raw, dict) else None
            if isinstance(fields, dict):
                yield fields


def read_late_fields(session: Session, device: Device) -> Iterator[dict[str, Any]]:
    """The fields of this device's edits that came too late to count: evidence all the same."""
    bodies = session.scalars(
        select(EditRow.body).where(
            EditRow.company == device.company,
            EditRow.device == device.id,
            EditRow.state == "late",
        )
    )
    for body in bodies:
        yield json.loads(body)["fields"]
