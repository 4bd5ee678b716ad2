"""Counts who tries secrets how often: one small file for all processes, with no address in it.

An address is kept as its HMAC under a key that is made anew each day and erased with the day's
counts; a try is erased once it is too old to count. Losing the file loses only the counts.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

from server.clock import DAY_MS, HOUR_MS, Clock

PATIENCE_SECONDS = 5
STEP_MS = 5_000  # a clock that was set back further than this must lock nobody out
_TABLES = """
CREATE TABLE IF NOT EXISTS day (number INTEGER PRIMARY KEY, secret BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS try (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    what TEXT NOT NULL,
    who BLOB NOT NULL,
    at_ms INTEGER NOT NULL
);
"""


@dataclass(frozen=True)
class Bound:
    """At most so many tries within so long."""

    tries: int
    span_ms: int


@dataclass(frozen=True)
class Tries:
    """The file of counts. Raises sqlite3.Error or OSError where it cannot be written."""

    path: Path
    clock: Clock

    def count(self, what: str, address: str, bounds: tuple[Bound, ...]) -> int | None:
        """The number of this try, counted before it is made; None when it is one too many."""
        try:
            return self._count(what, address, bounds)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # torn by a power cut: nothing in it is worth keeping
            for torn in (self.path, Path(f"{self.path}-journal")):
                torn.unlink(missing_ok=True)
            return self._count(what, address, bounds)

    def _count(self, what: str, address: str, bounds: tuple[Bound, ...]) -> int | None:
        with self._opened() as file:
            # The clock is read under the lock, so that tries stand in order for all processes.
            at_ms = self.clock()
            who = _hide(_read_key(file, at_ms), address)
            gone = (at_ms - HOUR_MS, at_ms + STEP_MS)
            file.execute("DELETE FROM try WHERE at_ms <= ? OR at_ms > ?", gone)
            for bound in bounds:
                since = (what, who, at_ms - bound.span_ms)
                query = "SELECT count(*) FROM try WHERE what = ? AND who = ? AND at_ms > ?"
                if file.execute(query, since).fetchone()[0] >= bound.tries:
                    return None
            made = file.execute(
                "INSERT INTO try (what, who, at_ms) VALUES (?, ?, ?)", (what, who, at_ms)
            )
            return made.lastrowid

    def forgive(self, number: int) -> None:
        """Take back a try that was right."""
        with self._opened() as file:
            file.execute("DELETE FROM try WHERE id = ?", (number,))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(_connect(self.path)) as file:
            file.execute("BEGIN IMMEDIATE")
            try:
                yield file
            except BaseException:
                with suppress(sqlite3.Error):  # in a torn file there may be nothing to take back
                    file.execute("ROLLBACK")
                raise
            file.execute("COMMIT")


def _connect(path: Path) -> sqlite3.Connection:
    # Never opened beside SQLite once it is there: closing would drop the locks of other threads.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    file = sqlite3.connect(path, timeout=PATIENCE_SECONDS, isolation_level=None)
    try:
        file.execute("PRAGMA secure_delete=ON")
        file.execute("PRAGMA synchronous=OFF")
        file.executescript(_TABLES)
    except sqlite3.Error:
        file.close()
        raise
    return file


def _read_key(file: sqlite3.Connection, at_ms: int) -> bytes:
    day = at_ms // DAY_MS
    found = file.execute("SELECT secret FROM day WHERE number = ?", (day,)).fetchone()
    if found:
        return found[0]
    key = secrets.token_bytes(32)
    file.execute("DELETE FROM day")
    file.execute("DELETE FROM try")
    file.execute("INSERT INTO day VALUES (?, ?)", (day, key))
    return key


def _hide(key: bytes, address: str) -> bytes:
    return hmac.digest(key, _network(address).encode(), "sha256")


def _network(address: str) -> str:
    """The address, or the network of an IPv6 address: whoever has one has 2^64 of them."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address
