"""What became of a photo's bytes after they were verified, and the hashes of its pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# All may be null: the release before this one goes on adding photos without them.
COLUMNS = (
    ("screen_sha256", sa.String(64)),
    ("thumb_sha256", sa.String(64)),
    ("checked_at_ms", sa.BigInteger()),
    ("damage", sa.String(8)),
    ("damaged_at_ms", sa.BigInteger()),
)


def upgrade() -> None:
    for name, kind in COLUMNS:
        op.add_column("photo", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("photo") as photo:
        for name, _ in reversed(COLUMNS):
            photo.drop_column(name)
