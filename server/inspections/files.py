"""What a file (档案) is made of: a timeline of inspections, scores over time, open problems."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.inspections.models import Finding, Inspection
from server.inspections.reading import (
    Filters,
    InspectionPage,
    in_scope,
    list_inspections,
    narrow,
    read_findings,
    through_merges,
)

RECENT = 100  # how far back scores and open problems are looked for


@dataclass(frozen=True)
class OpenProblem:
    """A failed item that no later inspection has found in order."""

    finding: Finding
    inspection: Inspection


@dataclass(frozen=True)
class ScorePoint:
    """One inspection's score in basis points, for the curve. ``total_bp`` may be the subject's."""

    inspection: str
    occurred_at_ms: int
    total_bp: int
    grade: str | None


@dataclass(frozen=True)
class File:
    """A vehicle's or person's file as this user may read it."""

    page: InspectionPage
    scores: list[ScorePoint]
    open_problems: list[OpenProblem]


def read_file(
    session: Session,
    user: User,
    filters: Filters,
    subjects: tuple[str, ...],
    after: str | None,
    most: int,
) -> File:
    """The file that these filters name. Problems are those charged to one of ``subjects``;
    scores are the whole inspection's for a vehicle, the subject's own for a person.
    """
    filters = through_merges(session, user.company, filters)
    page = list_inspections(session, user, filters, after, most)
    query = narrow(select(Inspection).where(in_scope(user), Inspection.status != "void"), filters)
    newest_first = query.order_by(Inspection.occurred_at_ms.desc(), Inspection.id.desc())
    recent = list(session.scalars(newest_first.limit(RECENT)))
    return File(page, _scores(recent, subjects), _open_problems(session, recent, subjects))


def _scores(recent: list[Inspection], subjects: tuple[str, ...]) -> list[ScorePoint]:
    return [
        ScorePoint(row.id, row.occurred_at_ms, bp, row.grade)
        for row in reversed(recent)
        if (bp := subject_bp(row, subjects)) is not None
    ]


def subject_bp(row: Inspection, subjects: tuple[str, ...]) -> int | None:
    """The score that counts for these subjects: a person's own, else the whole inspection's."""
    if len(subjects) != 1:
        return row.total_bp
    score = json.loads(row.score)
    return score["subjects"][subjects[0]]["bp"] if score else None


def _open_problems(
    session: Session, recent: list[Inspection], subjects: tuple[str, ...]
) -> list[OpenProblem]:
    if not recent:
        return []
    findings = read_findings(session, recent[0].company, [row.id for row in recent])
    judged: set[str] = set()
    found: list[OpenProblem] = []
    for row in recent:
        found += [
            OpenProblem(finding, row)
            for finding in findings[row.id]
            if finding.item not in judged
            and not finding.fixed_on_spot
            and finding.charged_to in subjects
        ]
        judged |= _judged_items(row)
    return found


def _judged_items(row: Inspection) -> set[str]:
    return {
        name.removeprefix("answers/")
        for name, entry in json.loads(row.fields).items()
        if name.startswith("answers/") and (entry["value"] or {}).get("value") not in (None, "na")
    }
