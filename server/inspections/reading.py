"""Reads inspections inside a user's scope: lists by keyset, one record, its photos."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true, tuple_
from sqlalchemy.orm import Session

from server.accounts.models import Device, User
from server.accounts.rights import may
from server.clock import format_instant
from server.edits.models import EditRow
from server.fleet.merges import CREW, VEHICLE, read_family
from server.inspections.models import Finding, Inspection, PhotoUse
from server.photos.models import Photo
from server.problems import Problem

CHUNK = 400  # bound variables a statement, well under SQLite's limit


@dataclass(frozen=True)
class Filters:
    """What a list shows; None means all. Dates are service dates, ``YYYY-MM-DD``, inclusive.

    Several ids of vehicles or crew are entries that stand for one and the same.
    """

    station: str | None = None
    route: str | None = None
    vehicle: str | tuple[str, ...] | None = None
    crew: str | tuple[str, ...] | None = None
    mode: str | None = None
    status: str | None = None
    grade: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    unmatched: bool | None = None


@dataclass(frozen=True)
class InspectionPage:
    """Newest first; ``after`` continues the list, None at its end."""

    rows: list[Inspection]
    after: str | None


def in_scope(user: User) -> ColumnElement[bool]:
    """Which inspections this user may read: the company's, the station's or their own.

    Undercover records are for those who handle them, and drafts for nobody but their author.
    """
    own = Inspection.device.in_(
        select(Device.id).where(Device.company == user.company, Device.user == user.id)
    )
    seen: ColumnElement[bool] = false()
    if may(user.role, "read_company"):
        seen = true()
    elif may(user.role, "read_station") and user.station:
        seen = Inspection.station == user.station
    if not may(user.role, "read_undercover"):
        # While its mode is not known a record may be undercover, so it is treated as such.
        seen = and_(seen, Inspection.mode.is_not(None), Inspection.mode != "undercover")
    return and_(
        Inspection.company == user.company, or_(own, and_(seen, Inspection.status != "draft"))
    )


def list_inspections(
    session: Session, user: User, filters: Filters, after: str | None, most: int
) -> InspectionPage:
    """One page of the user's inspections, newest first."""
    filters = through_merges(session, user.company, filters)
    query = narrow(select(Inspection).where(in_scope(user)), filters)
    return read_page(session, query, after, most)


def through_merges(session: Session, company: str, filters: Filters) -> Filters:
    """The same filters, with every entry that stands for the vehicle or person asked for."""
    found: dict[str, Any] = {}
    for name, kind in (("vehicle", VEHICLE), ("crew", CREW)):
        wanted = getattr(filters, name)
        if isinstance(wanted, str):
            found[name] = read_family(session, company, kind, wanted)
    return replace(filters, **found)


def read_page(session: Session, query: Select[Any], after: str | None, most: int) -> InspectionPage:
    """One page of the inspections a query selects, newest first."""
    if after:
        query = query.where(
            tuple_(Inspection.occurred_at_ms, Inspection.id) < tuple_(*_parse_after(after))
        )
    query = query.order_by(Inspection.occurred_at_ms.desc(), Inspection.id.desc())
    rows = list(session.scalars(query.limit(most + 1)))
    last = rows[most - 1] if len(rows) > most else None
    return InspectionPage(rows[:most], f"{last.occurred_at_ms}:{last.id}" if last else None)


def narrow(query: Select[Any], filters: Filters) -> Select[Any]:
    """The query with the filters laid over it."""
    for name in ("station", "route", "mode", "status", "grade", "unmatched"):
        wanted = getattr(filters, name)
        if wanted is not None:
            query = query.where(getattr(Inspection, name) == wanted)
    if filters.vehicle:
        query = query.where(_is_one_of(Inspection.vehicle, filters.vehicle))
    if filters.crew:
        places = (Inspection.driver, Inspection.conductor)
        query = query.where(or_(*(_is_one_of(place, filters.crew) for place in places)))
    if filters.date_from:
        query = query.where(Inspection.service_date >= filters.date_from)
    if filters.date_to:
        query = query.where(Inspection.service_date <= filters.date_to)
    return query


def _is_one_of(column: Any, wanted: str | tuple[str, ...]) -> ColumnElement[bool]:
    ids = (wanted,) if isinstance(wanted, str) else wanted
    return column == ids[0] if len(ids) == 1 else column.in_(ids)


def _parse_after(after: str) -> tuple[int, str]:
    at_ms, _, record = after.partition(":")
    if not at_ms.isdecimal() or len(at_ms) > 15:
        raise Problem("cursor_invalid")
    return int(at_ms), record


def read_inspection(session: Session, user: User, record: str) -> Inspection:
    """The inspection, or 404 when it does not exist or is not this user's to read."""
    row = session.scalar(select(Inspection).where(in_scope(user), Inspection.id == record))
    if not row:
        raise Problem("not_found")
    return row


def read_inspections(session: Session, user: User, records: list[str]) -> list[Inspection]:
    """These inspections in this order, or 404 when one of them is not this user's to read."""
    found: dict[str, Inspection] = {}
    for start in range(0, len(records), CHUNK):
        part = records[start : start + CHUNK]
        rows = session.scalars(select(Inspection).where(in_scope(user), Inspection.id.in_(part)))
        found.update({row.id: row for row in rows})
    if len(found) < len(set(records)):
        raise Problem("not_found")
    return [found[record] for record in records]


def read_findings(session: Session, company: str, records: list[str]) -> dict[str, list[Finding]]:
    """The findings of these inspections, by inspection, in item order."""
    found: dict[str, list[Finding]] = {record: [] for record in records}
    for row in session.scalars(
        select(Finding)
        .where(Finding.company == company, Finding.inspection.in_(records))
        .order_by(Finding.item)
    ):
        found[row.inspection].append(row)
    return found


@dataclass(frozen=True)
class PhotoState:
    """A photo that a record names; ``photo`` is None while its bytes are awaited, for the first
    time or, where they were ``damaged`` here, again.
    """

    field: str
    sha256: str
    photo: Photo | None
    damaged: bool


def read_photo_states(
    session: Session, company: str, records: list[str]
) -> dict[str, list[PhotoState]]:
    """The photos that these inspections name, by inspection, in order."""
    found: dict[str, list[PhotoState]] = {record: [] for record in records}
    rows = session.execute(
        select(PhotoUse, Photo)
        .outerjoin(
            Photo,
            (Photo.company == PhotoUse.company) & (Photo.sha256 == PhotoUse.sha256),
        )
        .where(PhotoUse.company == company, PhotoUse.inspection.in_(records))
        .order_by(PhotoUse.field, PhotoUse.position)
    )
    for use, photo in rows:
        damaged = photo is not None and photo.damage is not None
        whole = None if damaged else photo
        found[use.inspection].append(PhotoState(use.field, use.sha256, whole, damaged))
    return found


def photo_in_scope(session: Session, user: User, photo: Photo) -> bool:
    """True when a record that this user may read names the photo, or their own phone sent it."""
    sender = session.get(Device, (photo.company, photo.device))
    if sender and sender.user == user.id:
        return True
    use = select(PhotoUse.sha256).join(
        Inspection,
        (Inspection.company == PhotoUse.company) & (Inspection.id == PhotoUse.inspection),
    )
    where = (in_scope(user), PhotoUse.sha256 == photo.sha256)
    if session.scalar(use.where(*where).limit(1)) is not None:
        return True
    late = (
        select(EditRow.seq)
        .join(
            Inspection, (Inspection.company == EditRow.company) & (Inspection.id == EditRow.record)
        )
        .where(in_scope(user), EditRow.state == "late", EditRow.body.contains(photo.sha256))
    )
    return session.scalar(late.limit(1)) is not None


def present_inspections(session: Session, rows: list[Inspection]) -> list[dict[str, Any]]:
    """Inspections as the API gives them. Nothing here says who wrote them."""
    if not rows:
        return []
    records = [row.id for row in rows]
    findings = read_findings(session, rows[0].company, records)
    photos = read_photo_states(session, rows[0].company, records)
    return [_present(row, findings[row.id], photos[row.id]) for row in rows]


_PLAIN = (
    *("id", "mode", "status", "checklist", "service_date", "clock_suspect"),
    *("vehicle", "driver", "conductor", "route", "station", "unmatched"),
    *("total_bp", "fault_points", "grade", "photos_named", "photos_verified"),
)


def _present(row: Inspection, findings: list[Finding], photos: list[PhotoState]) -> dict[str, Any]:
    score = json.loads(row.score) or {"subjects": {}, "suspected": []}
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "occurred_at": format_instant(row.occurred_at_ms),
        "received_at": format_instant(row.first_received_at_ms),
        "score": None if row.total_bp is None else row.total_bp / 100,
        "subjects": score["subjects"],
        "suspected": score["suspected"],
        "findings": [
            {
                "item": one.item,
                "severity": one.severity,
                "charged_to": one.charged_to,
                "fixed_on_spot": one.fixed_on_spot,
            }
            for one in findings
        ],
        "photos": [
            {"field": one.field, "sha256": one.sha256, "verified": one.photo is not None}
            for one in photos
        ],
        "complete": row.completed_at_ms is not None,
    }
