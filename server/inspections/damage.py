"""Photos whose bytes were lost or altered on the server: which records they are missing from."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.accounts.models import User
from server.inspections.models import Inspection, PhotoUse
from server.inspections.reading import in_scope
from server.photos.checking import list_damaged_photos

MOST = 50  # more is no list to be read, but a night to call the system's keeper


def list_damaged_records(session: Session, user: User) -> list[tuple[Inspection, int]]:
    """(record, damaged photos) of this user's scope, newest first, up to ``MOST``."""
    damaged = _damaged(session, user.company)
    if not damaged:
        return []
    rows = session.execute(
        select(Inspection, func.count(func.distinct(PhotoUse.sha256)))
        .join(
            PhotoUse,
            (PhotoUse.company == Inspection.company) & (PhotoUse.inspection == Inspection.id),
        )
        .where(in_scope(user), PhotoUse.sha256.in_(damaged))
        .group_by(Inspection.company, Inspection.id)
        .order_by(Inspection.occurred_at_ms.desc(), Inspection.id)
        .limit(MOST)
    )
    return [(row, count) for row, count in rows]


def count_damaged(session: Session, row: Inspection) -> int:
    """How many of a record's photos are damaged on the server."""
    damaged = _damaged(session, row.company)
    if not damaged or row.photos_verified == row.photos_named:
        return 0
    named = session.scalars(
        select(PhotoUse.sha256).where(
            PhotoUse.company == row.company, PhotoUse.inspection == row.id
        )
    )
    return len(set(named) & set(damaged))


def _damaged(session: Session, company: str) -> list[str]:
    return [one.sha256 for one in list_damaged_photos(session, company)[:400]]
