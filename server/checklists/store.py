"""Checklist versions: kept once, read often, never changed."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.checklists.models import ChecklistVersion
from server.evidence.store import append_evidence, lock_log
from sync.checklist import Checklist, parse_checklist


def save_checklist(
    session: Session, company: str, body: dict[str, Any], stamp: str, change_seq: int
) -> ChecklistVersion:
    """Keep a new version under the name its own body gives; an existing one stays as it is."""
    checklist = parse_checklist(body)
    name = checklist.id
    kept = session.get(ChecklistVersion, (company, name))
    if kept:
        return kept
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    row = ChecklistVersion(company=company, id=name, body=text, stamp=stamp, change_seq=change_seq)
    session.add(row)
    session.flush()
    content = {"table": "checklist", "id": name, "fields": checklist_evidence(row)}
    append_evidence(session, lock_log(session, company), "reference", content)
    return row


def checklist_evidence(row: ChecklistVersion) -> dict[str, Any]:
    """What the log tells of a version: the hash of all that it asks."""
    return {"body": hashlib.sha256(row.body.encode()).hexdigest(), "stamp": row.stamp}


def read_checklist(session: Session, company: str, name: str | None) -> Checklist | None:
    """The parsed version, or None when the company has none of that name."""
    body = session.scalar(
        select(ChecklistVersion.body).where(
            ChecklistVersion.company == company, ChecklistVersion.id == name
        )
    )
    return _parsed(body) if body else None


@lru_cache(maxsize=16)
def _parsed(body: str) -> Checklist:
    return parse_checklist(json.loads(body))
