"""Walks the evidence log itself: every leaf, the nodes above them, the head, remembered heads."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.db import Base
from server.evidence.models import Entry, EntryNode, LogHead
from server.evidence.store import NODE_STEP, Head
from server.verify.damage import Damage
from sync.canonical import NotCanonical, canonical_json
from sync.merkle import grow, leaf_hash, root_of

ENVELOPE = ("company", "kind", "seq")
PAGE = 1000  # rows held at a time
# What an entry of each kind is the last word on.
SUBJECTS = {
    "reference": ("table", "id"),
    "user": ("id",),
    "device": ("device",),
    "photo": ("sha256",),
}


@dataclass
class Ledger:
    """What the log tells, gathered while it is walked.

    ``facts``: kind and name → the last that was told; ``edits``: how many edits were told of;
    ``won``: by log number, a hash over the fields that an edit won; ``refusals``: (device,
    digest) → what was told; ``others``: entries of every other kind, in order.
    """

    facts: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    edits: int = 0
    won: array[int] = field(default_factory=lambda: array("q"))
    refusals: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    others: list[dict[str, Any]] = field(default_factory=list)


def won_hash(names: list[str]) -> int:
    """A short name for a set of fields, good within this process only."""
    return hash("\n".join(sorted(names)))


def check_leaves(
    session: Session, company: str, remembered: list[Head], ledger: Ledger
) -> Iterator[Damage]:
    """Every leaf is there and what it was; the tree over them is the one that is remembered."""
    tree = _Tree()
    wanted = {head.size for head in remembered}
    roots = {0: root_of([]).hex()}
    expected = 1
    for entry in _stream(session, company):
        if entry.seq != expected:
            yield Damage("leaves_missing", f"{expected}–{entry.seq - 1}")
        expected = entry.seq + 1
        yield from _check_leaf(entry, ledger)
        tree.grow(entry.body)
        if tree.size in wanted:
            roots[tree.size] = root_of(tree.frontier).hex()
    yield from _check_nodes(session, company, tree)
    yield from _check_head(session, company, tree)
    for head in remembered:
        if roots.get(head.size) != head.hash:
            yield Damage("head_not_confirmed", str(head.size), head.hash)


def _stream(session: Session, company: str) -> Iterator[Entry]:
    query = select(Entry).where(Entry.company == company).order_by(Entry.seq)
    for entry in session.scalars(query.execution_options(yield_per=PAGE)):
        yield entry
        session.expunge(entry)


@dataclass
class _Tree:
    size: int = 0
    frontier: list[bytes] = field(default_factory=list)
    nodes: dict[tuple[int, int], str] = field(default_factory=dict)

    def grow(self, body: str) -> None:
        for level, place, made in grow(self.frontier, self.size, leaf_hash(body.encode())):
            if level and level % NODE_STEP == 0:
                self.nodes[level, place] = made.hex()
        self.size += 1


def _check_leaf(entry: Entry, ledger: Ledger) -> Iterator[Damage]:
    place = str(entry.seq)
    if leaf_hash(entry.body.encode()).hex() != entry.leaf:
        yield Damage("leaf_altered", place)
    told = _read_body(entry.body)
    if told is None:
        yield Damage("leaf_unreadable", place)
        return
    if tuple(told.pop(name, None) for name in ENVELOPE) != (entry.company, entry.kind, entry.seq):
        yield Damage("leaf_misplaced", place, entry.kind)
    _note(ledger, entry.kind, told)


def _read_body(body: str) -> dict[str, Any] | None:
    try:
        told = json.loads(body)
        return told if isinstance(told, dict) and canonical_json(told) == body.encode() else None
    except (ValueError, NotCanonical, RecursionError):
        return None


def _note(ledger: Ledger, kind: str, told: dict[str, Any]) -> None:
    if kind == "edit":
        ledger.edits += 1
        ledger.won.append(won_hash(told.get("won") or []))
    elif kind == "refusal":
        ledger.refusals[str(told.get("device")), str(told.get("digest"))] = told
    elif kind in SUBJECTS:
        name = tuple(str(told.get(part)) for part in SUBJECTS[kind])
        ledger.facts[kind, *name] = told
    else:
        ledger.others.append({**told, "kind": kind})


def _check_nodes(session: Session, company: str, tree: _Tree) -> Iterator[Damage]:
    rows = session.execute(
        select(EntryNode.level, EntryNode.place, EntryNode.hash).where(EntryNode.company == company)
    )
    kept = {(level, place): text for level, place, text in rows}
    for level, place in sorted({*kept, *tree.nodes}):
        if kept.get((level, place)) != tree.nodes.get((level, place)):
            yield Damage("node_altered", f"{level}/{place}")


def _check_head(session: Session, company: str, tree: _Tree) -> Iterator[Damage]:
    head = session.scalar(select(LogHead).where(LogHead.company == company))
    size, frontier = (head.leaves, head.frontier) if head else (0, "")
    if size != tree.size:
        yield Damage("head_size", str(tree.size), str(size))
    elif frontier != b"".join(tree.frontier).hex():
        yield Damage("head_altered", str(size))
    yield from _check_changes(session, company, head.change_seq if head else 0)


def _check_changes(session: Session, company: str, counted: int) -> Iterator[Damage]:
    """No row is ahead of the count of changes: the next ones would lie behind phones' cursors."""
    for table in Base.metadata.sorted_tables:
        if "change_seq" in table.c and table.name != LogHead.__tablename__:
            query = select(func.max(table.c.change_seq)).where(table.c.company == company)
            newest = session.scalar(query) or 0
            if newest > counted:
                yield Damage("changes_counted", f"{table.name}/{newest}", str(counted))
