"""SQLite out of and into a data folder: by its online backup, never by copying a live file."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, text

from server.backup.content import Progress
from server.backup.trouble import BackupTrouble

FILE = "database.sqlite3"
_STEP_PAGES = 4096


def measure(connection: Connection) -> int:
    """How many bytes the copy will have."""
    pages = connection.scalar(text("PRAGMA page_count")) or 0
    return pages * (connection.scalar(text("PRAGMA page_size")) or 0)


def copy_out(connection: Connection, target: Path, progress: Progress) -> None:
    """The database as the connection's transaction sees it. Others write on meanwhile: the
    transaction holds one view of the log, so the copy neither waits nor starts again.
    """
    source = cast(sqlite3.Connection, connection.connection.driver_connection)
    copy = sqlite3.connect(target)
    try:
        source.backup(
            copy,
            pages=_STEP_PAGES,
            progress=lambda _, left, total: progress("database", total - left, total),
        )
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, complete by itself
    except sqlite3.Error as error:
        raise BackupTrouble("source_unreadable", why=error) from error
    finally:
        copy.close()


def check(path: Path) -> None:
    """Refuse a database whose pages, keys or references do not hold together."""
    try:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        try:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
            strays = connection.execute("PRAGMA foreign_key_check").fetchmany(5)
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise BackupTrouble("database_damaged", why=error) from error
    if found != ["ok"]:
        raise BackupTrouble("database_damaged", why="; ".join(str(line) for line in found))
    if strays:
        raise BackupTrouble("database_damaged", why=f"foreign keys: {strays[0][0]}")


def settle(path: Path) -> None:
    """Fold the write-ahead log into the file, so that one file is all there is to move."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        connection.close()
