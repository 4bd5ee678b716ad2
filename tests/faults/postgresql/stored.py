"""What PostgreSQL holds of one company, for the same checker that reads SQLite's file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from tests.faults.network.check import CHECKS
from tests.faults.network.stored import OWN, REFERENCE, Row, Stored
from tests.faults.network.town import Town
from tests.support.postgresql import Cluster


def check_run(cluster: Cluster, database: str, data: Path, town: Town) -> list[str]:
    """Everything wrong with this run: one line each, the invariant first. Empty when all holds."""
    stored = read_stored(cluster, database, data, town.company)
    return [
        f"{name}: {what}"
        for name, checks in CHECKS.items()
        for check in checks
        for what in check(stored, town.history)
    ]


def read_stored(cluster: Cluster, database: str, data: Path, company: str) -> Stored:
    """Everything of one company, in one snapshot."""
    with cluster.connect(database) as connection:
        connection.row_factory = dict_row
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            rows = {name: _rows(connection, query, company) for name, query in OWN.items()}
            reference = {
                (kind, row["id"])
                for kind, table in REFERENCE.items()
                for row in _rows(connection, f"SELECT id FROM {table} WHERE company = ?", company)
            }
    return Stored(
        data=data,
        company=company,
        integrity="ok",
        reference=reference,
        devices={row["id"]: row for row in rows.pop("devices")},
        inspections={row["id"]: row for row in rows.pop("inspections")},
        **rows,
    )


def _rows(connection: Any, query: str, company: str) -> list[Row]:
    return list(connection.execute(query.replace("?", "%s"), (company,)))
