"""PostgreSQL out of and into a database: by its own pg_dump and pg_restore, in one view."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL, Connection, text

from server.backup.content import Progress
from server.backup.trouble import BackupTrouble

FILE = "database.dump"


def measure(connection: Connection) -> int:
    """A dump is packed, so this is more than it takes."""
    return connection.scalar(text("SELECT pg_database_size(current_database())")) or 0


def copy_out(connection: Connection, target: Path, progress: Progress) -> None:
    """The database as the connection's transaction sees it: the dump takes its snapshot over."""
    snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
    progress("database", 0, 1)
    order = ["--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}"]
    _run("pg_dump", order, connection.engine.url)
    progress("database", 1, 1)


def check(path: Path) -> None:
    """Refuse a dump that cannot be read to its end."""
    _run("pg_restore", [f"--file={os.devnull}", str(path)], None)


def copy_in(url: URL, source: Path) -> None:
    """Fill an empty database from a dump, all of it or nothing."""
    order = ["--no-owner", "--exit-on-error", "--single-transaction", str(source)]
    _run("pg_restore", order, url)


def _run(tool: str, order: list[str], url: URL | None) -> None:
    program = shutil.which(tool)
    if not program:
        raise BackupTrouble("tool_missing", tool=tool)
    environ = dict(os.environ)
    if url is not None:
        # Never in the arguments: every user of the machine can read those.
        environ["PGPASSWORD"] = url.password or environ.get("PGPASSWORD", "")
        plain = url.set(drivername="postgresql", password=None)
        order = [f"--dbname={plain.render_as_string()}", *order]
    done = subprocess.run(  # noqa: S603
        [program, *order], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise BackupTrouble("tool_failed", tool=tool, why=lines[-1][:300])
