"""Refused edits as the office reads them: kept whole, with nothing that names a secret author."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, or_, select, tuple_
from sqlalchemy.orm import Session

from server.accounts.models import Device, User
from server.accounts.rights import may
from server.edits.models import Quarantined, RefusalAnswer
from server.edits.reading import read_history
from server.edits.wire import plain_kept, read_kept, show_kept
from server.inspections.history import is_author_hidden
from server.inspections.models import Inspection
from server.inspections.sealed import seal, unseal
from server.inspections.store import KIND
from server.problems import Problem

HIDDEN = "················"
_DEVICE = re.compile("(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])")


@dataclass(frozen=True)
class Answered:
    """What the office said of a refused edit, who and when."""

    state: str  # released | explained
    note: str
    who: str
    at_ms: int


@dataclass(frozen=True)
class Refusal:
    """One refused edit. ``device`` is None where it would name its author, ``body`` where this
    reader may not read undercover records; ``record`` is the inspection it was meant for.
    ``key`` is its name in addresses; ``answered`` is None while it waits for the office.
    """

    key: str
    received_at_ms: int
    problem: str
    detail: str
    device: str | None
    record: str | None
    body: str | None
    answered: Answered | None


@dataclass(frozen=True)
class RefusalPage:
    """Unanswered ones first, then newest first; ``after`` continues the list."""

    rows: list[Refusal]
    after: str | None


_GROUP = case((RefusalAnswer.state.is_(None), 0), else_=1)


def list_refusals(
    session: Session, user: User, after: str | None, most: int, secret: str
) -> RefusalPage:
    """What this company's server refused and kept. ``secret`` seals keys and page marks."""
    query = _select().where(Quarantined.company == user.company)
    place = tuple_(Quarantined.received_at_ms, Quarantined.digest, Quarantined.device)
    if after:
        group, *rest = _parse_after(after, secret)
        later = tuple_(_GROUP) > tuple_(group)
        query = query.where(
            or_(later, and_(tuple_(_GROUP) == tuple_(group), place < tuple_(*rest)))
        )
    query = query.order_by(
        _GROUP,
        Quarantined.received_at_ms.desc(),
        Quarantined.digest.desc(),
        Quarantined.device.desc(),
    )
    rows = list(session.execute(query.limit(most + 1)))
    shown = [_present(session, user, row, secret) for row in rows[:most]]
    return RefusalPage(shown, _place_of(rows[most - 1], secret) if len(rows) > most else None)


def _select() -> Any:
    return (
        select(Quarantined, Device, User, RefusalAnswer)
        .join(Device, (Device.company == Quarantined.company) & (Device.id == Quarantined.device))
        .join(User, (User.company == Device.company) & (User.id == Device.user))
        .outerjoin(
            RefusalAnswer,
            (RefusalAnswer.company == Quarantined.company)
            & (RefusalAnswer.device == Quarantined.device)
            & (RefusalAnswer.digest == Quarantined.digest),
        )
    )


def _place_of(found: Any, secret: str) -> str:
    row, _, _, answer = found
    return seal(secret, 1 if answer else 0, row.received_at_ms, row.digest, row.device)


def _parse_after(after: str, secret: str) -> list[str | int]:
    try:
        place = unseal(secret, after)
    except Problem as problem:
        raise Problem("cursor_invalid") from problem
    if len(place) != 4:
        raise Problem("cursor_invalid")
    return place


def key_of(row: Quarantined, secret: str) -> str:
    """A refusal's name in addresses."""
    return seal(secret, row.device, row.digest)


def parse_key(key: str, secret: str) -> tuple[str, str]:
    """(device, digest) of the refusal of that name; 404 when there is no such name."""
    parts = unseal(secret, key)
    if len(parts) != 2:
        raise Problem("not_found")
    return str(parts[0]), str(parts[1])


def present_refusal(session: Session, reader: User, row: Quarantined, secret: str) -> Refusal:
    """One refused edit as this reader may read it."""
    query = _select().where(
        Quarantined.company == row.company,
        Quarantined.device == row.device,
        Quarantined.digest == row.digest,
    )
    return _present(session, reader, session.execute(query).one(), secret)


def _present(session: Session, reader: User, found: Any, secret: str) -> Refusal:
    row, device, author, answer = found
    record = _read_record(session, row)
    undercover = _may_be_undercover(session, row, record)
    readable = not undercover or may(reader.role, "read_undercover")
    hidden = undercover or author.role == "inspector_social"
    # Even a device's bare id would tell which records have one author.
    mask = (lambda text: _DEVICE.sub(HIDDEN, text)) if hidden else str
    return Refusal(
        key_of(row, secret),
        row.received_at_ms,
        row.problem,
        mask(row.detail) if readable else "",
        None if hidden else device.name,
        record.id if record and record.status != "draft" and readable else None,
        mask(show_kept(row.body)) if readable else None,
        _answered(session, answer),
    )


def _answered(session: Session, answer: RefusalAnswer | None) -> Answered | None:
    if not answer:
        return None
    who = session.get_one(User, (answer.company, answer.user))
    return Answered(answer.state, answer.note, who.display_name, answer.at_ms)


def is_readable(session: Session, reader: User, row: Quarantined) -> bool:
    """True when this reader may read what was in the refused edit."""
    undercover = _may_be_undercover(session, row, _read_record(session, row))
    return not undercover or may(reader.role, "read_undercover")


def _may_be_undercover(session: Session, row: Quarantined, record: Inspection | None) -> bool:
    told = plain_kept(row.body)
    if told is None or "undercover" in told:
        return True
    if record is None:  # nothing of it was ever taken, so only this fragment can tell its mode
        return '"mode":' not in told
    return is_author_hidden(read_history(session, record.company, KIND, record.id))


def _read_record(session: Session, row: Quarantined) -> Inspection | None:
    raw = read_kept(row.body)
    named = raw.get("record") if isinstance(raw, dict) else None
    return session.get(Inspection, (row.company, named)) if isinstance(named, str) else None
