"""What the office does with a record: confirm, return, void, match. Each is an edit in the log."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from server.accounts.models import Device, User
from server.accounts.rights import Right, may
from server.accounts.store import read_office_device
from server.edits.store import OfficeChange, make_office_edits
from server.evidence.store import lock_log
from server.fleet.store import read_existing
from server.inspections.conflicts import count_open
from server.inspections.derive import LINKS
from server.inspections.models import Inspection
from server.inspections.reading import read_inspection, read_inspections
from server.inspections.rules import CRITICAL_SOURCES
from server.inspections.store import receive_push
from server.problems import Problem

# move → (from which status, to which, with which right, reason needed)
MOVES: dict[str, tuple[tuple[str, ...], str, Right, bool]] = {
    "confirm": (("finished",), "confirmed", "review", False),
    "return": (("finished",), "returned", "review", True),
    "void": (("finished", "returned"), "void", "void", True),
}
MATCHABLE = ("finished", "returned", "confirmed")


@dataclass(frozen=True)
class Review:
    """A reviewer's decision. ``criticals``: item → second source that confirms it; ``seen``: the
    record's mark when its page was shown, so that nobody confirms what they did not see.
    """

    move: str
    note: str = ""
    criticals: dict[str, str] = field(default_factory=dict)
    seen: str | None = None


def may_move(user: User, own: bool, row: Inspection, move: str) -> bool:
    """True when this user may make that move on the record as it stands."""
    origins, _, right, _ = MOVES[move]
    return not own and row.status in origins and may(user.role, right)


def is_own(session: Session, user: User, row: Inspection) -> bool:
    """True when the user wrote the record: nobody reviews their own."""
    device = session.get_one(Device, (row.company, row.device))
    return device.user == user.id


def review_inspection(
    session: Session, user: User, record: str, review: Review, now_ms: int
) -> Inspection:
    """Make the move or raise why not. The caller commits."""
    return review_inspections(session, user, {record: review}, now_ms)[0]


def review_inspections(
    session: Session, user: User, reviews: dict[str, Review], now_ms: int
) -> list[Inspection]:
    """Make each record's move or raise why not: all together. The caller commits."""
    lock_log(session, user.company)  # what is decided on stays as it was read
    rows = read_inspections(session, user, list(reviews))
    disputed = count_open(session, user.company, list(reviews))
    changes = [(row, _decide(session, user, row, reviews[row.id])) for row in rows]
    for row in rows:
        # A confirmed record goes into people's files: first it must be known what it says.
        if reviews[row.id].move == "confirm" and row.id in disputed:
            raise Problem("conflicts_open", str(disputed[row.id]))
    write_fields(session, user, changes, now_ms)
    return rows


def _decide(session: Session, user: User, row: Inspection, review: Review) -> dict[str, Any]:
    if review.move not in MOVES:
        raise Problem("field_malformed", review.move)
    origins, target, right, needs_reason = MOVES[review.move]
    if not may(user.role, right):
        raise Problem("not_allowed")
    if is_own(session, user, row):
        raise Problem("own_record")
    if row.status not in origins:
        raise Problem("move_forbidden", row.status)
    require_unchanged(row, review.seen)
    if needs_reason and not review.note.strip():
        raise Problem("reason_missing")
    fields: dict[str, Any] = {"review": {"state": target, "note": review.note.strip()}}
    fields.update(_critical_fields(row, review))
    return fields


def require_unchanged(row: Inspection, seen: str | None) -> None:
    """Raise when the record is another than the one whose mark the reader was shown."""
    if seen is not None and seen != mark_of(row):
        raise Problem("changed_meanwhile")


def _critical_fields(row: Inspection, review: Review) -> dict[str, Any]:
    suspected = set((json.loads(row.score) or {}).get("suspected", []))
    for item, source in review.criticals.items():
        if item not in suspected or source not in CRITICAL_SOURCES:
            raise Problem("field_malformed", f"criticals/{item}")
    if review.move != "confirm":
        return {}
    return {
        f"criticals/{item}": {"state": "confirmed", "source": source}
        for item, source in review.criticals.items()
    }


def match_inspection(
    session: Session,
    user: User,
    record: str,
    links: dict[str, str | None],
    now_ms: int,
    seen: str | None = None,
) -> Inspection:
    """Point the record at other vehicles or persons; its files follow. The caller commits.

    ``seen``: the record's mark when its page was shown, so that nobody overrules unknowingly.
    """
    if not may(user.role, "match"):
        raise Problem("not_allowed")
    lock_log(session, user.company)
    row = read_inspection(session, user, record)
    if row.status not in MATCHABLE:
        raise Problem("move_forbidden", row.status)
    require_unchanged(row, seen)
    if not links or any(name not in LINKS for name in links):
        raise Problem("field_malformed", ", ".join(links))
    for name, chosen in links.items():
        if chosen and not read_existing(session, row.company, LINKS[name], {chosen}):
            raise Problem("reference_unknown", name)
    write_fields(session, user, [(row, dict(links))], now_ms)
    return row


def write_fields(
    session: Session, user: User, changes: list[tuple[Inspection, dict[str, Any]]], now_ms: int
) -> None:
    """One edit a record by the reviewer's seat, taken or raised why not. The caller commits."""
    seat = read_office_device(session, user, now_ms)
    edits = make_office_edits(
        session,
        seat,
        [OfficeChange(row.id, fields, greatest_stamp(row)) for row, fields in changes],
        now_ms,
    )
    for receipt in receive_push(session, seat, edits, now_ms):
        if receipt.state != "accepted":
            raise Problem(receipt.problem or "field_malformed", receipt.detail)


def mark_of(row: Inspection) -> str:
    """What changes whenever the record does, and tells nothing else: no device, no time."""
    return hashlib.sha256(greatest_stamp(row).encode()).hexdigest()[:16]


def greatest_stamp(row: Inspection) -> str:
    """The newest stamp in the record: an edit above it wins over all that it says."""
    return max((entry["stamp"] for entry in json.loads(row.fields).values()), default="")
