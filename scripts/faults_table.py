"""Writes the table of faults into docs/reliability.md: what was injected, broke, is left out."""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reliability.md"
FAULTS = ROOT / "tests" / "faults"
BEGIN = "<!-- The table: made by scripts/faults_table.py, not by hand. -->"
END = "<!-- The table ends. -->"
FIGURES = FAULTS / "figures.jsonl"
NOT_COUNTED = "–"
HEADER = "| # | Fault | Injected | Violations | 95 % bound | Shown by | Does not show |"


@dataclass(frozen=True)
class Shown:
    """One line of an area's faults.csv."""

    fault: int
    name: str
    shown_by: str
    does_not_show: str
    area: str


@dataclass(frozen=True)
class LeftOut:
    """A fault that no test injects, and why."""

    fault: int
    name: str
    reason: str


@dataclass
class Counts:
    """What the tests of a run wrote down: per fault, per planted bug, and figures by name."""

    injected: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    violations: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    planted: dict[str, bool] = field(default_factory=dict)
    measured: dict[str, str] = field(default_factory=dict)


def read_shown(folder: Path = FAULTS) -> list[Shown]:
    """All areas' lines, by fault and then by area."""
    found = [
        Shown(
            int(row["fault"]), row["name"], row["shown_by"], row["does_not_show"], path.parent.name
        )
        for path in sorted(folder.glob("*/faults.csv"))
        for row in _rows(path)
    ]
    return sorted(found, key=lambda one: (one.fault, one.area))


def read_left_out(folder: Path = FAULTS) -> list[LeftOut]:
    path = folder / "left_out.csv"
    found = [LeftOut(int(row["fault"]), row["name"], row["reason"]) for row in _rows(path)]
    return sorted(found, key=lambda one: one.fault)


def read_counts(lines: Iterable[str]) -> Counts:
    """Add up the lines of a run. A bug planted twice counts as caught when it was both times."""
    counts = Counts()
    for line in lines:
        one: dict[str, Any] = json.loads(line)
        if "fault" in one:
            counts.injected[one["fault"]] += one["injected"]
            counts.violations[one["fault"]] += one["violations"]
        elif "planted" in one:
            name = one["planted"]
            counts.planted[name] = counts.planted.get(name, True) and one["caught"]
        else:
            counts.measured[one["measured"]] = f"{one['value']} {one['unit']}".strip()
    return counts


def bound(injected: int, violations: int) -> str:
    """The 95 % upper bound of how often it fails, by the rule of three; none after a failure."""
    if violations or not injected:
        return NOT_COUNTED
    return f"{300 / injected:.2g} %"


def make_table(shown: list[Shown], left_out: list[LeftOut], counts: Counts) -> str:
    """Everything between the two marks of the page."""
    faults = {one.fault for one in shown}
    everything = faults | {one.fault for one in left_out}
    injected = f"{len(faults)} of {len(everything)} faults are injected."
    caught = f"Planted bugs caught: {sum(counts.planted.values())} of {len(counts.planted)}."
    parts = [
        f"**{injected} {caught}**",
        _lines(HEADER, "|--:|---|--:|--:|--:|---|---|", _shown_lines(shown, counts)),
        "### Planted bugs",
        _lines("| Planted bug | Caught |", "|---|---|", _planted_lines(counts)),
        "### Measured",
        _lines("| What | Figure |", "|---|--:|", map(_line, counts.measured.items())),
        "### Left out",
        _lines("| # | Fault | Why |", "|--:|---|---|", map(_left_out_line, left_out)),
    ]
    return "\n\n".join(parts)


def _lines(header: str, rule: str, lines: Iterable[str]) -> str:
    return "\n".join([header, rule, *lines])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _planted_lines(counts: Counts) -> Iterable[str]:
    for name, is_caught in sorted(counts.planted.items()):
        yield _line([name, "yes" if is_caught else "**no**"])


def _left_out_line(one: LeftOut) -> str:
    return _line([str(one.fault), one.name, one.reason])


def _shown_lines(shown: list[Shown], counts: Counts) -> list[str]:
    lines: list[str] = []
    told: set[int] = set()
    for one in shown:
        # A fault that several tests inject is counted once, on its first line.
        figures = [""] * 3 if one.fault in told else _figures(one.fault, counts)
        told.add(one.fault)
        cells = [str(one.fault), one.name, *figures, f"`{_short(one.shown_by)}`", one.does_not_show]
        lines.append(_line(cells))
    return lines


def _figures(fault: int, counts: Counts) -> list[str]:
    if fault not in counts.injected:
        return [NOT_COUNTED] * 3
    injected, violations = counts.injected[fault], counts.violations[fault]
    return [f"{injected:,}", str(violations), bound(injected, violations)]


def _short(shown_by: str) -> str:
    return shown_by.removeprefix("tests/faults/")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def place(page: str, table: str) -> str:
    """The page with this table in the place of the old one."""
    before, mark, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError("the page lacks the marks between which the table stands")
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"


def renew(old: Iterable[str], new: Iterable[str]) -> list[str]:
    """The figures of a run in the place of what the same tests wrote before; others stay."""
    lines = [json.loads(line) for line in new]
    tests = {line["test"] for line in lines}
    lines += [line for line in map(json.loads, old) if line["test"] not in tests]
    summed = sorted(map(_sum, _alike(lines)), key=_order)
    return [json.dumps(line, ensure_ascii=False) for line in summed]


def _alike(lines: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        what = line.get("fault") or line.get("planted") or line.get("measured")
        groups[f"{line['test']} {what}"].append(line)
    return list(groups.values())


def _sum(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Counts of one fault by one test added up; of anything else the last word."""
    if "fault" not in lines[0]:
        return lines[-1]
    added = {name: sum(line[name] for line in lines) for name in ("injected", "violations")}
    return {**lines[0], **added}


def _order(line: dict[str, Any]) -> tuple[str, str]:
    return line["test"], str(line.get("fault") or line.get("planted") or line.get("measured"))


def current_page(page: str) -> str:
    """The page with the table as the areas' files and the kept figures make it."""
    counts = read_counts(FIGURES.read_text(encoding="utf-8").splitlines())
    return place(page, make_table(read_shown(), read_left_out(), counts))


def main(tally: Path | None) -> None:
    """Take in a run's tally, if one is given, and write the table anew."""
    if tally:
        old = FIGURES.read_text(encoding="utf-8").splitlines() if FIGURES.exists() else []
        lines = renew(old, tally.read_text(encoding="utf-8").splitlines())
        FIGURES.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    PAGE.write_text(current_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{PAGE.name}: {len(read_shown())} lines")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
