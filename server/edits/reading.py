"""What the log says of a device and of a record: gaps, proof, history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.accounts.models import Device
from server.edits.models import EditRow, Quarantined
from server.edits.receipts import missing_serials
from sync.stamp import parse_stamp


def read_missing_serials(session: Session, device: Device) -> list[list[int]]:
    """The serials of this device that never arrived, as [first, last] pairs."""
    mine = (EditRow.company == device.company, EditRow.device == device.id)
    count, greatest = session.execute(
        select(func.count(EditRow.serial), func.max(EditRow.serial)).where(*mine)
    ).one()
    if count == (greatest or 0):  # 1, 2, 3, … without gaps: the usual case, and quick to see
        return []
    refused = session.scalars(
        select(Quarantined.serial).where(
            Quarantined.company == device.company,
            Quarantined.device == device.id,
            Quarantined.serial.is_not(None),
        )
    )
    arrived = [*session.scalars(select(EditRow.serial).where(*mine)), *refused]
    return missing_serials([serial for serial in arrived if serial is not None])


def read_stamps(session: Session, device: Device) -> list[str]:
    """The stamps of all of this device's edits that have a receipt."""
    stamps = set(
        session.scalars(
            select(EditRow.stamp).where(
                EditRow.company == device.company, EditRow.device == device.id
            )
        )
    )
    refused = session.scalars(
        select(Quarantined.stamp).where(
            Quarantined.company == device.company, Quarantined.device == device.id
        )
    )
    return sorted(stamps | {stamp for stamp in refused if stamp and parse_stamp(stamp)})


def read_history(session: Session, company: str, kind: str, record: str) -> list[EditRow]:
    """Every edit of one record, in the order of the log."""
    return list(
        session.scalars(
            select(EditRow)
            .where(EditRow.company == company, EditRow.kind == kind, EditRow.record == record)
            .order_by(EditRow.seq)
        )
    )


def read_bodies(session: Session, device: Device) -> Iterator[dict[str, Any]]:
    """Every edit of this device as it came."""
    for body in session.scalars(
        select(EditRow.body).where(EditRow.company == device.company, EditRow.device == device.id)
    ):
        yield json.loads(body)
