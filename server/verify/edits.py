"""Walks every edit: its text, its columns, its leaf, its device's chain, the signatures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import zip_longest
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.keys import signature_holds
from server.accounts.models import Device
from server.accounts.store import public_key_of
from server.edits.models import EditRow, PushSignature, Quarantined
from server.evidence.models import Entry, LogHead
from server.problems import Problem
from server.verify.damage import Damage, differing, read_object
from server.verify.leaves import PAGE, Ledger
from sync.edit import GENESIS

COLUMNS = ("stamp", "serial", "prev", "kind", "record")
ANSWERED = ("stamp", "digest", "device", "serial", "received_at_ms", "state", "problem", "detail")
REFUSED = ("digest", "device", "stamp", "serial", "received_at_ms", "problem", "detail")


@dataclass
class Chains:
    """By device: serial → (hash, prev) of what the log holds, and hash → prev of all it sent.

    ``refused``: (device, hash) → what was answered to an edit that was refused in its place.
    """

    links: dict[str, dict[int, tuple[str, str]]] = field(default_factory=lambda: defaultdict(dict))
    sent: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    refused: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)


def check_edits(session: Session, company: str, ledger: Ledger) -> Iterator[Damage]:
    """Every edit is what came, was answered as the log says, and was signed by its device."""
    devices = {
        device.id: device
        for device in session.scalars(select(Device).where(Device.company == company))
    }
    chains = Chains()
    yield from _check_rows(session, company, devices, chains)
    yield from _check_quarantine(session, company, ledger, chains)
    for device in devices.values():
        yield from _check_chain(device, chains)
        if device.kind == "phone":
            yield from _check_signatures(session, device, chains)


def _check_rows(
    session: Session, company: str, devices: dict[str, Device], chains: Chains
) -> Iterator[Damage]:
    count = 0
    for row, entry in zip_longest(_stream_edits(session, company), _stream_told(session, company)):
        if entry is None:
            yield Damage("edit_untold", str(row.seq))
            continue
        if row is None:
            yield Damage("edit_missing", str(read_object(entry.body).get("edit")))
            continue
        count = row.seq
        yield from _check_row(row, read_object(entry.body), devices.get(row.device))
        chains.links[row.device][row.serial] = (row.digest, row.prev)
        chains.sent[row.device][row.digest] = row.prev
        if row.state == "refused":
            said = {name: getattr(row, name) for name in REFUSED}
            chains.refused[row.device, row.digest] = said
    head = session.scalar(select(LogHead.size).where(LogHead.company == company)) or 0
    if head != count:
        yield Damage("edits_counted", str(count), str(head))


def _stream_edits(session: Session, company: str) -> Iterator[EditRow]:
    query = select(EditRow).where(EditRow.company == company).order_by(EditRow.seq)
    for row in session.scalars(query.execution_options(yield_per=PAGE)):
        yield row
        session.expunge(row)


def _stream_told(session: Session, company: str) -> Iterator[Entry]:
    query = select(Entry).where(Entry.company == company, Entry.kind == "edit").order_by(Entry.seq)
    for entry in session.scalars(query.execution_options(yield_per=PAGE)):
        yield entry
        session.expunge(entry)


def _check_row(row: EditRow, told: dict[str, Any], device: Device | None) -> Iterator[Damage]:
    place = str(row.seq)
    if sha256(row.body.encode()).hexdigest() != row.digest:
        yield Damage("edit_altered", place)
    raw = read_object(row.body)
    wrong = differing(
        {name: getattr(row, name) for name in COLUMNS},
        {name: raw.get(name) for name in COLUMNS},
    )
    if wrong or not row.stamp.endswith(row.device):
        yield Damage("edit_columns", place, wrong)
    said = {name: getattr(row, name) for name in (*ANSWERED, "ordered_as")}
    said |= {"edit": row.seq, "user": device.user if device else None}
    wrong = differing(said, {name: told.get(name) for name in said})
    if wrong:
        yield Damage("receipt_altered", place, wrong)


def _check_quarantine(
    session: Session, company: str, ledger: Ledger, chains: Chains
) -> Iterator[Damage]:
    """Every refused edit is still there, whole, and for the reason that was given."""
    kept = {
        (row.device, row.digest): row
        for row in session.scalars(select(Quarantined).where(Quarantined.company == company))
    }
    refused = {**ledger.refusals, **chains.refused}
    for name, row in kept.items():
        place = f"{row.device}/{row.digest[:12]}"
        if sha256(row.body.encode()).hexdigest() != row.digest:
            yield Damage("refusal_altered", place)
        told = refused.get(name)
        if told is None:
            yield Damage("refusal_untold", place)
        # What the log was told of a database of 0.1.0 names neither stamp nor serial.
        elif wrong := differing(
            {one: told[one] for one in REFUSED if one in told},
            {one: getattr(row, one) for one in REFUSED if one in told},
        ):
            yield Damage("refusal_altered", place, wrong)
        chains.sent[row.device].setdefault(row.digest, _prev_of(row.body))
    for device, digest in refused.keys() - kept.keys():
        yield Damage("refusal_missing", f"{device}/{digest[:12]}")


def _prev_of(body: str) -> str:
    prev = read_object(body).get("prev")
    return prev if isinstance(prev, str) else GENESIS


def _check_chain(device: Device, chains: Chains) -> Iterator[Damage]:
    links = chains.links[device.id]
    for serial, (_, prev) in sorted(links.items()):
        before = links.get(serial - 1)
        wanted = GENESIS if serial == 1 else before[0] if before else prev
        if prev != wanted:
            yield Damage("chain_broken", f"{device.id}/{serial}")


def _check_signatures(session: Session, device: Device, chains: Chains) -> Iterator[Damage]:
    """Every edit of a phone is under a signature: its own, or one that its hash leads up to."""
    try:
        key = public_key_of(device)
    except (Problem, ValueError, RecursionError):
        yield Damage("key_unreadable", device.id)
        return
    sent = chains.sent[device.id]
    covered: set[str] = set()
    rows = session.scalars(
        select(PushSignature).where(
            PushSignature.company == device.company, PushSignature.device == device.id
        )
    )
    for row in rows:
        place = f"{device.id}/{row.serial}"
        if not signature_holds(key, row.signature, row.digest):
            yield Damage("signature_wrong", place)
        elif row.digest not in sent:
            yield Damage("signed_missing", place)
        digest = row.digest
        while digest in sent and digest not in covered:
            covered.add(digest)
            digest = sent[digest]
    for serial, (digest, _) in sorted(chains.links[device.id].items()):
        if digest not in covered:
            yield Damage("edit_unsigned", f"{device.id}/{serial}")
