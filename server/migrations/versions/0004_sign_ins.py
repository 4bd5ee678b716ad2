"""Sign-ins to the office as rows, so that one can be ended. Who is signed in signs in once more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in",
        sa.Column("company", sa.String(36), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user", sa.String(36), nullable=False),
        sa.Column("began_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("company", "token_hash", name="pk_sign_in"),
        sa.ForeignKeyConstraint(["company"], ["company.id"], name="fk_sign_in_company"),
        sa.ForeignKeyConstraint(
            ["company", "user"], ["user.company", "user.id"], name="fk_sign_in_company_user"
        ),
    )


def downgrade() -> None:
    op.drop_table("sign_in")
