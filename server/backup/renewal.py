"""What a restored database is told: a new epoch, and which photos it does not have after all."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.accounts.store import company_evidence
from server.backup.content import Bad
from server.db import begin_write, db
from server.evidence.store import append_evidence, head_of, lock_log
from server.migrations import upgrade
from server.photos.checking import Checked, keep_checked
from server.photos.models import Photo


def renew(app: Flask, at_ms: int, epoch: str, bad: list[Bad]) -> str:
    """Bring the tables to this release and begin the epoch; gives its id. Committed."""
    with app.app_context():
        try:
            upgrade()
            begin_write(db.session)
            begin_epoch(db.session, at_ms, epoch)
            mark_photos(db.session, bad, at_ms)
            db.session.commit()
        finally:
            db.session.close()
            db.engine.dispose()
    return epoch


def begin_epoch(session: Session, at_ms: int, epoch: str) -> None:
    """A new epoch for every company, and its log says from where on. The caller commits."""
    for company in session.scalars(select(Company).order_by(Company.id)):
        row = lock_log(session, company.id)
        head = head_of(row)
        old, company.epoch = company.epoch, epoch
        content = {
            "old": old,
            **company_evidence(company),
            "at_ms": at_ms,
            "size": head.size,
            "hash": head.hash,
        }
        append_evidence(session, row, "epoch", content)
    session.flush()


def mark_photos(session: Session, bad: list[Bad], at_ms: int) -> None:
    """Photos whose bytes did not come back are no longer called verified: phones that hold them
    are asked for them. The smaller pictures of all others are made anew by the worker.
    """
    session.execute(update(Photo).values(derived_at_ms=None, screen_sha256=None, thumb_sha256=None))
    for one in bad:
        photo = session.get(Photo, (one.company, one.sha256))
        if photo:
            harm = "altered" if one.why == "altered" else "missing"
            seen_ms = photo.checked_at_ms
            keep_checked(
                session,
                Checked(one.company, one.sha256, harm, spoilt=False, seen_ms=seen_ms),
                at_ms,
            )
