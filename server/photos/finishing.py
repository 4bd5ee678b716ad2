"""What happens at an upload's last byte: look at the whole, keep it or set it aside, commit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from blinker import Signal
from flask import current_app

from server.db import begin_write, db
from server.photos import store
from server.photos.decoder import decoder
from server.photos.pictures import Picture
from server.photos.spool import Spool
from server.photos.store import Uploading
from server.problems import Problem
from server.web import now_ms, wiring

log = structlog.get_logger()

# What is wrong with the bytes themselves; any other problem is the server's, and passes.
REFUSALS = frozenset({"photo_hash", "photo_unreadable", "photo_too_many_pixels", "photo_too_hard"})

# Sent as photo_kept.send(app, company=…, sha256=…) after the commit: its pictures may be made.
photo_kept = Signal("a verified photo is committed")


def spool() -> Spool:
    """Where this app's uploads lie."""
    return Spool(wiring().settings.upload_dir)


def finish(uploading: Uploading) -> None:
    """Make a photo of an upload whose last byte is here. Harmless when somebody else just did.

    Bytes that are not the photo they were declared to be are set aside, the upload ends, and the
    problem says why.
    """
    with storing(), spool().alone(uploading.id) as content:
        if content is None or len(content) != uploading.length_bytes:
            return
        try:
            picture = _judge(content, uploading.sha256)
        except Problem as problem:
            if problem.code in REFUSALS:
                _refuse(uploading, content, problem)
            raise
        # First the bytes, synced, name and all; only then the row that says so.
        wiring().blobs.keep_bytes(uploading.company, uploading.sha256, "original", content)
        begin_write(db.session)
        store.keep_photo(db.session, uploading, picture, now_ms())
        db.session.commit()
        spool().remove(uploading.id)
    photo_kept.send(
        current_app._get_current_object(),  # type: ignore[attr-defined] # noqa: SLF001
        company=uploading.company,
        sha256=uploading.sha256,
    )


@contextmanager
def storing() -> Iterator[None]:
    """A disk that is full or failing is a state, not a bug: nothing is acknowledged, try again."""
    try:
        yield
    except OSError as error:
        log.exception("storage_failed", errno=error.errno)
        raise Problem("storage_failed") from error


def _judge(content: bytes, sha256: str) -> Picture:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Problem("photo_hash")
    return decoder.check_picture(content, wiring().settings.photo_max_pixels)


def _refuse(uploading: Uploading, content: bytes, problem: Problem) -> None:
    found = hashlib.sha256(content).hexdigest()
    log.warning("photo_refused", code=problem.code, found=found, declared=uploading.sha256)
    spool().set_aside(uploading.id, uploading.company, f"{found}.as.{uploading.sha256}")
    begin_write(db.session)
    store.remove_upload(db.session, uploading)
    db.session.commit()
