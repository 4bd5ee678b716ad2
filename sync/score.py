"""The score of one inspection, in integers only, so that phone and server agree to the last digit.

Scores are basis points: 9085 is 90.85 of 100.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sync.answer import FULL, Judged, judge
from sync.checklist_types import SUBJECTS, Checklist, Item, Point

PERFECT_BP = 10_000


@dataclass(frozen=True, slots=True)
class SubjectScore:
    bp: int | None
    fault_points: int


@dataclass(frozen=True, slots=True)
class FailedItem:
    item: str
    severity: str
    charged_to: str


@dataclass(frozen=True, slots=True)
class Score:
    """None means not rated. `dropped` are fails that another item of their pair already counts."""

    total_bp: int | None
    fault_points: int
    grade: str | None
    points: dict[str, int | None]
    subjects: dict[str, SubjectScore]
    failed: list[FailedItem]
    suspected: list[str]
    confirmed: list[str]
    dropped: list[str]
    answered: int
    required: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Line:
    """One item of the inspection's mode, as it counts."""

    point: Point
    item: Item
    judged: Judged


def score_inspection(
    checklist: Checklist,
    mode: str,
    answers: Mapping[str, object],
    *,
    regime: str | None = None,
    confirmed: Collection[str] = frozenset(),
) -> Score:
    """Score the answers of one inspection; answers to items outside the mode do not count.

    `confirmed` names the critical items that a reviewer confirmed with a second source.
    """
    judged = [
        _Line(point, item, judge(item, answers.get(item.id), regime))
        for point, items in checklist.items_for(mode)
        for item in items
    ]
    lines, dropped = _without_double_charge(checklist, judged)
    failed = _failed_items(lines)
    criticals = [one for one in failed if one.severity == "critical"]
    vetoes = [one for one in criticals if one.item in confirmed]
    points = _point_scores(checklist, lines)
    total_bp = _capped(_weighted(checklist, points), bool(vetoes), checklist.critical_cap_bp)
    return Score(
        total_bp=total_bp,
        fault_points=_fault_points(checklist, failed),
        grade=_grade(checklist, total_bp, failed, len(vetoes)),
        points=points,
        subjects={one: _subject_score(checklist, lines, failed, vetoes, one) for one in SUBJECTS},
        failed=failed,
        suspected=[one.item for one in criticals if one not in vetoes],
        confirmed=[one.item for one in vetoes],
        dropped=dropped,
        answered=sum(line.judged.answered for line in judged),
        required=len(judged),
    )


def _without_double_charge(
    checklist: Checklist, lines: list[_Line]
) -> tuple[list[_Line], list[str]]:
    """Where several of a group fail, the first of the group counts; the others are as if NA."""
    failed = {line.item.id for line in lines if line.judged.failed}
    dropped: set[str] = set()
    for group in checklist.no_double_charge:
        failing = [item_id for item_id in group if item_id in failed - dropped]
        dropped.update(failing[1:])
    kept = [_as_na(line) if line.item.id in dropped else line for line in lines]
    return kept, [line.item.id for line in lines if line.item.id in dropped]


def _as_na(line: _Line) -> _Line:
    not_applicable = Judged(None, False, None, line.judged.charged_to, True)
    return _Line(line.point, line.item, not_applicable)


def _subject_score(
    checklist: Checklist,
    lines: list[_Line],
    failed: list[FailedItem],
    vetoes: list[FailedItem],
    subject: str,
) -> SubjectScore:
    """The same rule, as if the checklist had only the items charged to this subject."""
    own = [line for line in lines if line.judged.charged_to == subject]
    vetoed = any(one.charged_to == subject for one in vetoes)
    bp = _weighted(checklist, _point_scores(checklist, own))
    own_failed = [one for one in failed if one.charged_to == subject]
    return SubjectScore(
        _capped(bp, vetoed, checklist.critical_cap_bp), _fault_points(checklist, own_failed)
    )


def _point_scores(checklist: Checklist, lines: list[_Line]) -> dict[str, int | None]:
    by_point = {
        point.id: [line for line in lines if line.point.id == point.id]
        for point in checklist.points
    }
    return {point_id: _point_bp(own) for point_id, own in by_point.items() if own}


def _point_bp(lines: list[_Line]) -> int | None:
    """None unless at least half of the weight was answered."""
    whole = sum(line.item.weight for line in lines)
    rated = [
        (line.item.weight, line.judged.quarters)
        for line in lines
        if line.judged.quarters is not None
    ]
    weight = sum(weight for weight, _ in rated)
    if 2 * weight < whole:
        return None
    reached = sum(weight * quarters for weight, quarters in rated)
    return _divide_half_up(PERFECT_BP * reached, FULL * weight)


def _weighted(checklist: Checklist, points: Mapping[str, int | None]) -> int | None:
    rated = [
        (point.weight, bp) for point in checklist.points if (bp := points.get(point.id)) is not None
    ]
    if not rated:
        return None
    return _divide_half_up(sum(weight * bp for weight, bp in rated), sum(w for w, _ in rated))


def _divide_half_up(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)


def _capped(bp: int | None, vetoed: bool, cap_bp: int) -> int | None:
    return min(bp, cap_bp) if bp is not None and vetoed else bp


def _grade(
    checklist: Checklist, total_bp: int | None, failed: list[FailedItem], criticals: int
) -> str | None:
    """The first grade that the score reaches and the fails allow, else the last one."""
    if total_bp is None:
        return None
    majors = sum(one.severity == "major" for one in failed)
    for grade in checklist.grades:
        allowed = majors <= grade.max_major and criticals <= grade.max_critical
        if total_bp >= grade.min_bp and allowed:
            return grade.grade
    return checklist.grades[-1].grade


def _failed_items(lines: list[_Line]) -> list[FailedItem]:
    return [
        FailedItem(line.item.id, line.judged.severity, line.judged.charged_to)
        for line in lines
        if line.judged.severity is not None
    ]


def _fault_points(checklist: Checklist, failed: list[FailedItem]) -> int:
    return sum(checklist.severities[one.severity].fault_points for one in failed)
