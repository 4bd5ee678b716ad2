"""Invariants of the evidence log: a tree over all that happened, whose heads phones remember."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from tests.faults.network.history import History, SawHead, Told
from tests.faults.network.stored import Row, Stored

EDIT = (
    "stamp",
    "digest",
    "device",
    "serial",
    "received_at_ms",
    "state",
    "problem",
    "detail",
    "ordered_as",
)
REFUSAL = ("digest", "device", "problem", "detail", "received_at_ms")


def check_tree(stored: Stored, _history: History) -> Iterator[str]:
    """I4: leaves are numbered 1 to n, each is the hash of its text, and the head counts them."""
    for place, row in enumerate(stored.evidence, start=1):
        content = json.loads(row["body"])
        if row["seq"] != place:
            yield f"leaf {place} has the number {row['seq']}"
        if row["leaf"] != _leaf(row).hex():
            yield f"leaf {row['seq']} is not the hash of its text"
        if (content["seq"], content["company"]) != (row["seq"], stored.company):
            yield f"leaf {row['seq']} tells of another place"
    if stored.heads and stored.heads[0]["leaves"] != len(stored.evidence):
        yield f"the head counts {stored.heads[0]['leaves']} leaves of {len(stored.evidence)}"


def check_heads(stored: Stored, history: History) -> Iterator[str]:
    """I4b: every head that any phone ever saw is the head of the log as it is, at that size."""
    roots = roots_of(stored.evidence)
    seen: Counter[str] = Counter()
    for saw in history.of(SawHead):
        if saw.size < seen[saw.device]:
            yield f"phone {saw.device} saw the log shrink to {saw.size}"
        seen[saw.device] = saw.size
        if saw.size >= len(roots):
            yield f"phone {saw.device} saw {saw.size} leaves, there are {len(roots) - 1}"
        elif roots[saw.size] != saw.hash:
            yield f"phone {saw.device} saw another log of {saw.size} leaves"


def check_covered(stored: Stored, history: History) -> Iterator[str]:
    """I5: each row has one leaf that says the same, and no answer was given ahead of its leaf."""
    leaves: dict[str, list[tuple[int, dict[str, Any]]]] = {"edit": [], "refusal": [], "photo": []}
    for row in stored.evidence:
        leaves.setdefault(row["kind"], []).append((row["seq"], json.loads(row["body"])))
    placed = {row["digest"] for row in stored.edits}
    refused = [row for row in stored.quarantine if row["digest"] not in placed]
    yield from _match("edit", stored, stored.edits, leaves["edit"], EDIT)
    yield from _match("refusal", stored, refused, leaves["refusal"], REFUSAL)
    attested = {content["sha256"] for _, content in leaves["photo"]}
    for photo in {row["sha256"] for row in stored.photos} ^ attested:
        yield f"photo {photo[:12]} has a row or a leaf, not both"
    numbers = {one["digest"]: seq for kind in ("edit", "refusal") for seq, one in leaves[kind]}
    for told in history.of(Told):
        for digest, receipt in told.receipts:
            if numbers.get(digest, 0) > told.leaves:
                yield f"{receipt['stamp']} was answered with a head that does not cover it"


def _match(
    kind: str,
    stored: Stored,
    rows: list[Row],
    leaves: list[tuple[int, dict[str, Any]]],
    names: tuple[str, ...],
) -> Iterator[str]:
    said = Counter(_said(one, names) for _, one in leaves)
    kept = Counter(_said({**row, "user": stored.user_of(row["device"])}, names) for row in rows)
    for text in said - kept:
        yield f"the log tells of an {kind} that is not there: {text[:200]}"
    for text in kept - said:
        yield f"an {kind} is there that the log does not tell of: {text[:200]}"


def _said(content: dict[str, Any], names: tuple[str, ...]) -> str:
    return json.dumps([content.get(name) for name in (*names, "user")])


def roots_of(evidence: list[Row]) -> list[str]:
    """The Merkle root (RFC 9162) at every size, worked out from the texts alone."""
    roots = [sha256(b"").hexdigest()]
    peaks: list[tuple[int, bytes]] = []  # (leaves, hash), largest first
    for row in evidence:
        peaks.append((1, _leaf(row)))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            (size, right), (_, left) = peaks.pop(), peaks.pop()
            peaks.append((2 * size, _node(left, right)))
        root = peaks[-1][1]
        for _, left in reversed(peaks[:-1]):
            root = _node(left, root)
        roots.append(root.hex())
    return roots


def _leaf(row: Row) -> bytes:
    return sha256(b"\x00" + row["body"].encode()).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
