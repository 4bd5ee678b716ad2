"""The evidence log, append-only tables, conflicts, merges and answers to refusals.

What a company held before gets its leaves here, in the order in which it came.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from server.append_only import triggers
from sync.canonical import canonical_json
from sync.merge import merge_fields
from sync.merkle import grow, leaf_hash

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("edit", "evidence", "evidence_node", "push_signature", "quarantine")
TABLES = (
    "evidence",
    "evidence_node",
    "signed_head",
    "refusal_answer",
    "vehicle_merge",
    "crew_merge",
    "conflict",
)
REFERENCES = ("station", "route", "vehicle", "crew_member")


def upgrade() -> None:
    with op.batch_alter_table("log_head") as batch:
        batch.add_column(sa.Column("leaves", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("frontier", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("log_head") as batch:
        batch.alter_column("leaves", server_default=None)
        batch.alter_column("frontier", server_default=None)
    _key_signatures("serial", "digest")
    _create_evidence()
    _create_office_work()
    if not context.is_offline_mode():
        _grow_logs()
    for table in APPEND_ONLY:
        for statement in triggers(op.get_context().dialect.name, table):
            op.execute(sa.DDL(statement))


def downgrade() -> None:
    dialect = op.get_context().dialect.name
    for table in APPEND_ONLY:
        if dialect == "postgresql":
            op.execute(f'DROP TRIGGER {table}_append_only ON "{table}"')
            op.execute(f'DROP TRIGGER {table}_never_emptied ON "{table}"')
        else:
            op.execute(f"DROP TRIGGER {table}_no_update")
            op.execute(f"DROP TRIGGER {table}_no_delete")
    if dialect == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
    for table in reversed(TABLES):
        op.drop_table(table)
    _key_signatures("serial")
    with op.batch_alter_table("log_head") as batch:
        batch.drop_column("leaves")
        batch.drop_column("frontier")


def _key_signatures(*columns: str) -> None:
    name = "pk_push_signature"
    with op.batch_alter_table("push_signature") as batch:
        batch.drop_constraint(name, type_="primary")
        batch.create_primary_key(name, ["company", "device", *columns])


def _create_evidence() -> None:
    seq = sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False)
    leaf = [_text("kind", 16), sa.Column("body", sa.Text(), nullable=False), _text("leaf", 64)]
    _create("evidence", ["seq"], [seq, *leaf])
    level = sa.Column("level", sa.Integer(), autoincrement=False, nullable=False)
    place = sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False)
    _create("evidence_node", ["level", "place"], [level, place, _text("hash", 64)])
    signed = [
        _text("day", 10),
        _text("epoch", 36),
        _big("size"),
        _text("hash", 64),
        _big("at_ms"),
        _text("key", 64),
        _text("signature", 120),
    ]
    _create("signed_head", ["day"], signed)


def _create_office_work() -> None:
    answer = [
        _text("device", 16),
        _text("digest", 64),
        _text("state", 10),
        _text("note", 1000),
        _text("user", 36),
        _big("at_ms"),
        _big("change_seq"),
        _foreign("refusal_answer", ["device", "digest"], "quarantine", ["device", "digest"]),
    ]
    _create("refusal_answer", ["device", "digest"], answer)
    _index("ix_refusal_answer_change", "refusal_answer", "change_seq")
    for table, name, target in (
        ("vehicle_merge", "vehicle", "vehicle"),
        ("crew_merge", "person", "crew_member"),
    ):
        merge = [
            _text(name, 36),
            _text("into", 36),
            _big("at_ms"),
            _foreign(table, [name], target, ["id"]),
            _foreign(table, ["into"], target, ["id"]),
        ]
        _create(table, [name], merge)
        _index(f"ix_{table}_into", table, "into")
    conflict = [
        _text("inspection", 36),
        _text("field", 100),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        _big("other_seq"),
        _big("opened_at_ms"),
        _big("settled_at_ms", null=True),
        _text("settled_by", 16, null=True),
        _foreign("conflict", ["inspection"], "inspection", ["id"]),
    ]
    _create("conflict", ["inspection", "field", "seq"], conflict)
    _index("ix_conflict_open", "conflict", "settled_at_ms", "opened_at_ms")


def _create(table: str, key: list[str], columns: list[Any]) -> None:
    op.create_table(
        table,
        _text("company", 36),
        *columns,
        sa.ForeignKeyConstraint(["company"], ["company.id"], name=f"fk_{table}_company"),
        sa.PrimaryKeyConstraint("company", *key, name=f"pk_{table}"),
    )


def _text(name: str, length: int, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=null)


def _big(name: str, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _foreign(
    table: str, names: list[str], target: str, columns: list[str]
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["company", *names],
        [f"{target}.company", *(f"{target}.{column}" for column in columns)],
        name="_".join(["fk", table, "company", *names]),
    )


def _index(name: str, table: str, *columns: str) -> None:
    op.create_index(name, table, ["company", *columns])


# Leaves for what was there before.


def _grow_logs() -> None:
    bind = op.get_bind()
    for company in list(bind.execute(sa.text("SELECT * FROM company")).mappings()):
        tree = _Tree(bind, company["id"])
        fields = {name: company[name] for name in company if name not in ("id", "epoch")}
        tree.append("epoch", {"old": None, "epoch": company["epoch"], "fields": fields})
        for kind, content in _list_before(bind, company["id"]):
            tree.append(kind, content)
        tree.save()


class _Tree:
    """One company's log while it is grown."""

    def __init__(self, bind: sa.Connection, company: str) -> None:
        self.bind, self.company = bind, company
        self.size, self.frontier = 0, list[bytes]()

    def append(self, kind: str, content: dict[str, Any]) -> None:
        seq = self.size + 1
        body = canonical_json({**content, "company": self.company, "kind": kind, "seq": seq})
        leaf = leaf_hash(body)
        for level, place, made in grow(self.frontier, self.size, leaf):
            if level and level % 8 == 0:
                self._insert("evidence_node", level=level, place=place, hash=made.hex())
        self._insert("evidence", seq=seq, kind=kind, body=body.decode(), leaf=leaf.hex())
        self.size = seq

    def _insert(self, name: str, **row: Any) -> None:
        columns = ["company", *row]
        table = sa.table(name, *(sa.column(column) for column in columns))
        self.bind.execute(sa.insert(table).values(company=self.company, **row))

    def save(self) -> None:
        heads = sa.table(
            "log_head", *(sa.column(name) for name in ("company", "leaves", "frontier"))
        )
        frontier = b"".join(self.frontier).hex()
        update = sa.update(heads).where(heads.c.company == self.company)
        done = self.bind.execute(update.values(leaves=self.size, frontier=frontier))
        if not done.rowcount:
            self._insert("log_head", size=0, change_seq=0, leaves=self.size, frontier=frontier)


def _list_before(bind: sa.Connection, company: str) -> list[tuple[str, dict[str, Any]]]:
    def rows(table: str, order: str) -> list[dict[str, Any]]:
        query = f'SELECT * FROM "{table}" WHERE company = :company ORDER BY {order}'
        return [dict(row) for row in bind.execute(sa.text(query), {"company": company}).mappings()]

    found = [("reference", _checklist(row)) for row in rows("checklist", "id")]
    for table in REFERENCES:
        found += [("reference", _reference(table, row)) for row in rows(table, "change_seq, id")]
    found += [("user", _user(row)) for row in rows("user", "created_at_ms, id")]
    devices = rows("device", "enrolled_at_ms, id")
    found += [("device", _device(row)) for row in devices]
    found += [("photo", _photo(row)) for row in rows("photo", "verified_at_ms, sha256")]
    users = {row["id"]: row["user"] for row in devices}
    edits = rows("edit", "seq")
    found += [("edit", content) for content in _edits(edits, users)]
    chained = {row["digest"] for row in edits}
    found += [
        ("refusal", _refusal(row, users))
        for row in rows("quarantine", "received_at_ms, device, digest")
        if row["digest"] not in chained
    ]
    return found


def _checklist(row: dict[str, Any]) -> dict[str, Any]:
    body = sha256(row["body"].encode()).hexdigest()
    return {"table": "checklist", "id": row["id"], "fields": {"body": body, "stamp": row["stamp"]}}


def _reference(table: str, row: dict[str, Any]) -> dict[str, Any]:
    fields = {name: row[name] for name in row if name not in ("company", "id", "change_seq")}
    fields["retired"] = bool(fields["retired"])
    return {"table": table, "id": row["id"], "fields": fields}


def _user(row: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "name", "display_name", "role", "station")
    return {**{name: row[name] for name in names}, "active": bool(row["active"])}


def _device(row: dict[str, Any]) -> dict[str, Any]:
    key = row["public_key"]
    return {
        "device": row["id"],
        "user": row["user"],
        "device_kind": row["kind"],
        "key": sha256(key.encode()).hexdigest() if key else None,
    }


def _photo(row: dict[str, Any]) -> dict[str, Any]:
    names = ("sha256", "size_bytes", "device")
    return {**{name: row[name] for name in names}, "at_ms": row["verified_at_ms"]}


def _edits(edits: list[dict[str, Any]], users: dict[str, str]) -> list[dict[str, Any]]:
    states: dict[tuple[str, str], Any] = {}
    found = []
    for row in edits:
        won: list[str] = []
        if row["state"] == "accepted":
            name = (row["kind"], row["record"])
            fields = json.loads(row["body"])["fields"]
            stamp = row["ordered_as"] or row["stamp"]
            merge = merge_fields(states.get(name, {}), fields, stamp)
            states[name], won = merge.state, merge.won
        told = ("stamp", "digest", "device", "serial", "received_at_ms")
        answered = ("state", "problem", "detail", "ordered_as")
        content = {name: row[name] for name in (*told, *answered)}
        content |= {"edit": row["seq"], "user": users[row["device"]]}
        found.append({**content, "won": sorted(won), "saw": None})
    return found


def _refusal(row: dict[str, Any], users: dict[str, str]) -> dict[str, Any]:
    names = ("digest", "device", "received_at_ms", "problem", "detail")
    return {**{name: row[name] for name in names}, "user": users[row["device"]]}
