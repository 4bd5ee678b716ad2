"""Tables whose rows are only ever added: the database itself refuses to change or delete them."""

from __future__ import annotations

from sqlalchemy import DDL, Table, event

# Whoever may alter tables can take this away as well; then `mingcha verify` and the heads that
# phones remember tell what was done.
_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$
"""


def triggers(dialect: str, table: str) -> list[str]:
    """The statements that make a table append-only on this kind of database."""
    if dialect == "postgresql":
        head = f'CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON "{table}"'
        whole = f'CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON "{table}"'
        return [
            _FUNCTION,
            f"{head} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"{whole} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        ]
    return [
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ]


def make_append_only(table: Table) -> None:
    """Whenever this table is created from the models, make it append-only."""
    table.info["append_only"] = True
    for dialect in ("sqlite", "postgresql"):
        for statement in triggers(dialect, table.name):
            ddl = DDL(statement).execute_if(dialect=dialect)
            event.listen(table, "after_create", ddl)


def is_append_only(table: Table) -> bool:
    """True when nobody but its owner could ever change the table's rows."""
    return table.info.get("append_only", False)
