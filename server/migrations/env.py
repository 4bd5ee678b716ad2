"""How alembic reaches the database: through the app, in one locked transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from server.db import WRITERS, be_patient, db


def _migrate_here(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=True,
        # SQLite can roll DDL back as well: server.db begins its transactions itself.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            _wait_for_turn(connection)
        context.run_migrations()


def _wait_for_turn(connection: Connection) -> None:
    # A migration writes too, so it waits for those who write and they for it, each within limits.
    # Another migration may take long; a table that is read may not, or all reading queues too.
    be_patient(connection)
    lock_timeout = connection.scalar(text("SELECT current_setting('lock_timeout')"))
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": WRITERS})
    connection.execute(
        text("SELECT set_config('lock_timeout', :usual, true)"), {"usual": lock_timeout}
    )


def _print_statements() -> None:
    context.configure(
        dialect_name=context.get_x_argument(as_dictionary=True).get("dialect", "postgresql"),
        target_metadata=db.metadata,
        literal_binds=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    _print_statements()
else:
    # Two processes may start at once on a new folder: the second waits and finds nothing to do.
    _locked = db.engine.dialect.name == "sqlite"
    with db.engine.connect().execution_options(write_lock=_locked) as _connection:
        _migrate_here(_connection)
