"""what waits is found by its author, and by its tenant"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'queued'")
BUSY = sa.text("pending > 0")


def upgrade() -> None:
    op.create_index(
        "ix_inbox_waiting", "inbox", ["author"], sqlite_where=WAITING, postgresql_where=WAITING
    )
    op.create_index(
        "ix_thread_busy",
        "thread",
        ["tenant", "ready_at"],
        sqlite_where=BUSY,
        postgresql_where=BUSY,
    )
    op.drop_index("ix_thread_owner_pending_ready_at", table_name="thread")


def downgrade() -> None:
    op.create_index("ix_thread_owner_pending_ready_at", "thread", ["owner", "pending", "ready_at"])
    op.drop_index("ix_thread_busy", table_name="thread")
    op.drop_index("ix_inbox_waiting", table_name="inbox")
