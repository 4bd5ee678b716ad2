"""A file's timeline as a story: what each inspection found, in words and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.checklists.store import read_checklist
from server.inspections.files import File, OpenProblem, subject_bp
from server.inspections.models import Finding, Inspection
from server.inspections.names import Names, read_names
from server.inspections.reading import PhotoState, read_findings, read_photo_states
from sync.checklist_types import Item, Point

MAX_THUMBS = 6
Items = dict[tuple[str | None, str], Item]


@dataclass(frozen=True)
class Fail:
    """A finding in words; ``item`` is None when its checklist version has no such item."""

    finding: Finding
    item: Item | None


@dataclass(frozen=True)
class Chapter:
    """One inspection in a file. ``own`` are the fails charged to whose file it is."""

    row: Inspection
    bp: int | None
    own: list[Fail]
    others: list[Fail]
    thumbs: list[PhotoState]


@dataclass(frozen=True)
class Story:
    """A page of a file, with the names it needs and what is still open."""

    chapters: list[Chapter]
    open_problems: list[tuple[OpenProblem, Item | None]]
    names: Names


def tell_story(session: Session, company: str, file: File, subjects: tuple[str, ...]) -> Story:
    """The file's page, told for these subjects."""
    rows = file.page.rows
    ids = [row.id for row in rows]
    findings = read_findings(session, company, ids)
    photos = read_photo_states(session, company, ids)
    items = _read_items(session, company, [*rows, *(one.inspection for one in file.open_problems)])
    chapters = [
        Chapter(
            row,
            subject_bp(row, subjects),
            *_split_fails(row, findings[row.id], items, subjects),
            photos[row.id][:MAX_THUMBS],
        )
        for row in rows
    ]
    problems = [
        (one, items.get((one.inspection.checklist, one.finding.item))) for one in file.open_problems
    ]
    return Story(chapters, problems, read_names(session, company, rows))


def _split_fails(
    row: Inspection, findings: list[Finding], items: Items, subjects: tuple[str, ...]
) -> tuple[list[Fail], list[Fail]]:
    fails = [Fail(one, items.get((row.checklist, one.item))) for one in findings]
    own = [one for one in fails if one.finding.charged_to in subjects]
    return own, [one for one in fails if one not in own]


def _read_items(session: Session, company: str, rows: list[Inspection]) -> Items:
    """Every item of every version that these records were filled in with."""
    versions = {row.checklist: None for row in rows if row.checklist}
    return {
        (version, item.id): item
        for version in versions
        for point in _points(session, company, version)
        for item in point.items
    }


def _points(session: Session, company: str, version: str) -> tuple[Point, ...]:
    checklist = read_checklist(session, company, version)
    return checklist.points if checklist else ()
