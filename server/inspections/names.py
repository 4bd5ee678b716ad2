"""Names behind the ids in inspections, fetched once for a whole page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.fleet.models import CrewMember, Route, Station, Vehicle
from server.inspections.models import Inspection


@dataclass(frozen=True)
class Names:
    """Rows by id. An id that is not here has no row, or nobody asked for it."""

    vehicles: dict[str, Vehicle]
    crew: dict[str, CrewMember]
    routes: dict[str, Route]
    stations: dict[str, Station]


def read_names(
    session: Session,
    company: str,
    rows: Iterable[Inspection],
    more: Iterable[str] = (),
) -> Names:
    """Everything these inspections point at, and what has one of the ids in ``more``; routes and
    stations whole, they are few.
    """
    rows, extra = list(rows), set(more)
    vehicles = {row.vehicle for row in rows if row.vehicle} | extra
    persons = {one for row in rows for one in (row.driver, row.conductor) if one} | extra
    return Names(
        _by_id(session, company, Vehicle, vehicles),
        _by_id(session, company, CrewMember, persons),
        {row.id: row for row in list_routes(session, company)},
        {row.id: row for row in list_stations(session, company)},
    )


def list_routes(session: Session, company: str) -> list[Route]:
    """The company's routes in order of their codes, 9 before 10."""
    rows = session.scalars(select(Route).where(Route.company == company))
    return sorted(rows, key=lambda row: (len(row.code), row.code))


def list_stations(session: Session, company: str) -> list[Station]:
    return list(
        session.scalars(select(Station).where(Station.company == company).order_by(Station.name))
    )


def _by_id(session: Session, company: str, model: type[Any], ids: set[str]) -> dict[str, Any]:
    if not ids:
        return {}
    rows = session.scalars(select(model).where(model.company == company, model.id.in_(ids)))
    return {row.id: row for row in rows}
