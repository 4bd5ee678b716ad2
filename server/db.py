"""The database: one declarative base, durable SQLite, and write transactions that start locked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase, Session

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}
SQLITE_BUSY_MS = 10_000


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


def begin_write(session: Session) -> None:
    """End the read transaction and begin one that holds SQLite's write lock from the start.

    A transaction that has read and then wants to write fails at once when another one wrote in
    between; taking the lock first makes it wait instead. PostgreSQL needs no such thing: there
    writers queue on the company's log head.
    """
    session.rollback()
    session.connection(execution_options={"write_lock": True})


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
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        locked = connection.get_execution_options().get("write_lock", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if locked else "BEGIN")
