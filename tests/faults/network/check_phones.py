"""Invariants of phones: nothing leaves them unnamed, nothing reaches them that is not theirs."""

from __future__ import annotations

import base64
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.faults.network.history import End, History, Local, Pulled, Told
from tests.faults.network.stored import Stored


def check_phones(_stored: Stored, history: History) -> Iterator[str]:
    """I11: every saved edit waits, has arrived or was refused, by the receipt that came for it."""
    saved: dict[str, set[str]] = defaultdict(set)
    receipts: dict[str, dict[str, str]] = defaultdict(dict)
    for local in history.of(Local):
        saved[local.device].add(local.digest)
    for told in history.of(Told):
        for digest, receipt in told.receipts:
            receipts[told.device][digest] = receipt["state"]
    for end in history.of(End):
        for what in _held_wrongly(end, saved[end.device], receipts[end.device]):
            yield f"phone {end.device} {what}"


def _held_wrongly(end: End, saved: set[str], named: dict[str, str]) -> Iterator[str]:
    dropped = saved - (end.outbox | end.arrived | end.refused)
    if dropped:
        yield f"dropped {len(dropped)} edits"
    if (end.arrived | end.refused) - named.keys():
        yield "let go of edits that no receipt named"
    for digest in end.refused ^ {one for one, state in named.items() if state == "refused"}:
        yield f"and the server differ on a refusal of {digest[:12]}"
    if end.shown_waiting != len(end.outbox):
        yield f"shows {end.shown_waiting} waiting, has {len(end.outbox)}"


def check_drained(_stored: Stored, history: History) -> Iterator[str]:
    """I12: when the faults are over, nothing waits any more."""
    ends = history.of(End)
    for device in {local.device for local in history.of(Local)} - {end.device for end in ends}:
        yield f"phone {device} did not come to an end"
    for end in ends:
        if end.outbox or end.photos_waiting:
            yield f"phone {end.device}: {len(end.outbox)} edits, {end.photos_waiting} photos wait"


def check_same_state(_stored: Stored, history: History) -> Iterator[str]:
    """I7: two phones of one user at the same cursor, with nothing to follow, hold the same."""
    states: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for pulled in history.of(Pulled):
        if not pulled.more:
            states[pulled.user, pulled.after][pulled.device] = pulled.state
    for (user, _), by_device in states.items():
        if len(set(by_device.values())) > 1:
            yield f"phones of {user} at one cursor differ: {sorted(by_device)}"


def check_cursors(_stored: Stored, history: History) -> Iterator[str]:
    """I8: cursors never go back, and no field of a pulled record goes back to an older stamp."""
    reached: dict[str, int] = defaultdict(int)
    stamps: dict[tuple[str, str, str], str] = defaultdict(str)
    for pulled in history.of(Pulled):
        now = cursor_number(pulled.after)
        if pulled.before is None:
            reached[pulled.device] = 0
        if now < reached[pulled.device]:
            yield f"phone {pulled.device} was sent back from {reached[pulled.device]} to {now}"
        reached[pulled.device] = now
        for record in pulled.records:
            for name, entry in record.get("fields", {}).items():
                key = (pulled.device, record["record"], name)
                if entry["stamp"] < stamps[key]:
                    yield f"phone {pulled.device}: {name} went back to {entry['stamp']}"
                stamps[key] = max(stamps[key], entry["stamp"])


def check_scope(stored: Stored, history: History) -> Iterator[str]:
    """I9: no phone gets a record, a note or a sign of anybody else's work."""
    for pulled in history.of(Pulled):
        for record in pulled.records:
            if record["kind"] != "inspection" or record.get("gone"):
                continue
            row = stored.inspections.get(record["record"])
            if row is None or stored.user_of(row["device"]) != pulled.user:
                yield f"phone {pulled.device} was sent {record['record']}, which is not its user's"
            yield from _canaries(pulled, record)


def _canaries(pulled: Pulled, record: dict[str, Any]) -> Iterator[str]:
    text = json.dumps(record, ensure_ascii=False)
    if text.count("canary of ") != text.count(f"canary of {pulled.user}"):
        yield f"phone {pulled.device} was sent somebody else's note in {record['record']}"


def cursor_number(cursor: str) -> int:
    """How far a cursor reaches. Phones cannot read it; the checker may."""
    payload = cursor.rpartition(".")[0]
    packed = payload.removeprefix(".")
    text = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    user_and_number: list[Any] = json.loads(text if packed == payload else zlib.decompress(text))
    return int(user_and_number[1])
