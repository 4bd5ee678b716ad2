"""`mingcha grants`: what PostgreSQL must allow the application's role, and nothing beyond."""

from __future__ import annotations

import re

import click
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError

from server.append_only import is_append_only
from server.cli.opening import opened
from server.cli.saying import Refused, tell
from server.db import be_patient, db

# Written without quotes, a name like this is the same in every statement.
ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")
VERSIONS = "alembic_version"  # which release's tables these are: the owner's to change


@click.command()
@click.argument("role")
@click.option("--apply", is_flag=True, help="执行而不仅显示 / Run them, do not only print them.")
def grants(role: str, apply: bool) -> None:
    """应用角色在 PostgreSQL 上的权限 / The rights on PostgreSQL of the application's role.

    证据表只可读取与追加 / It may read the evidence and add to it, not change it.
    """
    if not ROLE.fullmatch(role):
        raise Refused("bad_role", role=role)
    with opened():
        if db.engine.dialect.name != "postgresql":
            raise Refused("no_roles")
        statements = list_grants(role, db.metadata.sorted_tables)
        if apply:
            _run(statements)
    for statement in statements:
        click.echo(f"{statement};")
    if apply:
        tell("granted", role=role)


def list_grants(role: str, tables: list[Table]) -> list[str]:
    """What the role gets, after everything that it may have had is taken away."""
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT SELECT ON TABLE {VERSIONS} TO {role}",
    ]
    for table in tables:
        rights = "SELECT, INSERT" if is_append_only(table) else "SELECT, INSERT, UPDATE, DELETE"
        statements.append(f'GRANT {rights} ON TABLE "{table.name}" TO {role}')
    return statements


def _run(statements: list[str]) -> None:
    with db.engine.begin() as connection:
        be_patient(connection)
        for statement in statements:
            try:
                connection.exec_driver_sql(statement)
            except DBAPIError as error:
                raise Refused("not_granted", why=str(error.orig).strip()) from error
