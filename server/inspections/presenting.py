"""A file as the API gives it, the same for vehicles and persons."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate
from sqlalchemy.orm import Session

from server.clock import format_instant
from server.fleet.merges import Kind, read_family
from server.inspections.files import File, OpenProblem
from server.inspections.reading import present_inspections
from server.inspections.schemas import FindingSchema, InspectionSchema


class PageQuerySchema(Schema):
    """Where a page begins and how long it is."""

    class Meta:
        unknown = EXCLUDE

    after = fields.String(load_default=None, validate=validate.Length(max=80))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class OpenProblemSchema(FindingSchema):
    """A failed item not yet found in order again."""

    inspection = fields.String(required=True)
    occurred_at = fields.String(required=True)


class FileSchema(Schema):
    """A timeline of inspections, newest first, with what is still open. ``merged_into``: the entry
    that the one asked for was merged into, whose file this is; ``merged``: those read as it.
    """

    merged_into = fields.String(required=True, allow_none=True)
    merged = fields.List(fields.String(), required=True)
    inspections = fields.List(fields.Nested(InspectionSchema), required=True)
    open_problems = fields.List(fields.Nested(OpenProblemSchema), required=True)
    next = fields.String(required=True, allow_none=True)


def present_file(session: Session, file: File, following: str | None) -> dict[str, Any]:
    """The file's page, its open problems and the link to what comes next."""
    return {
        "inspections": present_inspections(session, file.page.rows),
        "open_problems": [_present_problem(problem) for problem in file.open_problems],
        "next": following if file.page.after else None,
    }


def present_merges(
    session: Session, company: str, kind: Kind, asked: str, shown: str
) -> dict[str, Any]:
    """Which entries the file stands for besides the one that is shown."""
    _, *merged = read_family(session, company, kind, shown)
    return {"merged_into": None if asked == shown else shown, "merged": merged}


def _present_problem(problem: OpenProblem) -> dict[str, Any]:
    return {
        "item": problem.finding.item,
        "severity": problem.finding.severity,
        "charged_to": problem.finding.charged_to,
        "fixed_on_spot": problem.finding.fixed_on_spot,
        "inspection": problem.inspection.id,
        "occurred_at": format_instant(problem.inspection.occurred_at_ms),
    }
