"""Work outside requests: pictures made from photos, and the end of uploads nobody finished."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import structlog
from flask import Flask
from huey import SqliteHuey, crontab
from huey.serializer import SignedSerializer

from server.clock import HOUR_MS
from server.db import begin_write, db
from server.heads.daily import schedule_heads
from server.photos import store
from server.photos.decoder import decoder
from server.photos.finishing import photo_kept, spool
from server.photos.showing import photo_suspected
from server.photos.upkeep import check_longest_unchecked, check_photo, purge_leftovers
from server.problems import Problem
from server.web import Wiring, now_ms, wiring

log = structlog.get_logger()

EXTENSION = "mingcha_jobs"
# An upload's row is there before its first byte, so a file without a row has no owner.
STRAY_AGE_MS = HOUR_MS
# SQLite begins anew at 4 MiB by itself, unless somebody is reading.
WAL_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Jobs:
    """The queue and what may be put into it."""

    queue: SqliteHuey
    derive: Callable[[str, str], Any]
    check: Callable[[str, str], Any]
    sweep: Callable[[], Any]


def register_jobs(app: Flask, *, immediate: bool = False) -> None:
    """Give this app its queue, opened when first used. ``immediate``: done at once, for tests."""
    app.extensions[EXTENSION] = cache(lambda: _open_queue(app, immediate))
    photo_kept.connect(_derive_soon)
    photo_suspected.connect(_check_soon)


def jobs_of(app: Flask) -> Jobs:
    """This app's queue."""
    return cast(Callable[[], Jobs], app.extensions[EXTENSION])()


def run_worker(app: Flask) -> None:
    """Work until SIGTERM or SIGINT. One thread: one picture in memory at a time."""
    jobs = jobs_of(app)
    jobs.sweep()
    jobs.queue.create_consumer(workers=1, max_delay=1.0).run()


def derive_photo(company: str, sha256: str) -> None:
    """Make a photo's smaller pictures, unless they are there. Needs an app context."""
    photo = store.read_photo(db.session, company, sha256)
    if photo is None or (photo.derived_at_ms is not None and photo.screen_sha256 is not None):
        db.session.rollback()
        return
    pixels = photo.width * photo.height
    try:
        content = store.read_content(wiring().blobs, photo, "original")
    except store.Spoilt:
        # No picture is drawn from other bytes than the verified ones: they are asked for again.
        check_photo(company, sha256)
        return
    db.session.rollback()
    made = decoder.make_pictures(content or b"", pixels)
    for size, picture in made.items():
        wiring().blobs.keep_bytes(company, sha256, size, picture)
    hashes = {size: hashlib.sha256(picture).hexdigest() for size, picture in made.items()}
    begin_write(db.session)
    store.keep_derived(db.session, company, sha256, hashes, now_ms())
    db.session.commit()


def derive_waiting() -> None:
    """Every photo whose pictures are missing, so that nothing depends on the queue's memory."""
    waiting = store.list_waiting_photos(db.session)
    db.session.rollback()
    for company, sha256 in waiting:
        try:
            derive_photo(company, sha256)
        except (Problem, OSError) as error:
            # One bad file or a full disk is looked at again next time; the others go on.
            log.exception("pictures_not_made", sha256=sha256, error=str(error))


def end_expired_uploads() -> None:
    """Rows first, then bytes: killed in between, the bytes are strays and go the next time."""
    begin_write(db.session)
    store.remove_expired(db.session, now_ms())
    db.session.commit()
    known = store.list_upload_ids(db.session)
    db.session.rollback()
    for upload, grown_at_ms in spool().list_uploads().items():
        if upload not in known and grown_at_ms < now_ms() - STRAY_AGE_MS:
            spool().remove(upload)


def watch_wal() -> None:
    """Shorten a write-ahead log that has grown long, or warn of who keeps it from ending.

    A reader that never ends its transaction lets it grow without bound, until the disk is full.
    """
    database = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not database:
        return
    wal = Path(f"{database}-wal")
    if not wal.exists() or wal.stat().st_size <= WAL_BYTES:
        return
    # A connection of its own, without a transaction: a checkpoint waits for nobody, even for us.
    with closing(sqlite3.connect(database, timeout=0.1, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size_bytes = wal.stat().st_size if wal.exists() else 0
    if size_bytes > WAL_BYTES:
        log.warning("wal_large", size_bytes=size_bytes)


def _open_queue(app: Flask, immediate: bool) -> Jobs:
    settings = cast(Wiring, app.extensions["mingcha"]).settings
    queue = SqliteHuey(
        "mingcha",
        filename=str(settings.data_dir / "jobs.sqlite3"),
        immediate=immediate,
        results=False,
        # The queue's entries are pickles: only those that we signed are opened.
        serializer=SignedSerializer(secret=settings.secret_key, salt="jobs"),
    )

    def within(work: Callable[..., None]) -> Callable[..., None]:
        def run(*arguments: str) -> None:
            with app.app_context():
                work(*arguments)

        return run

    queue.periodic_task(crontab(minute="11"), name="expire")(within(end_expired_uploads))
    schedule_heads(queue, app)
    queue.periodic_task(crontab(minute="29"), name="purge")(within(purge_leftovers))
    queue.periodic_task(crontab(minute="7", hour="2"), name="rehash")(
        within(check_longest_unchecked)
    )
    queue.periodic_task(crontab(minute="*/10"), name="wal")(within(watch_wal))
    return Jobs(
        queue,
        derive=queue.task(name="derive")(within(derive_photo)),
        check=queue.task(name="check")(within(check_photo)),
        sweep=queue.periodic_task(crontab(minute="*"), name="sweep")(within(derive_waiting)),
    )


def _derive_soon(app: Flask, company: str, sha256: str) -> None:
    _put(lambda: jobs_of(app).derive(company, sha256))


def _check_soon(app: Flask, company: str, sha256: str) -> None:
    _put(lambda: jobs_of(app).check(company, sha256))


def _put(task: Callable[[], object]) -> None:
    try:
        task()
    except sqlite3.Error as error:
        # The photo is safe whatever the queue says: the sweep and the nightly look find it.
        log.warning("queue_unavailable", error=str(error))
