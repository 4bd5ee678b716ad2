"""The log: what a push needs to know of it, how it grows, and the proof of what it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Device
from server.edits.known import read_known
from server.edits.models import EditRow, Quarantined
from server.edits.receipts import (
    Incoming,
    Kept,
    Known,
    Misplaced,
    Placed,
    Receipt,
    Seen,
    place_edit,
    read_incoming,
    tellable,
)
from server.evidence.models import LogHead
from server.evidence.store import append_evidence, lock_log, make_stamp
from sync.edit import GENESIS, Edit
from sync.stamp import parse_stamp


@dataclass(frozen=True)
class Verdict:
    """What the record's own slice says of an edit whose place in the chain is right.

    ``won``: the fields whose value it became.
    """

    state: str  # accepted | late | refused
    problem: str | None = None
    detail: str = ""
    won: tuple[str, ...] = ()


Judge = Callable[[Edit, str], Verdict]


@dataclass
class Push:
    """One push while it is received: the device, what is known, and who judges its edits.

    ``saw``: the number of the last change that the phone had pulled, null when none.
    """

    session: Session
    head: LogHead
    device: Device
    now_ms: int
    judge: Judge
    known: Known
    saw: int | None


def receive_edits(
    session: Session,
    device: Device,
    incoming: list[Incoming],
    now_ms: int,
    judge: Judge,
    saw: int | None = None,
) -> list[Receipt]:
    """One receipt per edit, in order. Each is judged alone; refused ones are kept whole.

    The caller holds the log's lock (``lock_log``) and commits.
    """
    head = lock_log(session, device.company)
    known = read_known(session, device, incoming, now_ms)
    known.orders.last = parse_stamp(head.last_stamp)
    push = Push(session, head, device, now_ms, judge, known, saw)
    # Taken in the order the device made them, answered in the order they came.
    made = sorted(range(len(incoming)), key=lambda place: incoming[place].serial or 0)
    receipts = {place: _receive_one(push, incoming[place]) for place in made}
    head.last_stamp = str(known.orders.last) if known.orders.last else None
    session.flush()
    return [receipts[place] for place in range(len(incoming))]


def _receive_one(push: Push, one: Incoming) -> Receipt:
    place = place_edit(push.known, one, push.device.id, push.now_ms)
    if isinstance(place, Seen):
        return place.receipt
    if isinstance(place, Misplaced):
        _quarantine(push, one, place.receipt)
        _attest_refusal(push, one, place.receipt)
        return place.receipt
    receipt, won = _judged(push, place)
    _append(push, one, place.edit, receipt)
    _attest(push, one, place.edit, receipt, won)
    if receipt.state == "refused":
        _quarantine(push, one, receipt)
    return receipt


def _judged(push: Push, place: Placed) -> tuple[Receipt, tuple[str, ...]]:
    verdict = push.judge(place.edit, place.order)
    stamp = place.edit.stamp
    ordered_as = place.order if place.order != stamp and verdict.state != "refused" else None
    receipt = Receipt(stamp, verdict.state, verdict.problem, tellable(verdict.detail), ordered_as)
    return receipt, verdict.won


def _append(push: Push, one: Incoming, edit: Edit, receipt: Receipt) -> None:
    push.head.size += 1
    push.session.add(
        EditRow(
            company=push.device.company,
            seq=push.head.size,
            stamp=edit.stamp,
            device=push.device.id,
            serial=edit.serial,
            prev=edit.prev,
            digest=one.digest,
            kind=edit.kind,
            record=edit.record,
            body=one.body,
            received_at_ms=push.now_ms,
            state=receipt.state,
            problem=receipt.problem,
            detail=receipt.detail,
            ordered_as=receipt.ordered_as,
        )
    )
    kept = Kept(one.digest, edit.prev, receipt)
    push.known.by_stamp[edit.stamp] = kept
    push.known.by_serial[edit.serial] = kept


def _attest(push: Push, one: Incoming, edit: Edit, receipt: Receipt, won: tuple[str, ...]) -> None:
    """The leaf of an edit: what came, from whom, what was answered, what it changed."""
    content = {
        "edit": push.head.size,
        "stamp": edit.stamp,
        "digest": one.digest,
        "device": push.device.id,
        "user": push.device.user,
        "serial": edit.serial,
        "received_at_ms": push.now_ms,
        "state": receipt.state,
        "problem": receipt.problem,
        "detail": receipt.detail,
        "ordered_as": receipt.ordered_as,
        "won": sorted(won),
        "saw": push.saw,
    }
    append_evidence(push.session, push.head, "edit", content)


def _attest_refusal(push: Push, one: Incoming, receipt: Receipt) -> None:
    """The leaf of an edit that has no place in its device's chain."""
    content = {
        "digest": one.digest,
        "stamp": one.stamp,
        "serial": one.serial,
        "device": push.device.id,
        "user": push.device.user,
        "received_at_ms": push.now_ms,
        "problem": receipt.problem,
        "detail": receipt.detail,
    }
    append_evidence(push.session, push.head, "refusal", content)


def _quarantine(push: Push, one: Incoming, receipt: Receipt) -> None:
    push.session.add(
        Quarantined(
            company=push.device.company,
            device=push.device.id,
            digest=one.digest,
            stamp=one.stamp,
            serial=one.serial,
            body=one.body,
            problem=receipt.problem or "",
            detail=receipt.detail,
            received_at_ms=push.now_ms,
        )
    )
    push.known.quarantined[one.digest] = receipt
    if one.stamp and one.stamp not in push.known.by_stamp:
        push.known.quarantined_stamps.add(one.stamp)


@dataclass(frozen=True)
class OfficeChange:
    """What a reviewer changes in one record.

    ``seen`` is the greatest stamp of the record as its author saw it: the edit wins over that.
    """

    record: str
    fields: dict[str, Any]
    seen: str


def make_office_edits(
    session: Session, seat: Device, changes: list[OfficeChange], now_ms: int
) -> list[Incoming]:
    """The next edits of a reviewer's seat, to be received like any other."""
    head = lock_log(session, seat.company)
    last = session.execute(
        select(EditRow.serial, EditRow.digest)
        .where(EditRow.company == seat.company, EditRow.device == seat.id)
        .order_by(EditRow.serial.desc())
        .limit(1)
    ).first()
    prev = last.digest if last else GENESIS
    made: list[Incoming] = []
    for serial, change in enumerate(changes, start=last.serial + 1 if last else 1):
        raw = {
            "stamp": make_stamp(head, seat.id, now_ms, change.seen),
            "serial": serial,
            "prev": prev,
            "kind": "inspection",
            "record": change.record,
            "fields": change.fields,
            # The office sees what is there: all up to this change, and its own comes after it.
            "saw": head.change_seq,
        }
        made.append(read_incoming(raw))
        prev = made[-1].digest
    return made
