"""The database: one declarative base, durable connections, and transactions that start locked."""

from __future__ import annotations

from collections import defaultdict
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Text,
    event,
    make_url,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import Pool

from server.config import Settings

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}
SQLITE_BUSY_MS = 10_000
# PostgreSQL's lock that stands for SQLite's; any number that nothing else in the database uses.
WRITERS = 0x6D696E67
_turns: dict[str | None, Lock] = defaultdict(Lock)  # by database file
# The one of them that a connection's transaction holds. Not in ``connection.info``: a connection
# that broke has none any more, and its turn must end all the same.
_held: WeakKeyDictionary[Connection, Lock] = WeakKeyDictionary()
_LIMITS = "limits"  # of a connection to PostgreSQL: how they come from the engine to its hook


class Base(DeclarativeBase):
    """Every table carries its company, and every unique key begins with it."""

    metadata = MetaData(naming_convention=NAMES)


class Database(SQLAlchemy):
    """Typed as what it is to its users: the scoped session passes everything on to a session."""

    session: Session


db = Database(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def read_url(settings: Settings) -> URL:
    """The database's address, with the one driver that we know for PostgreSQL."""
    url = make_url(settings.database_url)
    return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url


def engine_options(settings: Settings) -> dict[str, Any]:
    """Each thread may hold a connection, so none ever waits for another's."""
    options: dict[str, Any] = {"pool_size": settings.web_threads + 4}
    if read_url(settings).get_backend_name() != "postgresql":
        return options
    limits = {
        "connect_seconds": settings.database_connect_seconds,
        "statement_seconds": settings.database_statement_seconds,
        "lock_seconds": settings.database_lock_seconds,
        "idle_seconds": settings.database_idle_seconds,
    }
    return {
        **options,
        # A server that was started again is reached again, at the price of one round trip.
        "pool_pre_ping": True,
        "pool_timeout": settings.database_connect_seconds,
        "connect_args": {_LIMITS: limits},
    }


def be_patient(connection: Connection) -> None:
    """Let this transaction take as long as it takes: migrations, and reading all there is."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    connection.connection.dbapi_connection.wait_seconds = None  # type: ignore[union-attr]


def begin_write(session: Session) -> None:
    """End the read transaction and begin one that holds the database's write lock from the start.

    On SQLite a transaction that has read and then wants to write fails at once when another one
    wrote in between; taking the lock first makes it wait instead. On PostgreSQL it would not even
    fail, but write over what it never saw. So writers come one by one on both, and what one of
    them has read stays true until it commits.
    """
    session.rollback()
    session.connection(execution_options={"write_lock": True})


@event.listens_for(Column, "after_parent_attach")
def _sort_bytewise(column: Column[Any], _table: Any) -> None:
    # Stamps, ids and dates are compared as plain text, on every database and in every language.
    kept: Any = column.type
    if type(kept) in (String, Text) and not column.info.get("bytewise"):
        bytewise = type(kept)(kept.length, collation="C")
        column.type = kept.with_variant(bytewise, "postgresql")
        column.info["bytewise"] = True  # kept by copies, as the type is


@event.listens_for(Engine, "do_connect")
def _connect(_dialect: Any, _record: Any, arguments: Any, options: dict[str, Any]) -> Any:
    if _LIMITS not in options:
        return None
    from server.postgresql import Limits, connect  # noqa: PLC0415 - its driver is an extra

    told = {name: value for name, value in options.items() if name != _LIMITS}
    return connect(Limits(**options[_LIMITS]), *arguments, **told)


@event.listens_for(Engine, "connect")
def _make_durable(connection: Any, _record: Any) -> None:
    if "sqlite3" not in type(connection).__module__:
        return
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, see below
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # Else INSERT OR REPLACE deletes a row without asking the trigger that forbids it.
    cursor.execute("PRAGMA recursive_triggers=ON")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    locked = connection.get_execution_options().get("write_lock", False)
    if connection.dialect.name != "sqlite":
        if locked:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")
    elif locked:
        _begin_in_turn(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_in_turn(connection: Connection) -> None:
    """SQLite's waiting writers look again now and then, so of many some starve while the lock lies
    idle. Those of one process queue up here; the lock that counts is SQLite's all the same.
    """
    turn = _turns[connection.engine.url.database]
    if turn.acquire(timeout=SQLITE_BUSY_MS / 1000):
        _held[connection] = turn
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        _end_turn(connection)
        raise


@event.listens_for(Engine, "commit")
@event.listens_for(Engine, "rollback")
def _end_turn(connection: Connection) -> None:
    turn = _held.pop(connection, None)
    if turn:
        turn.release()


@event.listens_for(Pool, "checkin")
def _be_impatient_again(connection: Any, _record: Any) -> None:
    if hasattr(connection, "usual_wait_seconds"):
        connection.wait_seconds = connection.usual_wait_seconds
