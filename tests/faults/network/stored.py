"""What the server's database holds of one company, read with SQL and nothing of the product."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]
OWN = {
    "edits": "SELECT * FROM edit WHERE company = ? ORDER BY seq",
    "quarantine": "SELECT * FROM quarantine WHERE company = ?",
    "devices": "SELECT * FROM device WHERE company = ?",
    "inspections": "SELECT * FROM inspection WHERE company = ?",
    "photos": "SELECT * FROM photo WHERE company = ?",
    "uses": "SELECT * FROM photo_use WHERE company = ?",
    "signatures": "SELECT * FROM push_signature WHERE company = ?",
    "heads": "SELECT * FROM log_head WHERE company = ?",
    "evidence": "SELECT * FROM evidence WHERE company = ? ORDER BY seq",
}
REFERENCE = {
    "vehicle": "vehicle",
    "crew": "crew_member",
    "route": "route",
    "station": "station",
    "checklist": "checklist",
}


@dataclass(frozen=True)
class Stored:
    """One company's rows, as they lie on disk."""

    data: Path
    company: str
    edits: list[Row]
    quarantine: list[Row]
    devices: dict[str, Row]
    inspections: dict[str, Row]
    photos: list[Row]
    uses: list[Row]
    signatures: list[Row]
    heads: list[Row]
    evidence: list[Row]
    reference: set[tuple[str, str]]
    integrity: str

    def user_of(self, device: str) -> str:
        return self.devices[device]["user"]

    def is_phone(self, device: str) -> bool:
        return self.devices[device]["kind"] == "phone"


def read_stored(data: Path, company: str) -> Stored:
    """Everything of one company, in one read transaction."""
    path = data / "mingcha.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as base:
        base.row_factory = sqlite3.Row
        base.execute("BEGIN")
        rows = {name: _rows(base, query, company) for name, query in OWN.items()}
        reference = {
            (kind, row["id"])
            for kind, table in REFERENCE.items()
            for row in _rows(base, f"SELECT id FROM {table} WHERE company = ?", company)
        }
        (integrity,) = base.execute("PRAGMA quick_check").fetchone()
    return Stored(
        data=data,
        company=company,
        integrity=integrity,
        reference=reference,
        devices={row["id"]: row for row in rows.pop("devices")},
        inspections={row["id"]: row for row in rows.pop("inspections")},
        **rows,
    )


def _rows(base: sqlite3.Connection, query: str, company: str) -> list[Row]:
    return [dict(row) for row in base.execute(query, (company,))]


def fields_of(row: Row) -> dict[str, Any]:
    """The fields of an edit row or of a quarantined one, as the device sent them."""
    raw = json.loads(row["body"])
    return raw["fields"] if isinstance(raw, dict) and isinstance(raw.get("fields"), dict) else {}
