"""What follows from a record's merged fields: status, time, score, findings, photos named."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.checklists.store import read_checklist
from server.clock import DAY_MS, local_date, parse_instant
from server.events import inspection_complete
from server.fleet.models import Vehicle
from server.inspections.models import Finding, Inspection, PhotoUse
from server.inspections.rules import photos_named
from server.photos.models import Photo
from sync.merge import RecordState
from sync.score import Score, score_inspection

# A claim further from its receipt than this is listed by the receipt, and marked.
CLAIM_AHEAD_MS = 2 * 60_000
CLAIM_BEHIND_MS = 30 * DAY_MS
LINKS = ("vehicle", "driver", "conductor", "route", "station")
TYPED = ("vehicle", "driver", "conductor")


@dataclass
class Deriving:
    """What deriving needs again and again within one transaction."""

    session: Session
    company: Company
    now_ms: int
    regimes: dict[str, str] = field(default_factory=dict)

    def regime_of(self, vehicle: str | None) -> str:
        """The vehicle's regime, else the company's: it decides how overload counts."""
        if not vehicle:
            return self.company.regime
        if vehicle not in self.regimes:
            row = self.session.get(Vehicle, (self.company.id, vehicle))
            self.regimes[vehicle] = row.regime if row else self.company.regime
        return self.regimes[vehicle]


def derive_inspection(deriving: Deriving, row: Inspection, state: RecordState) -> None:
    """Bring everything derived from ``state`` up to date, in this transaction."""
    values = {name: entry["value"] for name, entry in state.items()}
    row.fields = json.dumps(state, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    row.status = read_status(state)
    row.mode = values.get("mode")
    row.checklist = values.get("checklist")
    for link in LINKS:
        setattr(row, link, values.get(link))
    row.unmatched = any(values.get(f"{who}_typed") and not values.get(who) for who in TYPED)
    _derive_time(row, values, deriving.company.timezone)
    score = _derive_score(deriving, row, values)
    named = photos_named(values)
    row.photos_named = len({sha256 for _, _, sha256 in named})
    deriving.session.add(row)
    deriving.session.flush()  # findings and photos point at the row
    _replace_findings(deriving.session, row, score, read_answers(values))
    _replace_photo_uses(deriving.session, row, named)
    count_photos(deriving.session, row, deriving.now_ms)


def read_status(state: RecordState) -> str:
    """draft, finished, returned, confirmed or void, from the author's and the office's fields.

    A returned record that its author has finished again waits for the reviewer anew.
    """
    own = state.get("state", {"value": "draft", "stamp": ""})
    review = state.get("review", {"value": None, "stamp": ""})
    if own["value"] != "finished":
        return "draft"
    if not review["value"]:
        return "finished"
    answered = review["value"]["state"] == "returned" and own["stamp"] > review["stamp"]
    return "finished" if answered else review["value"]["state"]


def _derive_time(row: Inspection, values: dict[str, Any], timezone: str) -> None:
    claim = parse_instant(values.get("finished_at")) or parse_instant(values.get("started_at"))
    received = row.first_received_at_ms
    ahead = claim is not None and claim > received + CLAIM_AHEAD_MS
    behind = claim is not None and claim < received - CLAIM_BEHIND_MS
    row.clock_suspect = ahead or behind
    row.occurred_at_ms = received if claim is None or ahead or behind else min(claim, received)
    row.service_date = local_date(row.occurred_at_ms, timezone)


def read_answers(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The answers by item id."""
    return {
        name.removeprefix("answers/"): value
        for name, value in values.items()
        if name.startswith("answers/") and isinstance(value, dict)
    }


def _derive_score(deriving: Deriving, row: Inspection, values: dict[str, Any]) -> Score | None:
    checklist = read_checklist(deriving.session, row.company, row.checklist)
    score: Score | None = None
    if checklist and row.mode:
        confirmed = {
            name.removeprefix("criticals/")
            for name, value in values.items()
            if name.startswith("criticals/") and value
        }
        regime = deriving.regime_of(row.vehicle)
        score = score_inspection(
            checklist, row.mode, read_answers(values), regime=regime, confirmed=confirmed
        )
    row.total_bp = score.total_bp if score else None
    row.fault_points = score.fault_points if score else 0
    row.grade = score.grade if score else None
    row.suspected = len(score.suspected) if score else 0
    row.score = json.dumps(score.as_json() if score else None, separators=(",", ":"))
    return score


def _replace_findings(
    session: Session, row: Inspection, score: Score | None, answers: dict[str, dict[str, Any]]
) -> None:
    session.execute(
        delete(Finding).where(Finding.company == row.company, Finding.inspection == row.id)
    )
    failed = score.failed if score else []
    _insert(
        session,
        Finding,
        [
            {
                "company": row.company,
                "inspection": row.id,
                "item": one.item,
                "severity": one.severity,
                "charged_to": one.charged_to,
                "fixed_on_spot": answers[one.item].get("fixed_on_spot") is True,
            }
            for one in failed
        ],
    )


def _replace_photo_uses(
    session: Session, row: Inspection, named: list[tuple[str, int, str]]
) -> None:
    session.execute(
        delete(PhotoUse).where(PhotoUse.company == row.company, PhotoUse.inspection == row.id)
    )
    _insert(
        session,
        PhotoUse,
        [
            {
                "company": row.company,
                "inspection": row.id,
                "field": name,
                "position": position,
                "sha256": sha256,
            }
            for name, position, sha256 in named
        ],
    )


def _insert(session: Session, model: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(model), rows)


def count_photos(session: Session, row: Inspection, now_ms: int) -> None:
    """How many of the named photos are here; when all are, the record is complete, once."""
    session.flush()
    row.photos_verified = _count_verified(session, row) if row.photos_named else 0
    whole = row.status != "draft" and row.photos_verified == row.photos_named
    if whole and row.completed_at_ms is None:
        row.completed_at_ms = now_ms
        inspection_complete.send(session, company=row.company, inspection=row.id)
    elif not whole:
        row.completed_at_ms = None


def _count_verified(session: Session, row: Inspection) -> int:
    here = (
        select(func.count(func.distinct(PhotoUse.sha256)))
        .join(Photo, (Photo.company == PhotoUse.company) & (Photo.sha256 == PhotoUse.sha256))
        .where(PhotoUse.company == row.company, PhotoUse.inspection == row.id)
    )
    return session.scalar(here) or 0
