"""What the log and the quarantine already hold that a push could repeat or contradict."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.accounts.models import Device
from server.edits.models import EditRow, Quarantined
from server.edits.receipts import Incoming, Kept, Known, Receipt

CHUNK = 400  # bound variables a statement, well under SQLite's limit


def read_known(session: Session, device: Device, incoming: list[Incoming]) -> Known:
    """Every stored edit and refusal that these could repeat, contradict or stand next to."""
    known = Known()
    serials = {one.serial + step for one in incoming if one.serial for step in (-1, 0, 1)}
    stamps = {one.stamp for one in incoming if one.stamp}
    for row in _rows(session, device, EditRow.stamp, stamps) + _rows(
        session, device, EditRow.serial, serials
    ):
        receipt = Receipt(row.stamp, row.state, row.problem, row.detail, row.ordered_as)
        known.by_stamp[row.stamp] = Kept(row.digest, row.prev, receipt)
        known.by_serial[row.serial] = known.by_stamp[row.stamp]
    _read_refusals(session, device, incoming, known)
    return known


def _rows(
    session: Session, device: Device, column: InstrumentedAttribute[Any], values: set[Any]
) -> list[EditRow]:
    found: list[EditRow] = []
    wanted = sorted(values)
    for start in range(0, len(wanted), CHUNK):
        found += session.scalars(
            select(EditRow).where(
                EditRow.company == device.company,
                EditRow.device == device.id,
                column.in_(wanted[start : start + CHUNK]),
            )
        )
    return found


def _read_refusals(
    session: Session, device: Device, incoming: list[Incoming], known: Known
) -> None:
    digests = sorted({one.digest for one in incoming})
    stamps = sorted({one.stamp for one in incoming if one.stamp})
    for start in range(0, max(len(digests), len(stamps)), CHUNK):
        rows = session.scalars(
            select(Quarantined).where(
                Quarantined.company == device.company,
                Quarantined.device == device.id,
                or_(
                    Quarantined.digest.in_(digests[start : start + CHUNK]),
                    Quarantined.stamp.in_(stamps[start : start + CHUNK]),
                ),
            )
        )
        for row in rows:
            receipt = Receipt(row.stamp, "refused", row.problem, row.detail)
            known.quarantined[row.digest] = receipt
            if row.stamp and row.stamp not in known.by_stamp:
                known.quarantined_stamps.add(row.stamp)
