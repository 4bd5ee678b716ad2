"""Invariants of records and photos: tables are the fold of the log, and bytes are their names."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sync.canonical import canonical_json, text_order
from tests.faults.network.history import End, History, SawPhoto
from tests.faults.network.stored import Row, Stored, fields_of

SETTLED = ("confirmed", "void")
AHEAD_MS = 10 * 60_000
Folded = dict[str, tuple[str, Any]]  # field → (stamp, value)


def check_fold(stored: Stored, _history: History) -> Iterator[str]:
    """I7: each record is what the accepted edits of the log make of it, and nothing else."""
    folded = fold(stored.edits)
    for record in folded.keys() ^ stored.inspections.keys():
        yield f"record {record} is in the log or in the table, not in both"
    for record in folded.keys() & stored.inspections.keys():
        kept = _state(stored.inspections[record])
        for name in folded[record].keys() | kept.keys():
            if folded[record].get(name) != kept.get(name):
                yield (
                    f"record {record}, {name}: the log says {folded[record].get(name)}, "
                    f"the table {kept.get(name)}"
                )


def fold(edits: list[Row]) -> dict[str, Folded]:
    """Per field the greatest stamp that counts; written anew here, so as not to share a bug."""
    records: dict[str, Folded] = defaultdict(dict)
    for row in edits:
        if row["state"] == "accepted":
            _lay(records[row["record"]], row)
    return dict(records)


def _lay(state: Folded, row: Row) -> None:
    stamp = row["ordered_as"] or row["stamp"]
    for name, value in fields_of(row).items():
        if name not in state or _rank(stamp, value) > _rank(*state[name]):
            state[name] = (stamp, value)


def _rank(stamp: str, value: Any) -> tuple[str, bytes]:
    return stamp, text_order(canonical_json(value).decode())


def _state(row: Row) -> Folded:
    return {name: (one["stamp"], one["value"]) for name, one in json.loads(row["fields"]).items()}


def check_late(stored: Stored, _history: History) -> Iterator[str]:
    """Walking the log: a phone's edit is late exactly when the office had settled its record."""
    records: dict[str, Folded] = defaultdict(dict)
    for row in stored.edits:
        state = records[row["record"]]
        settled = stored.is_phone(row["device"]) and _status(state) in SETTLED
        if row["state"] != "refused" and settled != (row["state"] == "late"):
            yield f"edit {row['seq']} is {row['state']} over a record that is {_status(state)}"
        if row["state"] == "accepted":
            _lay(state, row)


def _status(state: Folded) -> str:
    nothing = ("", None)
    stamp, own = state.get("state", nothing)
    decided, review = state.get("review", nothing)
    if own != "finished":
        return "draft"
    if not review or (review["state"] == "returned" and stamp > decided):
        return "finished"
    return review["state"]


def check_pulled_all(stored: Stored, history: History) -> Iterator[str]:
    """I7 and I8: a phone that has pulled to the end holds all that is its user's, as it is."""
    for end in history.of(End):
        if end.pulled is None:
            continue
        own = {
            record: json.loads(row["fields"])
            for record, row in stored.inspections.items()
            if stored.user_of(row["device"]) == end.user
        }
        held = {record: one for (kind, record), one in end.pulled.items() if kind == "inspection"}
        for record in own.keys() | held.keys():
            if own.get(record) != held.get(record):
                yield f"phone {end.device} holds another state of {record} than the server"
        reference = {(kind, record) for kind, record in end.pulled if kind != "inspection"}
        if reference != stored.reference:
            yield f"phone {end.device} lacks {sorted(stored.reference - reference)[:3]}"


def check_photos(stored: Stored, history: History) -> Iterator[str]:
    """I10: a verified photo's bytes hash to its name; a record is complete with all of them."""
    verified = {row["sha256"] for row in stored.photos}
    for row in stored.photos:
        name = row["sha256"]
        path = stored.data / "photos" / stored.company / name[:2] / name
        if not path.is_file():
            yield f"photo {name[:12]} is verified and not there"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != name:
            yield f"photo {name[:12]} has other bytes than its name"
    for saw in history.of(SawPhoto):
        if saw.sha256 not in verified:
            yield f"phone {saw.device} was told that {saw.sha256[:12]} is verified"
    yield from _check_complete(stored, verified)


def _check_complete(stored: Stored, verified: set[str]) -> Iterator[str]:
    named_by: dict[str, set[str]] = defaultdict(set)
    for use in stored.uses:
        named_by[use["inspection"]].add(use["sha256"])
    for record, row in stored.inspections.items():
        named = named_by[record]
        if row["photos_named"] and row["photos_verified"] != len(named & verified):
            yield f"record {record} counts {row['photos_verified']} photos"
        if row["completed_at_ms"] is not None and named - verified:
            yield f"record {record} is complete without {len(named - verified)} photos"


def check_time(stored: Stored, _history: History) -> Iterator[str]:
    """I14: a claim ahead of its receipt is marked, never refused, and listed by the receipt."""
    for record, row in stored.inspections.items():
        received = row["first_received_at_ms"]
        if row["occurred_at_ms"] > received:
            yield f"record {record} is listed after it was received"
        claim = _instant(_state(row))
        if claim and claim > received + AHEAD_MS and not row["clock_suspect"]:
            yield f"record {record} claims a time to come and is not marked"
    for row in [*stored.edits, *stored.quarantine]:
        if "clock" in (row["problem"] or ""):
            yield f"{row['stamp']} was refused for its clock"


def _instant(state: Folded) -> int | None:
    _, text = state.get("finished_at", ("", None))
    return int(datetime.fromisoformat(text).timestamp() * 1000) if text else None
