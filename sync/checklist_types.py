"""What a version of the checklist is made of: points, items, limits, grades."""

from collections.abc import Mapping
from dataclasses import dataclass

SUBJECTS = ("driver", "conductor", "vehicle", "company")


class InvalidChecklist(ValueError):
    """The JSON is not a checklist; the text names the place and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The two ends of a range in ten-thousandths; None where it is open."""

    min_e4: int | None
    max_e4: int | None


@dataclass(frozen=True, slots=True)
class RegimeRule:
    """From where on a number is major or critical for one kind of licence, in ten-thousandths."""

    critical_above_e4: int | None
    critical_at_or_above_e4: int | None
    major_above_e4: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to observe, and how its answer is judged."""

    id: str
    zh: str
    en: str
    criterion_zh: str
    criterion_en: str
    answer_type: str
    severity: str
    critical_kind: str | None
    charged_to: str
    also_chargeable_to: tuple[str, ...]
    weight: int
    modes: tuple[str, ...]
    na_allowed: bool
    phase: str
    photo_on_fail: str
    photo_on_fail_undercover: str
    unit: str | None
    pass_if: Limits
    zero_at: Limits
    pass_if_at_terminus: Limits | None
    pass_override: str | None
    fail_at_or_below: int
    regimes: Mapping[str, RegimeRule]


@dataclass(frozen=True, slots=True)
class Point:
    """One of the nine supervision contents, with its share of the total."""

    id: str
    weight: int
    zh: str
    en: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Mode:
    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Severity:
    """What a failed item of this severity counts, and by when it is to be put right."""

    id: str
    zh: str
    en: str
    fault_points: int
    rectify_value: int
    rectify_unit: str


@dataclass(frozen=True, slots=True)
class Grade:
    grade: str
    zh: str
    min_bp: int
    max_major: int
    max_critical: int


@dataclass(frozen=True, slots=True)
class Checklist:
    """One published version; `id` is what an inspection names, `nine-points@2026.1`."""

    id: str
    points: tuple[Point, ...]
    modes: tuple[Mode, ...]
    severities: Mapping[str, Severity]
    grades: tuple[Grade, ...]
    no_double_charge: tuple[tuple[str, ...], ...]
    critical_cap_bp: int

    def items_for(self, mode: str) -> list[tuple[Point, list[Item]]]:
        """The points that this mode looks at, each with its items of this mode, in order."""
        wanted = [(point, [i for i in point.items if mode in i.modes]) for point in self.points]
        return [(point, items) for point, items in wanted if items]

    def item(self, item_id: str) -> Item | None:
        items = (item for point in self.points for item in point.items)
        return next((item for item in items if item.id == item_id), None)
