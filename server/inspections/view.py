"""One inspection as a person reads it: the nine points with every item, fails first, photos."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from server.checklists.store import read_checklist
from server.inspections.derive import read_answers
from server.inspections.models import Inspection
from server.inspections.reading import PhotoState, read_photo_states
from sync.answer import judge
from sync.checklist_types import Checklist, Item, Point

SEVERITY_ORDER = ("critical", "major", "minor")


@dataclass(frozen=True)
class ItemLine:
    """One item and what was found. ``verdict``: pass, fail, na, open (not judged), or dropped
    (failed, but another item of its pair already counts). ``critical``: suspected or confirmed.
    """

    item: Item
    verdict: str
    answer: dict[str, Any]
    severity: str | None
    charged_to: str
    critical: str | None
    source: str | None
    photos: list[PhotoState]


@dataclass(frozen=True)
class Section:
    """One of the nine points, its score in basis points, its items."""

    point: Point
    bp: int | None
    lines: list[ItemLine]

    def count(self, *verdicts: str) -> int:
        return sum(line.verdict in verdicts for line in self.lines)


@dataclass(frozen=True)
class Picture:
    """A photo and what it shows: an item where it belongs to one, else a field's name."""

    item: Item | None
    field: str
    state: PhotoState


@dataclass(frozen=True)
class RecordView:
    """All that the page of one inspection shows of its content."""

    checklist: Checklist | None
    values: dict[str, Any]
    score: dict[str, Any] | None
    sections: list[Section]
    fails: list[ItemLine]
    pictures: list[Picture]


def read_record_view(session: Session, row: Inspection) -> RecordView:
    """The record with its own version of the checklist laid over it."""
    checklist = read_checklist(session, row.company, row.checklist)
    values = {name: entry["value"] for name, entry in json.loads(row.fields).items()}
    photos = read_photo_states(session, row.company, [row.id])[row.id]
    score = json.loads(row.score)
    sections = _sections(checklist, row, values, score, photos) if checklist else []
    failed = [line for section in sections for line in section.lines if line.verdict == "fail"]
    failed.sort(key=lambda line: SEVERITY_ORDER.index(line.severity or "minor"))
    return RecordView(
        checklist, values, score, sections, failed, _pictures(checklist, photos, failed)
    )


def _sections(
    checklist: Checklist,
    row: Inspection,
    values: dict[str, Any],
    score: dict[str, Any] | None,
    photos: list[PhotoState],
) -> list[Section]:
    answers = read_answers(values)
    score = score or {"failed": [], "suspected": [], "confirmed": [], "dropped": [], "points": {}}
    found = _Found(answers, values, score, photos)
    return [
        Section(point, score["points"].get(point.id), [found.line(item) for item in items])
        for point, items in checklist.items_for(row.mode or "")
    ]


@dataclass(frozen=True)
class _Found:
    """What was answered, and what the score made of it."""

    answers: dict[str, dict[str, Any]]
    values: dict[str, Any]
    score: dict[str, Any]
    photos: list[PhotoState]

    def line(self, item: Item) -> ItemLine:
        answer = self.answers.get(item.id, {})
        failed = next((one for one in self.score["failed"] if one["item"] == item.id), None)
        confirmed = item.id in self.score["confirmed"]
        suspected = item.id in self.score["suspected"]
        source = (self.values.get(f"criticals/{item.id}") or {}).get("source")
        return ItemLine(
            item,
            self._verdict(item, answer),
            answer,
            failed["severity"] if failed else None,
            failed["charged_to"] if failed else item.charged_to,
            "confirmed" if confirmed else "suspected" if suspected else None,
            source if confirmed else None,
            [one for one in self.photos if one.field == f"answers/{item.id}"],
        )

    def _verdict(self, item: Item, answer: dict[str, Any]) -> str:
        judged = judge(item, answer, None)
        if not judged.answered:
            return "open"
        if item.id in self.score["dropped"]:
            return "dropped"
        if judged.quarters is None:
            return "na"
        return "fail" if judged.failed else "pass"


def _pictures(
    checklist: Checklist | None, photos: list[PhotoState], fails: list[ItemLine]
) -> list[Picture]:
    """Photos of fails first, in the order of the fails."""
    order = {f"answers/{line.item.id}": place for place, line in enumerate(fails)}
    ranked = sorted(photos, key=lambda one: order.get(one.field, len(order)))
    return [Picture(_item_of(checklist, one.field), one.field, one) for one in ranked]


def _item_of(checklist: Checklist | None, field: str) -> Item | None:
    return checklist.item(field.removeprefix("answers/")) if checklist else None
