"""Holds what a data folder holds against what a phone was told: every broken promise by name."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from pathlib import Path

from tests.faults.disk.workload import Day

DATABASE = "mingcha.sqlite3"


def find_violations(data: Path, day: Day, *, whole: bool) -> list[str]:
    """What is lost, doubled, altered or unverified. ``whole``: the phone's work is over."""
    found = [f"receipt changed: {stamp}" for stamp in day.memory.changed_receipts]
    found += [f"said to be at its end, not verified: {name}" for name in day.memory.offset_lies]
    database = sqlite3.connect(data / DATABASE)
    try:
        database.row_factory = sqlite3.Row
        found += _sound(database)
        found += _promises(database, day)
        found += _evidence(database)
        found += _photos(database, data, day)
        if whole:
            found += _completeness(database, day)
    except sqlite3.DatabaseError as error:
        found.append(f"database: {error}")
    finally:
        database.close()
    return found


def _sound(database: sqlite3.Connection) -> list[str]:
    told = [row[0] for row in database.execute("pragma integrity_check")]
    broken = [f"integrity: {line}" for line in told if line != "ok"]
    return broken + [
        f"foreign key: {row[0]}" for row in database.execute("pragma foreign_key_check")
    ]


def _promises(database: sqlite3.Connection, day: Day) -> list[str]:
    devices = {row[0] for row in database.execute("select id from device")}
    found = [f"device lost: {device}" for device in set(day.memory.devices) - devices]
    kept = Counter(row["stamp"] for row in database.execute("select stamp from edit"))
    states = dict(database.execute("select stamp, state from edit").fetchall())
    for stamp, receipt in day.memory.receipts.items():
        if stamp not in kept:
            found.append(f"acknowledged edit lost: {stamp}")
        elif states[stamp] != receipt["state"]:
            found.append(f"acknowledged otherwise than kept: {stamp}")
    found += [f"edit doubled: {stamp}" for stamp, times in kept.items() if times > 1]
    invented = kept.keys() - {edit["stamp"] for edit in day.edits}
    return found + [f"edit invented: {stamp}" for stamp in invented]


def _evidence(database: sqlite3.Connection) -> list[str]:
    size, leaves = database.execute("select size, leaves from log_head").fetchone()
    seqs = [row[0] for row in database.execute("select seq from edit order by seq")]
    proofs = [row[0] for row in database.execute("select seq from evidence order by seq")]
    found = [] if seqs == list(range(1, size + 1)) else [f"log not dense: {seqs}"]
    if proofs != list(range(1, leaves + 1)):
        found.append("evidence not dense")
    kinds = Counter(row[0] for row in database.execute("select kind from evidence"))
    photos = database.execute("select count(*) from photo").fetchone()[0]
    if (kinds["edit"], kinds["photo"]) != (len(seqs), photos):
        found.append(f"evidence of {dict(kinds)} for {len(seqs)} edits and {photos} photos")
    return found


def _photos(database: sqlite3.Connection, data: Path, day: Day) -> list[str]:
    found: list[str] = []
    rows = database.execute("select company, sha256, size_bytes from photo").fetchall()
    for company, sha256, size_bytes in rows:
        path = data / "photos" / company / sha256[:2] / sha256
        content = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(content).hexdigest() != sha256 or len(content) != size_bytes:
            found.append(f"photo's row without its bytes: {sha256}")
    lost = day.memory.verified - {row["sha256"] for row in rows}
    return found + [f"acknowledged photo lost: {sha256}" for sha256 in lost]


def _completeness(database: sqlite3.Connection, day: Day) -> list[str]:
    sent = {edit["stamp"] for edit in day.edits}
    found = [f"edit never answered: {stamp}" for stamp in sent - day.memory.receipts.keys()]
    incomplete = database.execute(
        "select count(*) from inspection where photos_named > 0"
        " and photos_verified = photos_named and completed_at_ms is null"
    ).fetchone()[0]
    if incomplete:
        found.append("a record with all its photos is not complete")
    return found
