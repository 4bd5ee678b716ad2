"""The office says that two entries are one bus or one person, or that they are two after all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.accounts.rights import may
from server.accounts.store import read_office_device
from server.evidence.store import lock_log, make_stamp, next_change
from server.fleet.likeness import APART, bare_number, name_likeness, plate_likeness
from server.fleet.merges import (
    CREW,
    VEHICLE,
    Act,
    Kind,
    is_called,
    is_standing,
    merge_entries,
    read_survivor,
    undo_merge,
)
from server.fleet.models import CrewMember, Vehicle
from server.fleet.store import attest_reference
from server.inspections.models import Inspection
from server.inspections.reading import Filters, in_scope, narrow, through_merges
from server.problems import Problem
from sync.plate import name_key, plate_key

MOST = 12


@dataclass(frozen=True)
class Likely:
    """An entry that may be the same; ``likeness`` as ``fleet.likeness`` says, APART when it was
    searched for.
    """

    row: Any
    likeness: int


@dataclass(frozen=True)
class Extent:
    """How much a file holds of what this reader may read, and from when to when."""

    records: int
    first: str | None
    last: str | None


def read_entry(session: Session, user: User, kind: Kind, entry: str) -> Any:
    """The entry, or 404; 403 for whoever may not merge."""
    if not may(user.role, "match"):
        raise Problem("not_allowed")
    row = session.get(kind.model, (user.company, entry))
    if not row:
        raise Problem("not_found")
    return row


def merge(session: Session, user: User, kind: Kind, pair: tuple[str, str], now_ms: int) -> None:
    """Read the first as the second from now on, or raise why not. The caller commits."""
    merged, into = pair
    act = _begin(session, user, kind, merged, now_ms)
    merge_entries(session, user.company, kind, merged, into, act)
    attest_reference(session, session.get_one(kind.model, (user.company, merged)))


def take_apart(session: Session, user: User, kind: Kind, merged: str, now_ms: int) -> str:
    """Undo a merge; gives the entry that had stood for both. The caller commits."""
    act = _begin(session, user, kind, merged, now_ms)
    into = undo_merge(session, user.company, kind, merged, act)
    attest_reference(session, session.get_one(kind.model, (user.company, merged)))
    return into


def _begin(session: Session, user: User, kind: Kind, merged: str, now_ms: int) -> Act:
    head = lock_log(session, user.company)
    read_entry(session, user, kind, merged)
    seat = read_office_device(session, user, now_ms)
    return Act(user.id, now_ms, make_stamp(head, seat.id, now_ms), next_change(head))


def read_survivor_row(session: Session, company: str, kind: Kind, row: Any) -> Any:
    """The entry that this one is read as."""
    into = read_survivor(session, company, kind, row.id)
    return row if into == row.id else session.get_one(kind.model, (company, into))


def read_standing(session: Session, row: Inspection) -> dict[str, Any]:
    """Of the bus and the persons that the record names: who stands for them since a merge."""
    named = ((VEHICLE, row.vehicle), (CREW, row.driver), (CREW, row.conductor))
    found: dict[str, Any] = {}
    for kind, entry in named:
        into = read_survivor(session, row.company, kind, entry) if entry else entry
        if entry and into != entry:
            found[entry] = session.get_one(kind.model, (row.company, into))
    return found


def read_extent(session: Session, user: User, kind: Kind, entry: str) -> Extent:
    """What the entry's file holds."""
    dates = (func.count(), func.min(Inspection.service_date), func.max(Inspection.service_date))
    filters = Filters(vehicle=entry) if kind is VEHICLE else Filters(crew=entry)
    filters = through_merges(session, user.company, filters)
    counted: Any = select(*dates)
    query = narrow(counted.select_from(Inspection).where(in_scope(user)), filters)
    return Extent(*session.execute(query).one())


def find_likely(session: Session, company: str, kind: Kind, row: Any, text: str) -> list[Likely]:
    """Entries that may be the same as this one, likeliest first; what holds ``text`` when
    something was searched for.
    """
    query = select(kind.model).where(
        kind.model.company == company, kind.model.id != row.id, is_standing(kind)
    )
    if kind is CREW:
        query = query.where(CrewMember.duty == row.duty)
    if text:
        hits = is_called(kind, company, _holds(kind, text))
        return [Likely(one, APART) for one in session.scalars(query.where(hits).limit(MOST))]
    likeness = _vehicle_likeness if kind is VEHICLE else _person_likeness
    found = [Likely(one, likeness(row, one)) for one in session.scalars(query)]
    alike = sorted((one for one in found if one.likeness < APART), key=lambda one: one.likeness)
    return alike[:MOST]


def _holds(kind: Kind, text: str) -> Any:
    if kind is VEHICLE:
        return or_(
            Vehicle.plate_key.contains(plate_key(text), autoescape=True),
            Vehicle.fleet_number.icontains(text, autoescape=True),
        )
    return or_(
        CrewMember.name_key.contains(name_key(text), autoescape=True),
        CrewMember.staff_number.icontains(text, autoescape=True),
    )


def _vehicle_likeness(one: Vehicle, other: Vehicle) -> int:
    return plate_likeness(one.plate, other.plate)


def _person_likeness(one: CrewMember, other: CrewMember) -> int:
    if bare_number(one.staff_number) == bare_number(other.staff_number):
        return 0
    return name_likeness(one.name, other.name)
