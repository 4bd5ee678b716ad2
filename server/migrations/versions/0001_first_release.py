"""Every table of the first release.

Written by hand so that it can be read; a test holds it against the models.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# In the order in which they may be made; dropped the other way round.
# fmt: off
TABLES = (
    "company", "log_head", "checklist", "station", "route", "vehicle", "crew_member",
    "user", "device", "enrolment", "user_token", "edit", "quarantine", "push_signature",
    "photo", "upload", "inspection", "finding", "photo_use",
)
# fmt: on


def upgrade() -> None:
    _create_companies()
    _create_fleet()
    _create_people()
    _create_log()
    _create_photos()
    _create_inspections()
    _create_what_hangs_on_inspections()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_companies() -> None:
    op.create_table(
        "company",
        *(_text(name, 36) for name in ("id", "epoch")),
        *(_text(name, 100) for name in ("name", "name_en")),
        _text("regime", 20),
        _text("timezone", 40),
        _big("created_at_ms"),
        sa.PrimaryKeyConstraint("id", name="pk_company"),
    )
    _create("log_head", [], [_big("size"), _big("change_seq"), _text("last_stamp", 40, null=True)])
    _create(
        "checklist",
        ["id"],
        [_text("id", 64), _long("body"), _text("stamp", 40), _big("change_seq")],
    )
    _index("ix_checklist_change", "checklist", "change_seq")


def _create_fleet() -> None:
    _create_reference("station", [_text("name", 100), _text("name_en", 100)], unique=["name"])
    _create_reference(
        "route",
        [_text("code", 20), _text("name", 100), _text("name_en", 100), *_link("route", "station")],
        unique=["code"],
    )
    _create_reference(
        "vehicle",
        [
            *(_text(name, 20) for name in ("plate", "plate_key", "fleet_number")),
            *(_text(name, 20) for name in ("kind", "regime")),
            _int("capacity"),
            *_link("vehicle", "station"),
            *_link("vehicle", "route"),
        ],
        unique=["plate_key", "fleet_number"],
    )
    _create_reference(
        "crew_member",
        [
            _text("staff_number", 20),
            *(_text(name, 60) for name in ("name", "name_key")),
            _text("duty", 12),
            *_link("crew_member", "station"),
        ],
        unique=["staff_number"],
    )
    _index("ix_crew_member_name", "crew_member", "name_key")


def _create_people() -> None:
    person = [
        _text("id", 36),
        _text("name", 64),
        _text("display_name", 100),
        _text("role", 32),
        *_link("user", "station"),
        _text("secret_hash", 200),
        _flag("active"),
        _big("created_at_ms"),
        _unique("user", "name"),
    ]
    _create("user", ["id"], person)
    device = [
        _text("id", 16),
        _text("kind", 8),
        *_owner("device", "user"),
        _text("name", 100),
        _long("public_key", null=True),
        _text("token_hash", 64, null=True),
        _big("enrolled_at_ms"),
        _big("revoked_at_ms", null=True),
        _big("last_seen_at_ms", null=True),
    ]
    _create("device", ["id"], device)
    for name in ("user", "token_hash"):
        op.create_index(f"ix_device_{name}", "device", [name])
    for table, secret, end in (
        ("enrolment", "code_hash", [_big("expires_at_ms"), _big("used_at_ms", null=True)]),
        ("user_token", "token_hash", [_big("revoked_at_ms", null=True)]),
    ):
        columns = [_text(secret, 64), *_owner(table, "user"), _big("created_at_ms"), *end]
        _create(table, [secret], columns)


def _create_log() -> None:
    edit = [
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        _text("stamp", 40),
        *_owner("edit", "device"),
        _big("serial"),
        *(_text(name, 64) for name in ("prev", "digest")),
        _text("kind", 32),
        _text("record", 36),
        _long("body"),
        _big("received_at_ms"),
        _text("state", 8),
        _text("problem", 40, null=True),
        _text("detail", 300),
        _text("ordered_as", 40, null=True),
        _unique("edit", "stamp"),
        _unique("edit", "device", "serial"),
    ]
    _create("edit", ["seq"], edit)
    _index("ix_edit_record", "edit", "kind", "record", "seq")
    quarantine = [
        *_owner("quarantine", "device"),
        _text("digest", 64),
        _text("stamp", 40, null=True),
        _big("serial", null=True),
        _long("body"),
        _text("problem", 40),
        _text("detail", 300),
        _big("received_at_ms"),
    ]
    _create("quarantine", ["device", "digest"], quarantine)
    _index("ix_quarantine_stamp", "quarantine", "stamp")
    signature = [_big("serial"), _text("digest", 64), _text("signature", 120)]
    owner = _owner("push_signature", "device")
    _create("push_signature", ["device", "serial"], [*owner, *signature])


def _create_photos() -> None:
    photo = [
        _text("sha256", 64),
        _big("size_bytes"),
        _text("media_type", 20),
        *(_int(name) for name in ("width", "height")),
        _text("device", 16),
        _big("verified_at_ms"),
        _big("derived_at_ms", null=True),
    ]
    _create("photo", ["sha256"], photo)
    _index("ix_photo_derived", "photo", "derived_at_ms")
    upload = [
        _text("id", 36),
        *_owner("upload", "device"),
        _text("sha256", 64),
        *(_big(name) for name in ("length_bytes", "created_at_ms", "expires_at_ms")),
        _big("finished_at_ms", null=True),
    ]
    _create("upload", ["id"], upload)
    _index("ix_upload_sha256", "upload", "sha256", "device")
    _index("ix_upload_expires", "upload", "expires_at_ms")


def _create_inspections() -> None:
    inspection = [
        _text("id", 36),
        *_owner("inspection", "device"),
        _long("fields"),
        *(_big(name) for name in ("change_seq", "first_received_at_ms", "occurred_at_ms")),
        _flag("clock_suspect"),
        _text("service_date", 10),
        _text("status", 10),
        _text("mode", 12, null=True),
        _text("checklist", 64, null=True),
        *_link("inspection", "vehicle"),
        *_link("inspection", "driver", "crew_member"),
        *_link("inspection", "conductor", "crew_member"),
        *(link for name in ("route", "station") for link in _link("inspection", name)),
        _flag("unmatched"),
        _int("total_bp", null=True),
        _int("fault_points"),
        _text("grade", 1, null=True),
        _int("suspected"),
        _long("score"),
        *(_int(name) for name in ("photos_named", "photos_verified")),
        _big("completed_at_ms", null=True),
    ]
    _create("inspection", ["id"], inspection)
    op.create_index("ix_inspection_service_date", "inspection", ["service_date"])
    _index("ix_inspection_time", "inspection", "occurred_at_ms", "id")
    for who in ("vehicle", "driver", "conductor"):
        _index(f"ix_inspection_{who}", "inspection", who, "occurred_at_ms", "id")
    _index("ix_inspection_device", "inspection", "device", "change_seq")


def _create_what_hangs_on_inspections() -> None:
    finding = [
        *_owner("finding", "inspection"),
        _text("item", 8),
        _text("severity", 8),
        _text("charged_to", 10),
        _flag("fixed_on_spot"),
    ]
    _create("finding", ["inspection", "item"], finding)
    photo_use = [
        *_owner("photo_use", "inspection"),
        _text("field", 100),
        _int("position"),
        _text("sha256", 64),
    ]
    _create("photo_use", ["inspection", "field", "position"], photo_use)
    _index("ix_photo_use_sha256", "photo_use", "sha256")


def _create(table: str, key: list[str], columns: list[Any]) -> None:
    """A table of a company's rows: its key begins with the company."""
    op.create_table(
        table,
        _text("company", 36),
        *columns,
        sa.ForeignKeyConstraint(["company"], ["company.id"], name=f"fk_{table}_company"),
        sa.PrimaryKeyConstraint("company", *key, name=f"pk_{table}"),
    )


def _create_reference(table: str, columns: list[Any], unique: list[str]) -> None:
    base = [_text("id", 36), _text("stamp", 40), _big("change_seq"), _flag("retired")]
    _create(table, ["id"], [*base, *columns, *(_unique(table, name) for name in unique)])
    _index(f"ix_{table}_change", table, "change_seq")


def _text(name: str, length: int, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=null)


def _big(name: str, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _int(name: str, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=null)


def _long(name: str, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _link(table: str, name: str, target: str = "") -> list[Any]:
    """A column that may point at another row of the same company."""
    return [_text(name, 36, null=True), _foreign_key(table, name, target or name)]


def _owner(table: str, name: str) -> list[Any]:
    """A column that always points at another row of the same company."""
    return [_text(name, 16 if name == "device" else 36), _foreign_key(table, name, name)]


def _foreign_key(table: str, name: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["company", name],
        [f"{target}.company", f"{target}.id"],
        name=f"fk_{table}_company_{name}",
    )


def _unique(table: str, *names: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("company", *names, name="_".join(["uq", table, "company", *names]))


def _index(name: str, table: str, *columns: str) -> None:
    op.create_index(name, table, ["company", *columns])
