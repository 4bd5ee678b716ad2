"""The office's list of inspections: what can be asked for, and what waits in which queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.fleet.merges import CREW, VEHICLE, entries_holding
from server.fleet.models import CrewMember, Vehicle
from server.inspections.models import Inspection
from server.inspections.reading import Filters, InspectionPage, in_scope, narrow, read_page
from server.inspections.rules import MODES
from server.problems import Problem
from sync.plate import name_key, plate_key

STATUSES = ("finished", "returned", "confirmed", "void", "draft")
GRADES = ("A", "B", "C", "D")
MAX_TEXT = 40

_LIVE = Inspection.status.in_(("finished", "returned", "confirmed"))
QUEUES: dict[str, ColumnElement[bool]] = {
    "review": Inspection.status == "finished",
    "suspected": and_(_LIVE, Inspection.suspected > 0),
    "unmatched": and_(_LIVE, Inspection.unmatched.is_(True)),
    "photos": and_(_LIVE, Inspection.photos_verified < Inspection.photos_named),
}


@dataclass(frozen=True)
class Search:
    """What a reader asked for. ``vehicle`` and ``person`` are parts of plates, numbers, names."""

    filters: Filters
    vehicle: str = ""
    person: str = ""
    queue: str | None = None


def parse_search(asked: Mapping[str, str]) -> Search:
    """The search in a page's address; 400 when a value is none of those offered."""
    filters = Filters(
        station=_text(asked, "station") or None,
        route=_text(asked, "route") or None,
        mode=_one_of(asked, "mode", MODES),
        status=_one_of(asked, "status", STATUSES),
        grade=_one_of(asked, "grade", GRADES),
        date_from=_date(asked, "date_from"),
        date_to=_date(asked, "date_to"),
    )
    queue = _one_of(asked, "queue", tuple(QUEUES))
    return Search(filters, _text(asked, "vehicle"), _text(asked, "person"), queue)


def _text(asked: Mapping[str, str], name: str) -> str:
    return asked.get(name, "").strip()[:MAX_TEXT]


def _one_of(asked: Mapping[str, str], name: str, words: tuple[str, ...]) -> str | None:
    value = asked.get(name, "").strip()
    if value and value not in words:
        raise Problem("field_malformed", name)
    return value or None


def _date(asked: Mapping[str, str], name: str) -> str | None:
    value = asked.get(name, "").strip()
    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError as error:
        raise Problem("field_malformed", name) from error


def search_inspections(
    session: Session, user: User, search: Search, after: str | None, most: int
) -> InspectionPage:
    """One page of what this user may read and asked for, newest first."""
    query = narrow(select(Inspection).where(in_scope(user)), search.filters)
    if search.queue:
        query = query.where(QUEUES[search.queue])
    return read_page(session, _with_texts(query, user.company, search), after, most)


def _with_texts(query: Select[Any], company: str, search: Search) -> Select[Any]:
    if search.vehicle:
        query = query.where(Inspection.vehicle.in_(_vehicles_holding(company, search.vehicle)))
    if search.person:
        persons = _persons_holding(company, search.person)
        query = query.where(or_(Inspection.driver.in_(persons), Inspection.conductor.in_(persons)))
    return query


def _vehicles_holding(company: str, text: str) -> Select[str]:
    hits = or_(
        Vehicle.plate_key.contains(plate_key(text), autoescape=True),
        Vehicle.fleet_number.icontains(text, autoescape=True),
    )
    return entries_holding(VEHICLE, company, hits)


def _persons_holding(company: str, text: str) -> Select[str]:
    hits = or_(
        CrewMember.name_key.contains(name_key(text), autoescape=True),
        CrewMember.staff_number.icontains(text, autoescape=True),
    )
    return entries_holding(CREW, company, hits)


def count_queues(session: Session, user: User) -> dict[str, int]:
    """How many of the inspections this user may read wait in each queue."""
    counts = [func.coalesce(func.sum(case((where, 1), else_=0)), 0) for where in QUEUES.values()]
    row = session.execute(select(*counts).where(in_scope(user))).one()
    return dict(zip(QUEUES, row, strict=True))
