"""Invariants of the log: what was acknowledged is there, once, as it was made, in its place."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from sync.canonical import canonical_json
from tests.faults.network.history import History, Local, Sent, Told
from tests.faults.network.stored import Row, Stored

GENESIS = "0" * 64
AHEAD_MS = 1_000  # many edits in one millisecond push the server's own stamps on a little


def check_durable(stored: Stored, history: History) -> Iterator[str]:
    """I1: whatever got a receipt is stored, and stored with that receipt."""
    log = {row["digest"]: row for row in stored.edits}
    quarantine = {row["digest"]: row for row in stored.quarantine}
    for told in history.of(Told):
        for digest, receipt in told.receipts:
            refused = receipt["state"] == "refused"
            row = quarantine.get(digest) if refused else log.get(digest)
            if row is None:
                yield f"{receipt['state']} edit {receipt['stamp']} is not on the server"
            elif refused:
                if row["problem"] != receipt["problem"]["code"]:
                    yield f"{receipt['stamp']} was told {receipt['problem']['code']}"
            elif (row["state"], row["ordered_as"]) != (receipt["state"], receipt.get("ordered_as")):
                yield f"{receipt['stamp']}: told {receipt}, stored as {row['state']}"


def check_exactly_once(stored: Stored, history: History) -> Iterator[str]:
    """I2: one row for each stamp, serial and refusal; one answer for ever."""
    for what, rows, names in (
        ("stamp", stored.edits, ("stamp",)),
        ("serial", stored.edits, ("device", "serial")),
        ("edit", stored.edits, ("digest",)),
        ("refusal", stored.quarantine, ("device", "digest")),
    ):
        counted = Counter(tuple(row[name] for name in names) for row in rows)
        for key, number in counted.items():
            if number > 1:
                yield f"{what} {key} is stored {number} times"
    answers: dict[str, set[str]] = defaultdict(set)
    for told in history.of(Told):
        for digest, receipt in told.receipts:
            answers[digest].add(json.dumps(receipt, sort_keys=True))
    for digest, texts in answers.items():
        if len(texts) > 1:
            yield f"{digest[:12]} was answered in {len(texts)} ways: {sorted(texts)}"


def check_invented(stored: Stored, history: History) -> Iterator[str]:
    """I3 and I5: every stored edit of a phone is, letter by letter, one that the phone made."""
    made = {local.digest: local for local in history.of(Local)}
    for row in [*stored.edits, *stored.quarantine]:
        if not stored.is_phone(row["device"]):
            continue
        local = made.get(row["digest"])
        if local is None:
            yield f"nobody made {row['stamp']} ({row['digest'][:12]})"
        elif row["body"].encode() != canonical_json(local.edit):
            yield f"{row['stamp']} is stored otherwise than it was made"
        elif row["device"] != local.device or stored.user_of(row["device"]) != local.user:
            yield f"{row['stamp']} is stored as somebody else's"
    for row in stored.edits:
        yield from _columns(row)


def _columns(row: Row) -> Iterator[str]:
    raw = json.loads(row["body"])
    if hashlib.sha256(row["body"].encode()).hexdigest() != row["digest"]:
        yield f"edit {row['seq']}: the hash is of another text"
    for name in ("stamp", "serial", "prev", "kind", "record"):
        if raw[name] != row[name]:
            yield f"edit {row['seq']}: {name} is {row[name]}, its text says {raw[name]}"


def check_chain(stored: Stored, _history: History) -> Iterator[str]:
    """I4: log numbers are 1 to n, and each device's edits hang together by their hashes."""
    seqs = [row["seq"] for row in stored.edits]
    if seqs != list(range(1, len(seqs) + 1)):
        yield "log numbers have gaps"
    if stored.heads and stored.heads[0]["size"] != len(seqs):
        yield f"the head counts {stored.heads[0]['size']} edits, there are {len(seqs)}"
    for device, rows in _by_device(stored.edits).items():
        digests = {row["serial"]: row["digest"] for row in rows}
        for row in rows:
            before = GENESIS if row["serial"] == 1 else digests.get(row["serial"] - 1)
            if before is not None and row["prev"] != before:
                yield f"device {device}: serial {row['serial']} hangs on another edit"


def check_signatures(stored: Stored, _history: History) -> Iterator[str]:
    """Every kept signature is the device's, over an edit of its that is here."""
    here = {(row["device"], row["digest"]) for row in [*stored.edits, *stored.quarantine]}
    for row in stored.signatures:
        if (row["device"], row["digest"]) not in here:
            yield f"a signature of {row['device']} is over an edit that is not there"
        elif not _is_signed(stored.devices[row["device"]], row):
            yield f"a signature of {row['device']} does not hold"
    signed = {row["device"] for row in stored.signatures}
    for device in {row["device"] for row in stored.edits if stored.is_phone(row["device"])}:
        if device not in signed:
            yield f"nothing that {device} sent is signed"


def _is_signed(device: Row, row: Row) -> bool:
    jwk = json.loads(device["public_key"])
    x, y = (int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "==")) for name in ("x", "y"))
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    raw = base64.b64decode(row["signature"])
    signature = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    try:
        key.verify(signature, row["digest"].encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def check_order(stored: Stored, _history: History) -> Iterator[str]:
    """I6: what a device wrote later counts later, no two stamps that count are the same, and none
    lies ahead of its receipt.
    """
    counting: set[str] = set()
    clock = _clock_by_row(stored)
    for device, rows in _by_device(stored.edits).items():
        last = ""
        for row in sorted(rows, key=lambda row: row["stamp"]):
            if row["state"] == "refused":
                continue
            order = row["ordered_as"] or row["stamp"]
            if order in counting:
                yield f"device {device}: two edits count as {order}"
            if order <= last:
                yield f"device {device}: {row['stamp']} counts before what was written before it"
            if stored.is_phone(device) and int(order[:13]) > clock[row["seq"]] + AHEAD_MS:
                yield f"device {device}: {row['stamp']} counts as {order}, ahead of its receipt"
            counting.add(order)
            last = order


def _clock_by_row(stored: Stored) -> dict[int, int]:
    """How late it was, at each log number. A push may have waited for the lock while others, that
    came after it, were taken: its own time of receipt is then below theirs.
    """
    greatest, clock = 0, {}
    for row in stored.edits:
        greatest = max(greatest, row["received_at_ms"])
        clock[row["seq"]] = greatest
    return clock


def check_gaps_named(_stored: Stored, history: History) -> Iterator[str]:
    """The server names exactly the serials that never reached it, each time it answers."""
    serials = {local.digest: local.edit["serial"] for local in history.of(Local)}
    has: dict[str, set[int]] = defaultdict(set)
    maybe: dict[str, set[int]] = defaultdict(set)
    for line in history.lines:
        if isinstance(line, Sent):
            maybe[line.device] |= {serials[digest] for digest in line.digests}
        if not isinstance(line, Told):
            continue
        has[line.device] |= {serials[digest] for digest, _ in line.receipts}
        missing = {one for first, last in line.missing for one in range(first, last + 1)}
        gaps = set(range(1, max(has[line.device], default=0))) - maybe[line.device]
        if gaps - missing:
            yield f"device {line.device}: {sorted(gaps - missing)[:5]} are not named as missing"
        if missing & has[line.device]:
            yield f"device {line.device}: {sorted(missing & has[line.device])[:5]} are here"


def _by_device(rows: list[Row]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["device"]].append(row)
    return found
