"""The migrated tables on PostgreSQL itself: as in the models, and compared as plain text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect, text

from server import create_app
from server.config import read_settings
from server.db import db
from server.migrations import make_config, upgrade
from tests.support.databases import SHARED
from tests.support.postgresql import Cluster

BYTEWISE = """
SELECT c.table_name || '.' || c.column_name FROM information_schema.columns c
WHERE c.table_schema = 'public' AND c.table_name <> 'alembic_version'
  AND c.data_type IN ('character varying', 'text') AND c.collation_name IS DISTINCT FROM 'C'
"""


@pytest.fixture
def empty_app(
    postgresql_cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    with postgresql_cluster.connect() as connection:
        connection.execute("DROP DATABASE IF EXISTS growing")
    postgresql_cluster.make_database("growing")
    monkeypatch.setenv("MINGCHA_DATA", str(tmp_path))
    monkeypatch.setenv("MINGCHA_DATABASE_URL", postgresql_cluster.url("growing"))
    app = create_app(read_settings())
    with app.app_context():
        yield app
        db.session.close()
        db.engine.dispose()


def test_the_migrations_and_the_models_agree(empty_app: Flask) -> None:
    assert upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, db.metadata) == []


def test_every_table_can_be_taken_down_again(empty_app: Flask) -> None:
    upgrade()
    command.downgrade(make_config(), "base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]


def test_every_text_is_compared_bytewise(
    migrated_postgresql: Cluster,
) -> None:
    with migrated_postgresql.connect(SHARED) as connection:
        assert connection.execute(BYTEWISE).fetchall() == []
        # Which the database by itself would not do.
        assert connection.execute("SELECT 'b' < 'B', '_' < 'A'").fetchone() == (True, True)


def test_the_models_make_the_same_columns(empty_app: Flask) -> None:
    db.create_all()
    assert db.session.scalars(text(BYTEWISE)).all() == []
