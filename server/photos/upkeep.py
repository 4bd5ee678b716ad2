"""Looks after the photos that are kept: bytes read and hashed again, leftovers taken away."""

from __future__ import annotations

import structlog

from server.clock import DAY_MS, HOUR_MS
from server.db import begin_write, db
from server.photos import checking
from server.photos.finishing import spool
from server.photos.models import Photo
from server.web import now_ms, wiring

log = structlog.get_logger()

# So many rows are read at once and entered in one transaction; the bytes are read outside it.
BATCH = 50


def check_longest_unchecked() -> None:
    """One night's share: the photos that nobody has read for longest, up to so many bytes.

    What was read is entered as it goes, so that the next run goes on where this one ended.
    """
    began_ms, left = now_ms(), wiring().settings.check_bytes
    while left > 0:
        batch = checking.list_longest_unchecked(db.session, began_ms, BATCH)
        if not batch:
            break
        share: list[Photo] = []
        for photo in batch:
            if left > 0:
                share.append(photo)
                left -= photo.size_bytes
        _check(share)


def check_photo(company: str, sha256: str) -> None:
    """Look at one photo that somebody found odd."""
    photo = db.session.get(Photo, (company, sha256))
    if photo:
        _check([photo])


def purge_leftovers() -> None:
    """Refused bytes whose time is over, and what killed writers left half written."""
    now = now_ms()
    gone = spool().purge_refused(now - wiring().settings.refused_days * DAY_MS)
    drafts = wiring().blobs.remove_drafts(now - HOUR_MS)
    if gone or drafts:
        log.info("leftovers_purged", refused=gone, drafts=drafts)


def _check(photos: list[Photo]) -> None:
    db.session.expunge_all()
    db.session.rollback()  # reading gigabytes keeps nobody waiting and no WAL from ending
    found = [checking.look_at(wiring().blobs, photo) for photo in photos]
    begin_write(db.session)
    damaged = [one for one in found if checking.keep_checked(db.session, one, now_ms())]
    db.session.commit()
    for one in damaged:
        log.error("photo_damaged", sha256=one.sha256, company=one.company, harm=one.harm)
