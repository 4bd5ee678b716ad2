"""Stations, routes, vehicles and crew: saved, found, and listed for phones that pull."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import func, inspect, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.evidence.store import append_evidence, lock_log
from server.fleet.merges import CREW, KINDS, VEHICLE, is_called, is_standing, merged_ids
from server.fleet.models import CrewMember, Reference, Route, Station, Vehicle
from server.problems import Problem
from sync.plate import name_key, plate_key

Row = TypeVar("Row", bound=Reference)
_UNTOLD = ("company", "id", "change_seq")

# What phones pull of each kind; company, stamps and keys for searching stay here.
PULLED: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "station": (Station, ("name", "name_en")),
    "route": (Route, ("code", "name", "name_en", "station")),
    "vehicle": (
        Vehicle,
        ("plate", "fleet_number", "kind", "regime", "capacity", "station", "route"),
    ),
    "crew": (CrewMember, ("staff_number", "name", "duty", "station")),
}


@dataclass(frozen=True)
class Change:
    """When a reference row changed: its place in the pull and the stamp of its fields."""

    stamp: str
    seq: int


def save_station(
    session: Session, company: str, change: Change, name: str, name_en: str
) -> Station:
    """A new station; a problem when one has that name."""
    _require_free(session, company, Station.name, name)
    row = Station(company=company, name=name, name_en=name_en, **_base(change))
    return _add(session, row)


def _require_free(
    session: Session, company: str, column: InstrumentedAttribute[str], value: str
) -> None:
    model = column.class_
    if session.scalar(select(model.id).where(model.company == company, column == value)):
        raise Problem("field_malformed", value)


@dataclass(frozen=True)
class RouteCard:
    """What is known of a route when it is entered."""

    code: str
    name: str
    name_en: str
    station: str | None = None


def save_route(session: Session, company: str, change: Change, card: RouteCard) -> Route:
    """A new route; a problem when one has that code."""
    _require_free(session, company, Route.code, card.code)
    return _add(session, Route(company=company, **vars(card), **_base(change)))


@dataclass(frozen=True)
class VehicleCard:
    """What is known of a vehicle when it is entered."""

    plate: str
    fleet_number: str
    kind: str = "coach"
    regime: str = "road_passenger"
    capacity: int = 0
    station: str | None = None
    route: str | None = None


def save_vehicle(session: Session, company: str, change: Change, card: VehicleCard) -> Vehicle:
    """A new vehicle; 422 when its plate or fleet number is another's."""
    key = plate_key(card.plate)
    clash = session.scalar(
        select(Vehicle.plate).where(
            Vehicle.company == company,
            or_(Vehicle.plate_key == key, Vehicle.fleet_number == card.fleet_number),
        )
    )
    if clash or not key or not card.fleet_number:
        raise Problem("field_malformed", clash or "plate")
    return _add(session, Vehicle(company=company, plate_key=key, **vars(card), **_base(change)))


@dataclass(frozen=True)
class CrewCard:
    """What is known of a crew member when entered. ``duty``: driver or conductor."""

    staff_number: str
    name: str
    duty: str
    station: str | None = None


def save_crew_member(session: Session, company: str, change: Change, card: CrewCard) -> CrewMember:
    """A new crew member; 422 when the staff number is another's."""
    clash = session.scalar(
        select(CrewMember.staff_number).where(
            CrewMember.company == company, CrewMember.staff_number == card.staff_number
        )
    )
    if clash or not card.name or not card.staff_number:
        raise Problem("field_malformed", clash or "staff_number")
    row = CrewMember(company=company, name_key=name_key(card.name), **vars(card), **_base(change))
    return _add(session, row)


def find_vehicles(session: Session, company: str, text: str, most: int = 20) -> list[Vehicle]:
    """Vehicles in use whose plate or fleet number holds the text, best first."""
    key = plate_key(text)
    hits = or_(
        Vehicle.plate_key.contains(key, autoescape=True),
        Vehicle.fleet_number.contains(text.strip(), autoescape=True),
    )
    return list(
        session.scalars(
            select(Vehicle)
            .where(
                Vehicle.company == company,
                Vehicle.retired.is_(False),
                is_standing(VEHICLE),
                is_called(VEHICLE, company, hits),
            )
            .order_by(func.length(Vehicle.plate_key), Vehicle.fleet_number)
            .limit(most)
        )
    )


def find_crew(
    session: Session, company: str, text: str, duty: str | None = None, most: int = 20
) -> list[CrewMember]:
    """Crew in service whose name or staff number holds the text."""
    hits = or_(
        CrewMember.name_key.contains(name_key(text), autoescape=True),
        CrewMember.staff_number.contains(text.strip(), autoescape=True),
    )
    query = select(CrewMember).where(
        CrewMember.company == company,
        CrewMember.retired.is_(False),
        is_standing(CREW),
        is_called(CREW, company, hits),
    )
    if duty:
        query = query.where(CrewMember.duty == duty)
    return list(session.scalars(query.order_by(CrewMember.staff_number).limit(most)))


def read_existing(session: Session, company: str, model: type[Any], ids: set[str]) -> set[str]:
    """Those of the ids that exist."""
    wanted = [one for one in ids if "\0" not in one]  # no database but SQLite can be asked for it
    if not wanted:
        return set()
    query = select(model.id).where(model.company == company, model.id.in_(wanted))
    return set(session.scalars(query))


def list_changed(
    session: Session, company: str, after: int, most: int
) -> list[tuple[int, dict[str, Any]]]:
    """Reference rows changed after ``after``, as (change number, record as pulled)."""
    found: list[tuple[int, dict[str, Any]]] = []
    for kind, (model, names) in PULLED.items():
        rows = session.scalars(
            select(model)
            .where(model.company == company, model.change_seq > after)
            .order_by(model.change_seq)
            .limit(most)
        ).all()
        ids = [row.id for row in rows]
        merged = merged_ids(session, company, KINDS[kind], ids) if kind in KINDS else set()
        found += [
            (row.change_seq, _as_pulled(kind, row, names, row.retired or row.id in merged))
            for row in rows
        ]
    return found


def _as_pulled(kind: str, row: Any, names: tuple[str, ...], gone: bool) -> dict[str, Any]:
    if gone:
        return {"kind": kind, "record": row.id, "gone": True}
    fields = {name: {"value": getattr(row, name), "stamp": row.stamp} for name in names}
    return {"kind": kind, "record": row.id, "fields": fields}


def _base(change: Change) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "stamp": change.stamp,
        "change_seq": change.seq,
        "retired": False,
    }


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    attest_reference(session, row)
    return row


def attest_reference(session: Session, row: Reference) -> None:
    """Tell the log what this row now holds. To be called after each change of one."""
    log = lock_log(session, row.company)
    content = {
        "table": row.__tablename__,
        "id": row.id,
        "fields": reference_evidence(row),
    }
    append_evidence(session, log, "reference", content)


def reference_evidence(row: Reference) -> dict[str, Any]:
    """All that a row says, but for its place in the pull."""
    columns = inspect(type(row)).columns.keys()
    return {name: getattr(row, name) for name in columns if name not in _UNTOLD}
