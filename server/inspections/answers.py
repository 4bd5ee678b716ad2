"""The office's words about refused edits, as the phone that wrote them pulls them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Device
from server.edits.models import Quarantined, RefusalAnswer
from server.edits.wire import read_kept

KIND = "refusal"


def list_answers(
    session: Session, device: Device, after: int, most: int
) -> list[tuple[int, dict[str, Any]]]:
    """Answers given after that change to this very device's edits, as (change, as pulled)."""
    rows = session.execute(
        select(RefusalAnswer, Quarantined)
        .join(
            Quarantined,
            (Quarantined.company == RefusalAnswer.company)
            & (Quarantined.device == RefusalAnswer.device)
            & (Quarantined.digest == RefusalAnswer.digest),
        )
        .where(
            RefusalAnswer.company == device.company,
            RefusalAnswer.device == device.id,
            RefusalAnswer.change_seq > after,
        )
        .order_by(RefusalAnswer.change_seq)
        .limit(most)
    )
    return [(answer.change_seq, _as_pulled(answer, row)) for answer, row in rows]


def _as_pulled(answer: RefusalAnswer, row: Quarantined) -> dict[str, Any]:
    raw = read_kept(row.body)
    record = raw.get("record") if isinstance(raw, dict) else None
    said = {
        "stamp": row.stamp,
        "digest": row.digest,
        "state": answer.state,
        "note": answer.note,
    }
    stamp = f"{answer.at_ms:013d}-0000-{'0' * 16}"
    return {
        "kind": KIND,
        # A refused edit may name no record at all; then its own hash stands for it.
        "record": record if isinstance(record, str) else row.digest,
        "fields": {name: {"value": value, "stamp": stamp} for name, value in said.items()},
    }
