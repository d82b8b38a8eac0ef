"""threads that have long been idle are found without reading the others"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IDLE = sa.text("pending = 0")


def upgrade() -> None:
    op.create_index(
        "ix_thread_idle", "thread", ["ready_at"], sqlite_where=IDLE, postgresql_where=IDLE
    )


def downgrade() -> None:
    op.drop_index("ix_thread_idle", table_name="thread")
