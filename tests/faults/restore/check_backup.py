"""The checker of a single backup: it opens, is whole, and holds what was acknowledged before it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from server.backup.manifest import read_manifest
from server.backup.trouble import BackupTrouble
from sync.merkle import leaf_hash, node_hash, root_at
from tests.faults.restore.drill import Drill


@dataclass(frozen=True)
class Moment:
    """A backup, and the stamps of all edits that were acknowledged when it began."""

    generation: str
    answered: set[str]


def check_backup(drill: Drill, moment: Moment) -> Iterator[str]:
    """Every promise about this backup that does not hold."""
    generation = drill.folder.path(moment.generation)
    try:
        manifest = read_manifest(generation)
    except BackupTrouble as trouble:
        yield f"manifest: {trouble.key}"
        return
    database = sqlite3.connect(generation / "database.sqlite3")
    try:
        yield from _check_database(database, manifest["companies"], moment)
    except sqlite3.DatabaseError as error:
        yield f"database: {error}"
    finally:
        database.close()


def _check_database(
    database: sqlite3.Connection, companies: list[dict[str, object]], moment: Moment
) -> Iterator[str]:
    (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        yield f"database: {verdict}"
    stored = {stamp for (stamp,) in database.execute("SELECT stamp FROM edit")}
    for stamp in sorted(moment.answered - stored):
        yield f"edit: {stamp} was acknowledged before the backup and is not in it"
    for company in companies:
        rows = database.execute(
            "SELECT body FROM evidence WHERE company = ? ORDER BY seq", (company["id"],)
        )
        leaves = [leaf_hash(body.encode()) for (body,) in rows]
        head = {"size": len(leaves), "hash": _root(leaves)}
        if head != company["head"]:
            yield f"head: the manifest tells {company['head']}, the copy has {head}"


def _root(leaves: list[bytes]) -> str:
    def node(level: int, place: int) -> bytes:
        if level == 0:
            return leaves[place]
        return node_hash(node(level - 1, 2 * place), node(level - 1, 2 * place + 1))

    return root_at(len(leaves), node).hex()
