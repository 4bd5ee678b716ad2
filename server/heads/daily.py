"""Signs each company's head once a day and puts it outside: into a folder, and by e-mail."""

from __future__ import annotations

import smtplib
from pathlib import Path

import structlog
from flask import Flask
from huey import Huey, crontab
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Company
from server.blobs import write_whole
from server.clock import local_date
from server.config import Settings
from server.db import begin_write, db
from server.evidence.heads import (
    HeadKey,
    HeadText,
    list_signed,
    read_key,
    read_signed,
    save_signed,
    sign_head,
)
from server.evidence.store import lock_log, read_head
from server.heads.mail import send_head
from server.web import now_ms, wiring

log = structlog.get_logger()

EVER = 100_000  # days


def schedule_heads(queue: Huey, app: Flask) -> None:
    """Look every quarter of an hour whether a day has begun: that meets midnight in any zone."""

    def run() -> None:
        with app.app_context():
            keep_heads()

    queue.periodic_task(crontab(minute="*/15"), name="heads")(run)


def keep_heads() -> None:
    """Today's head of every company, signed and outside; what could not go out is tried again the
    next time. Needs an app context.
    """
    settings = wiring().settings
    begin_write(db.session)
    companies = db.session.scalars(select(Company).order_by(Company.id))
    signed = [
        sign_today(db.session, one, read_key(settings.data_dir), now_ms()) for one in companies
    ]
    db.session.commit()
    for head in signed:
        put_outside(db.session, settings, head)
    db.session.rollback()


def sign_today(session: Session, company: Company, key: HeadKey, at_ms: int) -> HeadText:
    """The company's head of today (its zone), signed now if it was not yet. The caller commits."""
    day = local_date(at_ms, company.timezone)
    # The lock is what keeps two processes from signing two heads of one day.
    lock_log(session, company.id)
    known = read_signed(session, company.id, day)
    if known:
        return known
    head = read_head(session, company.id)
    made = sign_head(key, company.id, day, company.epoch, head, at_ms)
    save_signed(session, made)
    return made


def put_outside(session: Session, settings: Settings, newest: HeadText) -> list[str]:
    """Write every head that the folder lacks, and mail the newest one once: it covers the rest.

    Says what did not go out. Another disk or a mount that is away for a while, or a mail server:
    all of it goes out the next time.
    """
    failed: list[str] = []
    try:
        for head in list_signed(session, newest.company, EVER):
            write_head(settings.heads_dir, head)
    except OSError as error:
        failed.append(f"{settings.heads_dir}: {error.strerror or error}")
    try:
        _mail_once(settings, newest)
    except (OSError, smtplib.SMTPException) as error:
        failed.append(f"{settings.heads_to}: {error}")
    if failed:
        log.error("head_not_outside", company=newest.company, day=newest.day, failed=failed)
    return failed


def _mail_once(settings: Settings, head: HeadText) -> None:
    sent = settings.data_dir / "heads-sent" / head.company / head.day
    if settings.smtp_url and settings.heads_to and not sent.exists():
        send_head(settings, head)
        write_whole(sent, f"{head.line}\n".encode())


def write_head(folder: Path, head: HeadText) -> None:
    """``<company>/<day>.json``; never over another text: after a restore both are there to see."""
    content = f"{head.line}\n".encode()
    for name in (f"{head.day}.json", f"{head.day}.{head.epoch[:8]}.json"):
        path = folder / head.company / name
        if not path.exists():
            write_whole(path, content)
            return
        if path.read_bytes() == content:
            return
    log.error("head_differs", company=head.company, day=head.day)
