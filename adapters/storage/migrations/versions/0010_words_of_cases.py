"""the words of closed requests end with those of conversations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORDED = sa.text("cleared_at IS NULL AND resolved_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("handoff_case", sa.Column("cleared_at", sa.Float(), nullable=True))
    op.create_index(
        "ix_handoff_case_worded",
        "handoff_case",
        ["resolved_at"],
        sqlite_where=WORDED,
        postgresql_where=WORDED,
    )


def downgrade() -> None:
    op.drop_index("ix_handoff_case_worded", table_name="handoff_case")
    with op.batch_alter_table("handoff_case", schema=None) as handoff_case:
        handoff_case.drop_column("cleared_at")
