"""the threads that a process holds are found without reading the others"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

HELD = sa.text("owner IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_thread_held", "thread", ["owner"], sqlite_where=HELD, postgresql_where=HELD)


def downgrade() -> None:
    op.drop_index("ix_thread_held", table_name="thread")
