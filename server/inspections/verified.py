"""Which photos are on the server."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.photos.models import Photo

CHUNK = 400  # bound variables a statement, well under SQLite's limit


def read_verified(session: Session, company: str, names: set[str]) -> set[str]:
    """Those of the names whose bytes are on the server, and undamaged as far as is known."""
    found: set[str] = set()
    wanted = sorted(names)
    for start in range(0, len(wanted), CHUNK):
        found |= set(
            session.scalars(
                select(Photo.sha256).where(
                    Photo.company == company,
                    Photo.sha256.in_(wanted[start : start + CHUNK]),
                    Photo.damage.is_(None),
                )
            )
        )
    return found
