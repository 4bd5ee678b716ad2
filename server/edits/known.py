"""What the log and the quarantine already hold that a push could repeat or contradict."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.accounts.models import Device
from server.edits.models import EditRow, Quarantined
from server.edits.receipts import Incoming, Kept, Known, Receipt

NEAR_MS = 60_000  # an older claim is below any order given now
CHUNK = 400  # bound variables a statement, well under SQLite's limit


def read_known(session: Session, device: Device, incoming: list[Incoming], now_ms: int) -> Known:
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
    _read_orders(session, device, incoming, known, now_ms)
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


def _read_orders(
    session: Session, device: Device, incoming: list[Incoming], known: Known, now_ms: int
) -> None:
    """The stamps near or ahead of the server's clock, when an edit ahead of it must be ordered."""
    now = f"{now_ms:013d}"
    if not any(one.stamp and one.stamp[: len(now)] > now for one in incoming):
        return
    near = f"{max(0, now_ms - NEAR_MS):013d}"
    rows = session.execute(
        select(EditRow.stamp, EditRow.ordered_as).where(
            EditRow.company == device.company,
            EditRow.device == device.id,
            EditRow.stamp >= near,
            EditRow.state != "refused",
        )
    )
    known.orders.placed.update({row.stamp: row.ordered_as or row.stamp for row in rows})
