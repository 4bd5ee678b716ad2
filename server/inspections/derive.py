"""What follows from a record's merged fields: status, time, score, findings, photos named."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.checklists.store import read_checklist
from server.clock import DAY_MS, local_date, parse_instant
from server.events import inspection_complete
from server.fleet.models import CrewMember, Route, Station, Vehicle
from server.fleet.store import read_existing
from server.inspections.models import Finding, Inspection, PhotoUse
from server.inspections.rules import photos_named
from server.photos.models import Photo
from sync.checklist import Checklist
from sync.merge import RecordState
from sync.score import Score, score_inspection

# A claim further from its receipt than this is listed by the receipt, and marked.
CLAIM_AHEAD_MS = 2 * 60_000
CLAIM_BEHIND_MS = 30 * DAY_MS
LINKS: dict[str, type[Any]] = {
    "vehicle": Vehicle,
    "driver": CrewMember,
    "conductor": CrewMember,
    "route": Route,
    "station": Station,
}
TYPED = ("vehicle", "driver", "conductor")
CHUNK = 400  # bound variables a statement, well under SQLite's limit

Rows = dict[str, Inspection]


@dataclass
class Deriving:
    """What deriving needs again and again within one transaction."""

    session: Session
    company: Company
    now_ms: int
    regimes: dict[str, str] = field(default_factory=dict)
    checklists: dict[str | None, Checklist | None] = field(default_factory=dict)
    known: dict[type[Any], set[str]] = field(default_factory=dict)

    def regime_of(self, vehicle: str | None) -> str:
        """The vehicle's regime, else the company's: it decides how overload counts."""
        if not vehicle:
            return self.company.regime
        if vehicle not in self.regimes:
            row = self.session.get(Vehicle, (self.company.id, vehicle))
            self.regimes[vehicle] = row.regime if row else self.company.regime
        return self.regimes[vehicle]

    def look_up(self, states: Iterable[RecordState]) -> None:
        """Find out which of the rows that these states point at exist in this company."""
        for link, model in LINKS.items():
            named = {state[link]["value"] for state in states if link in state} - {None}
            found = read_existing(self.session, self.company.id, model, named)
            self.known[model] = self.known.get(model, set()) | found

    def checklist(self, name: str | None) -> Checklist | None:
        """The version that a record was filled in with."""
        if name not in self.checklists:
            self.checklists[name] = read_checklist(self.session, self.company.id, name)
        return self.checklists[name]


def derive_inspections(deriving: Deriving, states: dict[str, RecordState], rows: Rows) -> None:
    """Bring everything derived from these states up to date, in this transaction."""
    deriving.look_up(states.values())
    findings: list[dict[str, Any]] = []
    uses: list[dict[str, Any]] = []
    for record, state in states.items():
        hanging = derive_row(deriving, rows[record], state)
        findings += hanging.findings
        uses += hanging.uses
    session = deriving.session
    session.add_all(rows[record] for record in states)
    session.flush()  # findings and photos point at the rows
    _replace(session, Finding, deriving.company.id, list(states), findings)
    _replace(session, PhotoUse, deriving.company.id, list(states), uses)
    count_photos(session, [rows[record] for record in states], deriving.now_ms)


@dataclass(frozen=True)
class Hanging:
    """What hangs on a record's row: its findings and the photos it names, as rows to insert."""

    findings: list[dict[str, Any]]
    uses: list[dict[str, Any]]


def derive_row(deriving: Deriving, row: Inspection, state: RecordState) -> Hanging:
    """Set all of a row that follows from its state, but for the photos that are here.

    Asks the database only for what ``deriving`` has not looked up; the row may be of no session.
    """
    values = {name: entry["value"] for name, entry in state.items()}
    _derive_columns(deriving, row, state, values)
    score = _derive_score(deriving, row, values)
    return Hanging(_findings(row, score, read_answers(values)), _photo_uses(row, values))


def _derive_columns(
    deriving: Deriving, row: Inspection, state: RecordState, values: dict[str, Any]
) -> None:
    row.fields = json.dumps(state, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    row.status = read_status(state)
    row.mode = values.get("mode")
    row.checklist = values.get("checklist")
    for link, model in LINKS.items():
        named = values.get(link)
        setattr(row, link, named if named in deriving.known.get(model, set()) else None)
    row.unmatched = any(
        getattr(row, who) is None and (values.get(who) or values.get(f"{who}_typed"))
        for who in TYPED
    )
    _derive_time(row, values, deriving.company.timezone)


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
    checklist = deriving.checklist(row.checklist)
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


def _findings(
    row: Inspection, score: Score | None, answers: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    return [
        {
            "company": row.company,
            "inspection": row.id,
            "item": one.item,
            "severity": one.severity,
            "charged_to": one.charged_to,
            "fixed_on_spot": answers[one.item].get("fixed_on_spot") is True,
        }
        for one in (score.failed if score else [])
    ]


def _photo_uses(row: Inspection, values: dict[str, Any]) -> list[dict[str, Any]]:
    named = photos_named(values)
    row.photos_named = len({sha256 for _, _, sha256 in named})
    return [
        {
            "company": row.company,
            "inspection": row.id,
            "field": name,
            "position": position,
            "sha256": sha256,
        }
        for name, position, sha256 in named
    ]


def _replace(
    session: Session,
    model: type[Finding | PhotoUse],
    company: str,
    records: list[str],
    rows: list[dict[str, Any]],
) -> None:
    for start in range(0, len(records), CHUNK):
        ids = records[start : start + CHUNK]
        session.execute(delete(model).where(model.company == company, model.inspection.in_(ids)))
    if rows:
        session.execute(insert(model), rows)


def count_photos(session: Session, rows: list[Inspection], now_ms: int) -> None:
    """How many of the named photos are here; when all are, a record is complete, once."""
    verified = count_verified(session, [row for row in rows if row.photos_named])
    for row in rows:
        row.photos_verified = verified.get(row.id, 0)
        whole = row.status != "draft" and row.photos_verified == row.photos_named
        if whole and row.completed_at_ms is None:
            row.completed_at_ms = now_ms
            inspection_complete.send(session, company=row.company, inspection=row.id)
        elif not whole:
            row.completed_at_ms = None


def count_verified(session: Session, rows: list[Inspection]) -> dict[str, int]:
    """How many of the photos that each of these names are here, by record."""
    found: dict[str, int] = {}
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        here = (
            select(
                PhotoUse.inspection, func.count(func.distinct(PhotoUse.sha256)).label("verified")
            )
            .join(Photo, (Photo.company == PhotoUse.company) & (Photo.sha256 == PhotoUse.sha256))
            .where(
                PhotoUse.company == part[0].company,
                PhotoUse.inspection.in_([row.id for row in part]),
                Photo.damage.is_(None),
            )
            .group_by(PhotoUse.inspection)
        )
        found.update({row.inspection: row.verified for row in session.execute(here)})
    return found
