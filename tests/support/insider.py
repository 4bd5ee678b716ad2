"""Somebody with all rights on the database, who alters it behind the product's back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from server.db import begin_write, db
from sync.merkle import grow, leaf_hash
from tests.support.world import World

LOG = ("edit", "evidence", "evidence_node", "push_signature", "quarantine")


def unlock_log() -> None:
    """Take the triggers away that keep the log's tables append-only. In an app context."""
    for table in LOG:
        if db.engine.dialect.name == "postgresql":
            _run(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        else:
            _run(f"DROP TRIGGER IF EXISTS {table}_no_update")
            _run(f"DROP TRIGGER IF EXISTS {table}_no_delete")


def tamper(world: World, statement: str, **values: Any) -> None:
    """Run one statement as the database's owner would; it must change something."""
    with world.app.app_context():
        begin_write(db.session)
        unlock_log()
        assert _run(statement, **values), "nothing was altered"
        db.session.commit()


def regrow_tree(world: World) -> None:
    """Make every hash of the log fit what its entries say now, as a careful insider would."""
    with world.app.app_context():
        begin_write(db.session)
        unlock_log()
        _run("DELETE FROM evidence_node")
        frontier: list[bytes] = []
        rows = db.session.execute(text("SELECT seq, body FROM evidence ORDER BY seq")).all()
        for size, (seq, body) in enumerate(rows):
            leaf = leaf_hash(body.encode())
            assert all(level < 8 for level, _, _ in grow(frontier, size, leaf)), "too long a log"
            _run("UPDATE evidence SET leaf = :leaf WHERE seq = :seq", leaf=leaf.hex(), seq=seq)
        head = {"leaves": len(rows), "frontier": b"".join(frontier).hex()}
        _run("UPDATE log_head SET leaves = :leaves, frontier = :frontier", **head)
        db.session.commit()


def _run(statement: str, **values: Any) -> int:
    return db.session.execute(text(statement), values).rowcount  # type: ignore[attr-defined]
