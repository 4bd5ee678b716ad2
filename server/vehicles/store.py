"""Reads vehicles and their files."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.fleet.merges import VEHICLE, is_called, is_standing
from server.fleet.models import Vehicle
from server.inspections.files import File, read_file
from server.inspections.reading import Filters
from server.problems import Problem
from sync.plate import plate_key

SUBJECTS = ("vehicle", "company")


@dataclass(frozen=True)
class VehiclePage:
    """Vehicles in order of fleet number; ``after`` continues the list."""

    rows: list[Vehicle]
    after: str | None


def list_vehicles(
    session: Session, user: User, text: str, after: str | None, most: int
) -> VehiclePage:
    """The company's vehicles whose plate or fleet number holds the text."""
    query = select(Vehicle).where(Vehicle.company == user.company, is_standing(VEHICLE))
    if text.strip():
        hits = or_(
            Vehicle.plate_key.contains(plate_key(text), autoescape=True),
            Vehicle.fleet_number.contains(text.strip(), autoescape=True),
        )
        query = query.where(is_called(VEHICLE, user.company, hits))
    if after:
        query = query.where(Vehicle.fleet_number > after)
    rows = list(session.scalars(query.order_by(Vehicle.fleet_number).limit(most + 1)))
    return VehiclePage(rows[:most], rows[most - 1].fleet_number if len(rows) > most else None)


def read_vehicle(session: Session, user: User, vehicle: str) -> Vehicle:
    """The vehicle, or 404 when this company has none of that id."""
    row = session.get(Vehicle, (user.company, vehicle))
    if not row:
        raise Problem("not_found")
    return row


def read_vehicle_file(
    session: Session, user: User, vehicle: str, after: str | None, most: int
) -> File:
    """一车一档: every inspection of this vehicle that the user may read."""
    return read_file(session, user, Filters(vehicle=vehicle), SUBJECTS, after, most)
