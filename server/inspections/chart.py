"""Scores over time as a picture: where each point and line lies, in the units of the SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.inspections.files import ScorePoint

WIDTH = 760
HEIGHT = 220
LEFT, RIGHT, TOP, BOTTOM = 48, 32, 14, 36
GRADE_LINES_BP = (9000, 8000, 6000)
TICKS = 4
LABEL_GAP = 24  # two labels closer than this would touch on a phone


@dataclass(frozen=True)
class Dot:
    """One inspection's score."""

    x: int
    y: int
    point: ScorePoint

    @property
    def is_low(self) -> bool:
        return self.point.total_bp < GRADE_LINES_BP[-1]


@dataclass(frozen=True)
class Level:
    """A horizontal line at a grade's lower bound."""

    y: int
    label: int


@dataclass(frozen=True)
class Tick:
    """A date under the curve."""

    x: int
    label: str


@dataclass(frozen=True)
class Chart:
    """A curve ready to be drawn, with what it says in numbers."""

    dots: list[Dot]
    levels: list[Level]
    ticks: list[Tick]
    path: str
    mean_bp: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM

    @property
    def n(self) -> int:
        return len(self.dots)

    @property
    def latest(self) -> ScorePoint:
        return self.dots[-1].point


def draw_chart(scores: list[ScorePoint], timezone: str) -> Chart | None:
    """The curve of these scores, oldest first; None when there are none."""
    if not scores:
        return None
    least_bp = min(5000, min(one.total_bp for one in scores) // 1000 * 1000)
    first, last = scores[0].occurred_at_ms, scores[-1].occurred_at_ms
    dots = [
        Dot(_x(one.occurred_at_ms, first, last), _y(one.total_bp, least_bp), one) for one in scores
    ]
    total = sum(one.total_bp for one in scores)
    return Chart(
        dots=dots,
        levels=_levels(least_bp),
        ticks=_ticks(first, last, timezone),
        path=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        mean_bp=(2 * total + len(scores)) // (2 * len(scores)),
    )


def _x(at_ms: int, first: int, last: int) -> int:
    width = WIDTH - LEFT - RIGHT
    if last == first:
        return LEFT + width // 2
    return LEFT + (at_ms - first) * width // (last - first)


def _y(bp: int, least_bp: int) -> int:
    height = HEIGHT - TOP - BOTTOM
    return TOP + (10_000 - bp) * height // (10_000 - least_bp)


def _levels(least_bp: int) -> list[Level]:
    found: list[Level] = []
    for bp in (10_000, *GRADE_LINES_BP):
        y = _y(bp, least_bp)
        if not found or y - found[-1].y >= LABEL_GAP:
            found.append(Level(y, bp // 100))
    return found


def _ticks(first: int, last: int, timezone: str) -> list[Tick]:
    steps = TICKS if last > first else 1
    zone = ZoneInfo(timezone)
    found: dict[str, Tick] = {}
    for step in range(steps):
        at_ms = first + (last - first) * step // max(1, steps - 1)
        label = datetime.fromtimestamp(at_ms // 1000, zone).strftime("%m-%d")
        found.setdefault(label, Tick(_x(at_ms, first, last), label))
    return list(found.values())
