"""What was typed on a phone, and the vehicles and persons it may mean."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.fleet.likeness import APART, SAME, bare_number, name_likeness, plate_likeness
from server.fleet.merges import CREW, VEHICLE, is_standing, read_through
from server.fleet.models import CrewMember, Vehicle
from server.fleet.store import find_crew, find_vehicles
from server.inspections.models import Inspection
from sync.plate import name_key, plate_key

TYPED = ("vehicle", "driver", "conductor")
MOST = 12
_WORDS = re.compile(r"[A-Za-z]*[0-9]+|[\u3400-\u9fff\U00020000-\U0003ffff]{2,}")
_MASTER = re.compile("(.)师傅")  # 陈师傅: nothing but a surname is known


@dataclass(frozen=True)
class Candidate:
    """A row that may be meant. ``exact``: its plate or name is the typed one, however written."""

    row: Any
    exact: bool


@dataclass(frozen=True)
class Waiting:
    """Something typed that no row stands for yet; ``sure`` is the only exact candidate, if one."""

    what: str
    typed: str
    sure: Any | None


def read_typed(row: Inspection) -> dict[str, str]:
    """What was typed, by what it is for, whether or not it was matched since.

    An id that this company does not have stands for itself until it is matched.
    """
    state = json.loads(row.fields)
    values = {name: entry["value"] for name, entry in state.items()}
    found = {what: values.get(f"{what}_typed") for what in TYPED}
    for what in TYPED:
        if not found[what] and getattr(row, what) is None:
            found[what] = values.get(what)
    return {what: text for what, text in found.items() if text}


def read_waiting(session: Session, row: Inspection) -> list[Waiting]:
    """What of this record still waits for a match."""
    return [
        Waiting(what, typed, _sure(session, row.company, what, typed))
        for what, typed in read_typed(row).items()
        if not getattr(row, what)
    ]


def _sure(session: Session, company: str, what: str, typed: str) -> Any | None:
    rows = _exact(session, company, what, typed)
    return rows[0] if len(rows) == 1 else None


def _exact(session: Session, company: str, what: str, typed: str) -> list[Any]:
    if what == "vehicle":
        meant = (Vehicle.plate_key == plate_key(typed)) | (Vehicle.fleet_number == typed.strip())
        rows = session.scalars(select(Vehicle).where(Vehicle.company == company, meant))
        return read_through(session, company, VEHICLE, rows.all())
    keys = {name_key(part) for part in (typed, *typed.split())}
    where = (
        CrewMember.company == company,
        CrewMember.duty == what,
        CrewMember.name_key.in_(keys) | CrewMember.staff_number.in_(keys),
    )
    return read_through(
        session, company, CREW, session.scalars(select(CrewMember).where(*where)).all()
    )


def find_candidates(
    session: Session, company: str, what: str, typed: str, text: str
) -> list[Candidate]:
    """Rows to choose from: those that hold ``text`` when something was searched for, else exact
    matches of what was typed, then those that resemble it.
    """
    exact = _exact(session, company, what, typed) if typed else []
    known = {row.id for row in exact}
    if text:
        return [Candidate(row, row.id in known) for row in _search(session, company, what, text)]
    found = {row.id: Candidate(row, True) for row in exact}
    for row in _alike(session, company, what, typed):
        found.setdefault(row.id, Candidate(row, False))
    for part in _parts(what, typed) if typed.strip() else ():
        for row in _search(session, company, what, part):
            found.setdefault(row.id, Candidate(row, False))
    return list(found.values())[:MOST]


def _alike(session: Session, company: str, what: str, typed: str) -> list[Any]:
    """Entries in use that differ from what was typed by a province or by one slip of the finger."""
    kind = VEHICLE if what == "vehicle" else CREW
    model = kind.model
    query = select(model).where(
        model.company == company, model.retired.is_(False), is_standing(kind)
    )
    if what != "vehicle":
        query = query.where(CrewMember.duty == what)
    likeness = _vehicle_likeness if what == "vehicle" else _crew_likeness
    rated = [(likeness(row, typed), row) for row in session.scalars(query)]
    alike = [pair for pair in rated if pair[0] < APART]
    return [row for _, row in sorted(alike, key=lambda pair: pair[0])]


def _vehicle_likeness(row: Vehicle, typed: str) -> int:
    return plate_likeness(row.plate, typed)


def _crew_likeness(row: CrewMember, typed: str) -> int:
    number = bare_number(row.staff_number)
    is_number = number in {bare_number(part) for part in (typed, *typed.split())}
    return SAME if is_number else name_likeness(row.name, typed)


def _search(session: Session, company: str, what: str, text: str) -> list[Any]:
    if what == "vehicle":
        return list(find_vehicles(session, company, text))
    return list(find_crew(session, company, text))


def _parts(what: str, typed: str) -> list[str]:
    """What to look for when the whole was not found, the likeliest first."""
    if what == "vehicle":
        tail = plate_key(typed)[2:12]
        return [typed, *(part for size in (5, 4, 3) for part in _windows(tail, size))]
    words = _WORDS.findall(typed)
    surnames = _MASTER.findall(typed)
    return [*words, *(part for word in words for part in _windows(word, 2)), *surnames]


def _windows(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(len(text) - size + 1)]
