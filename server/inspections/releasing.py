"""Refused edits answered by the office: released into their record after all, or explained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from server.accounts.models import Device, User
from server.accounts.rights import may
from server.accounts.store import read_office_device
from server.checklists.models import ChecklistVersion
from server.edits.models import Quarantined, RefusalAnswer
from server.edits.store import OfficeChange, make_office_edits
from server.edits.wire import plain_kept, read_kept
from server.evidence.models import LogHead
from server.evidence.store import append_evidence, lock_log, next_change
from server.fleet.store import read_existing
from server.inspections.models import Inspection
from server.inspections.quarantine import is_readable
from server.inspections.review import greatest_stamp, is_own, mark_of
from server.inspections.rules import find_bad_field, is_office_field
from server.inspections.store import KIND, receive_push
from server.problems import Problem
from sync.canonical import NotCanonical, canonical_json
from sync.edit import Edit

MAX_NOTE = 1000
NO_RECORD = "new"  # the mark of a record that is not there yet


@dataclass(frozen=True)
class Answer:
    """What a reviewer says: ``released`` or ``explained``. ``seen``: the mark of the record when
    the page was shown.
    """

    state: str
    note: str = ""
    seen: str | None = None


@dataclass(frozen=True)
class Release:
    """What a release would do. ``fits`` goes into the record, ``unfit`` (field → problem code)
    stays refused. ``row`` is None where the record is not there yet.
    """

    record: str | None
    row: Inspection | None
    fits: dict[str, Any] = field(default_factory=dict)
    unfit: dict[str, str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What changes whenever the record does."""
        return mark_of(self.row) if self.row else NO_RECORD


def read_refusal(session: Session, user: User, device: str, digest: str) -> Quarantined:
    """The refused edit, or 404 when it is not here or not this user's to read."""
    row = session.get(Quarantined, (user.company, device, digest))
    if not row or not is_readable(session, user, row):
        raise Problem("not_found")
    return row


def read_release(session: Session, row: Quarantined) -> Release:
    """What of a refused edit fits into its record. What cannot be read whole, fits nowhere."""
    raw = read_kept(row.body) if plain_kept(row.body) is not None else None
    fields = raw.get("fields") if isinstance(raw, dict) and raw.get("kind") == KIND else None
    record = raw.get("record") if isinstance(raw, dict) else None
    if not isinstance(fields, dict) or not isinstance(record, str):
        return Release(None, None)
    target = session.get(Inspection, (row.company, record))
    known = _known_checklists(session, row.company, fields.get("checklist"))
    unfit = {
        name: code
        for name, value in fields.items()
        if (code := _misfit(name, value, target, known))
    }
    fits = {name: value for name, value in fields.items() if name not in unfit}
    return Release(record, target, fits, unfit)


def _known_checklists(session: Session, company: str, named: object) -> set[str]:
    names = {named} if isinstance(named, str) else set()
    return read_existing(session, company, ChecklistVersion, names)


def _misfit(name: str, value: Any, target: Inspection | None, checklists: set[str]) -> str | None:
    """Why a field stays refused: by the rules that every phone's edit is judged by."""
    try:
        canonical_json({name: value})
    except NotCanonical:
        return "not_canonical"
    if is_office_field(name):
        return "field_forbidden"
    if name == "state" and value == "draft" and target is not None and target.status != "draft":
        return "field_forbidden"
    if find_bad_field({name: value}):
        return "field_value"
    unknown = name == "checklist" and value is not None and value not in checklists
    return "reference_unknown" if unknown else None


def answer_refusal(
    session: Session, user: User, refusal: tuple[str, str], answer: Answer, now_ms: int
) -> RefusalAnswer:
    """Release or explain the refused edit (its device and digest), or raise why not. The receipt
    stays what it was. The caller commits.
    """
    if not may(user.role, "answer_refusals"):
        raise Problem("not_allowed")
    head = lock_log(session, user.company)
    row = read_refusal(session, user, *refusal)
    before = session.get(RefusalAnswer, (row.company, row.device, row.digest))
    author = session.get_one(Device, (row.company, row.device))
    _require_answerable(user, author, before, answer)
    numbers: list[int] = []
    unfit: dict[str, str] = {}
    if answer.state == "released":
        release = read_release(session, row)
        _release(session, user, author, release, answer.seen, now_ms)
        numbers = [head.size]
        unfit = release.unfit
    made = before or RefusalAnswer(company=row.company, device=row.device, digest=row.digest)
    made.state, made.note = answer.state, answer.note.strip()
    made.user, made.at_ms, made.change_seq = user.id, now_ms, next_change(head)
    session.add(made)
    _attest(session, head, made, numbers, unfit)
    return made


def _require_answerable(
    user: User, author: Device, before: RefusalAnswer | None, answer: Answer
) -> None:
    if answer.state not in ("released", "explained"):
        raise Problem("field_malformed", "state")
    if len(answer.note) > MAX_NOTE or "\0" in answer.note:
        raise Problem("field_malformed", "note")
    if author.user == user.id:
        raise Problem("own_record")
    # An explanation can turn out wrong and be followed by a release. Nothing follows a release.
    if before and (before.state, answer.state) != ("explained", "released"):
        raise Problem("already_answered", before.state)
    if answer.state == "explained" and not answer.note.strip():
        raise Problem("reason_missing")


def _release(
    session: Session, user: User, author: Device, release: Release, seen: str | None, now_ms: int
) -> None:
    """Write the fields that fit as an edit of the reviewer's seat: the log's newest."""
    if not release.record or not release.fits:
        raise Problem("release_empty", ", ".join(sorted(set(release.unfit.values()))))
    if seen is not None and seen != release.mark:
        raise Problem("changed_meanwhile")
    if release.row and is_own(session, user, release.row):
        raise Problem("own_record")
    seat = read_office_device(session, user, now_ms)
    newest = greatest_stamp(release.row) if release.row else ""
    change = OfficeChange(release.record, release.fits, newest)
    [made] = make_office_edits(session, seat, [change], now_ms)
    if not isinstance(made.edit, Edit):
        raise Problem("release_empty", made.edit.code)
    [receipt] = receive_push(session, seat, [made], now_ms, owner=author)
    if receipt.state == "refused":
        raise Problem(receipt.problem or "field_malformed", receipt.detail)


def _attest(
    session: Session,
    head: LogHead,
    made: RefusalAnswer,
    numbers: list[int],
    unfit: dict[str, str],
) -> None:
    names = ("device", "digest", "state", "note", "user", "at_ms")
    content = {name: getattr(made, name) for name in names}
    left = {_tellable(name): code for name, code in unfit.items()}
    append_evidence(session, head, "answer", {**content, "edits": numbers, "left": left})


def _tellable(name: str) -> str:
    """A field's name without half characters, which have no canonical form."""
    return name.encode("utf-8", "backslashreplace").decode()
