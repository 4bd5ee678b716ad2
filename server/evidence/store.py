"""The evidence log: locked, grown by one leaf at a time, its head and its proofs. Never commits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.evidence.models import Entry, EntryNode, LogHead
from server.problems import Problem
from sync.canonical import canonical_json
from sync.merkle import consistency_proof, grow, leaf_hash, node_hash, root_at, root_of
from sync.stamp import next_stamp, parse_stamp

NODE_STEP = 8  # every eighth level of the tree is kept, the others are hashed when asked for
_HEX = 64


@dataclass(frozen=True)
class Head:
    """The log's size in leaves and its Merkle root in hex: what phones remember."""

    size: int
    hash: str


@dataclass(frozen=True)
class Consistency:
    """The proof that the log of the old head is where today's log began."""

    old: Head
    head: Head
    proof: list[str]


def lock_log(session: Session, company: str) -> LogHead:
    """The company's log head, locked until the transaction ends. Writers come one by one."""
    head = session.scalar(select(LogHead).where(LogHead.company == company).with_for_update())
    if not head:
        head = LogHead(
            company=company, size=0, change_seq=0, last_stamp=None, leaves=0, frontier=""
        )
        session.add(head)
        session.flush()
    return head


def next_change(head: LogHead) -> int:
    """The number of the next change that phones pull."""
    head.change_seq += 1
    return head.change_seq


def make_stamp(head: LogHead, device: str, now_ms: int, seen: str | None = None) -> str:
    """A stamp of the server's own, above every one it made and above ``seen``."""
    last = max(filter(None, (parse_stamp(head.last_stamp), parse_stamp(seen))), default=None)
    stamp = str(next_stamp(last, now_ms, device))
    head.last_stamp = stamp
    return stamp


def append_evidence(session: Session, head: LogHead, kind: str, content: dict[str, Any]) -> int:
    """Add a leaf over ``content`` (JSON without fractions) and give its number.

    The caller holds the log's lock (``lock_log``) and commits.
    """
    seq = head.leaves + 1
    body = canonical_json({**content, "company": head.company, "kind": kind, "seq": seq})
    leaf = leaf_hash(body)
    frontier = _read_frontier(head)
    for level, place, made in grow(frontier, head.leaves, leaf):
        if level and level % NODE_STEP == 0:
            session.add(EntryNode(company=head.company, level=level, place=place, hash=made.hex()))
    session.add(
        Entry(company=head.company, seq=seq, kind=kind, body=body.decode(), leaf=leaf.hex())
    )
    head.leaves = seq
    head.frontier = b"".join(frontier).hex()
    return seq


def head_of(head: LogHead) -> Head:
    """What phones remember of a log as this row has it."""
    return Head(head.leaves, root_of(_read_frontier(head)).hex())


def read_head(session: Session, company: str) -> Head:
    """The log's size and root in this transaction's view."""
    head = session.scalar(select(LogHead).where(LogHead.company == company))
    return head_of(head) if head else Head(0, root_of([]).hex())


def read_consistency(session: Session, company: str, old_size: int) -> Consistency:
    """The proof from that size to now; ``head_unknown`` when the log never was that long."""
    head = read_head(session, company)
    if not 0 <= old_size <= head.size:
        raise Problem("head_unknown", str(head.size))

    @cache
    def node(level: int, place: int) -> bytes:
        return _read_node(session, company, level, place)

    old = Head(old_size, root_at(old_size, node).hex())
    proof = [one.hex() for one in consistency_proof(old_size, head.size, node)]
    return Consistency(old, head, proof)


def _read_frontier(head: LogHead) -> list[bytes]:
    text = head.frontier
    return [bytes.fromhex(text[at : at + _HEX]) for at in range(0, len(text), _HEX)]


def _read_node(session: Session, company: str, level: int, place: int) -> bytes:
    """The hash of a perfect subtree, from the nearest kept level at or below."""
    kept = level - level % NODE_STEP
    first, count = place << (level - kept), 1 << (level - kept)
    if kept:
        query = (
            select(EntryNode.hash)
            .where(EntryNode.company == company, EntryNode.level == kept)
            .where(EntryNode.place >= first, EntryNode.place < first + count)
            .order_by(EntryNode.place)
        )
    else:
        query = (
            select(Entry.leaf)
            .where(Entry.company == company, Entry.seq > first, Entry.seq <= first + count)
            .order_by(Entry.seq)
        )
    hashes = [bytes.fromhex(text) for text in session.scalars(query)]
    if len(hashes) != count:
        raise Problem("log_damaged", f"{level}/{place}")
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]
