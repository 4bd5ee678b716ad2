"""Connections to PostgreSQL: what each is told when it is made, and how long it is waited for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

Answer = TypeVar("Answer")
# A server that still runs ends a statement by itself, and says why; this much later we do.
GRACE_SECONDS = 1.0
_TELL = """
SELECT set_config('statement_timeout', %(statement)s, false),
       set_config('lock_timeout', %(lock)s, false),
       set_config('idle_in_transaction_session_timeout', %(idle)s, false),
       set_config('default_transaction_isolation', 'read committed', false),
       set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                  WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
       current_setting('fsync'), current_setting('server_encoding')
"""


@dataclass(frozen=True)
class Limits:
    """Seconds until a connection, a statement, a lock is given up, or an idle transaction ended."""

    connect_seconds: float
    statement_seconds: float
    lock_seconds: float
    idle_seconds: float


class UnfitServer(psycopg.OperationalError):
    """A server on which what is acknowledged could be lost or altered."""


class Connection(psycopg.Connection[Any]):
    """A connection that is given up when the server has stopped answering altogether.

    ``statement_timeout`` is kept by the server, so a server that hangs does not keep it; without
    a limit of our own its requests would hang with it, until every worker did.
    """

    wait_seconds: float | None = None
    usual_wait_seconds: float | None = None  # it comes back to this from a patient transaction

    def __del__(self, *_anything: Any) -> None:
        # A pool that nobody needs any more lets go of its connections without a word; so do we.
        if pgconn := getattr(self, "pgconn", None):
            pgconn.finish()

    def wait(
        self, gen: PQGen[Answer], interval: float = 0.1, timeout: float | None = None
    ) -> Answer:
        try:
            return super().wait(gen, interval, self.wait_seconds if timeout is None else timeout)
        except psycopg.OperationalError as error:
            if error.sqlstate is None:
                # Not the server's own words: nobody knows what it is doing with this connection.
                self.pgconn.finish()
            raise


def connect(limits: Limits, *arguments: Any, **options: Any) -> Connection:
    """A connection with these limits, on which a commit is on the disk before it is told."""
    wanted = {"connect_timeout": math.ceil(limits.connect_seconds), "client_encoding": "utf8"}
    connection = Connection.connect(*arguments, **{**wanted, **options}, autocommit=True)
    try:
        connection.wait_seconds = limits.connect_seconds
        _tell(connection, limits)
        connection.autocommit = False
        connection.usual_wait_seconds = limits.statement_seconds + GRACE_SECONDS
        connection.wait_seconds = connection.usual_wait_seconds
    except psycopg.Error:
        connection.close()
        raise
    return connection


def _tell(connection: Connection, limits: Limits) -> None:
    told = {
        "statement": _milliseconds(limits.statement_seconds),
        "lock": _milliseconds(limits.lock_seconds),
        "idle": _milliseconds(limits.idle_seconds),
    }
    row: Any = connection.execute(_TELL, told).fetchone()
    fsync, encoding = row[-2:]
    if fsync != "on":
        raise UnfitServer("fsync must be on: a power cut would lose what was acknowledged")
    if encoding != "UTF8":
        raise UnfitServer(f"the database's encoding must be UTF8, and is {encoding}")


def _milliseconds(seconds: float) -> str:
    return f"{math.ceil(seconds * 1000)}ms"
