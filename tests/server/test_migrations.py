"""The migrations make exactly the tables of the models, on both databases."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from server import create_app
from server.config import Settings
from server.db import db
from server.migrations import make_config, upgrade


@pytest.fixture
def empty_app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
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


def test_constraints_carry_the_same_names_as_in_the_models(empty_app: Flask) -> None:
    upgrade()
    kept = inspect(db.engine)
    for table in db.metadata.sorted_tables:
        wanted = {str(constraint.name) for constraint in table.constraints}
        made = {kept.get_pk_constraint(table.name)["name"]}
        made |= {key["name"] for key in kept.get_foreign_keys(table.name)}
        made |= {key["name"] for key in kept.get_unique_constraints(table.name)}
        assert made == wanted, table.name


def test_a_second_run_has_nothing_to_do(empty_app: Flask) -> None:
    assert [upgrade(), upgrade()] == [True, False]


def test_every_table_can_be_taken_down_again(empty_app: Flask) -> None:
    upgrade()
    command.downgrade(make_config(), "base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]


def test_postgresql_gets_the_same_columns(empty_app: Flask) -> None:
    printed = StringIO()
    config = make_config()
    config.output_buffer = printed
    command.upgrade(config, "head", sql=True)
    for table in db.metadata.sorted_tables:
        wanted = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        head = wanted.splitlines()[1]
        start = printed.getvalue().index(head)
        made = printed.getvalue()[start:].partition(";")[0]
        assert sorted(_altered(_lines(made), printed.getvalue(), table.name)) == sorted(
            _lines(wanted)
        )


def _altered(lines: list[str], printed: str, table: str) -> list[str]:
    """A table's lines after what later migrations did to it; a new column's default served the
    rows that were there.
    """
    for act, what in re.findall(rf"ALTER TABLE {table} (ADD COLUMN|ADD|DROP) (.*?);", printed):
        if act == "DROP":
            lines = [line for line in lines if not line.startswith(what)]
        else:
            lines = [*lines, re.sub(r" DEFAULT '.*?'", "", what)]
    return lines


def _lines(statement: str) -> list[str]:
    return [line.strip().rstrip(",") for line in statement.splitlines() if line.strip()]


def test_two_processes_on_a_new_folder_both_succeed(settings: Settings) -> None:
    program = (
        "from server import create_app; from server.config import read_settings\n"
        "from server.migrations import upgrade\n"
        "with create_app(read_settings()).app_context(): print(upgrade())"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0].strip() for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert set(said) <= {"True", "False"}
    assert "True" in said
