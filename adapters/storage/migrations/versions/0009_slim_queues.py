"""the queues are indexed by what is looked for, and no more"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

OLD = (
    ("ix_inbox_thread_key_state_ord", "inbox", ["thread_key", "state", "ord"]),
    ("ix_inbox_state_received_at", "inbox", ["state", "received_at"]),
    ("ix_outbox_lane_state_id", "outbox", ["lane", "state", "id"]),
    ("ix_outbox_state_created_at", "outbox", ["state", "created_at"]),
)
NEW = (
    ("ix_inbox_open", "inbox", ["thread_key", "ord"], "state IN ('queued', 'running')"),
    ("ix_inbox_done", "inbox", ["received_at"], "state = 'done'"),
    ("ix_inbox_dead", "inbox", ["id"], "state = 'dead'"),
    ("ix_outbox_open", "outbox", ["lane", "id"], "state IN ('intent', 'ambiguous')"),
    ("ix_outbox_over", "outbox", ["created_at"], "state IN ('sent', 'dead')"),
    ("ix_outbox_doubtful", "outbox", ["id"], "state = 'sent' AND available_at > 0"),
)


def upgrade() -> None:
    for name, table, _ in OLD:
        op.drop_index(name, table_name=table)
    with op.batch_alter_table("inbox", schema=None) as inbox:  # it was never filled
        inbox.drop_constraint("uq_inbox_alt_dedupe", type_="unique")
        inbox.drop_column("alt_dedupe")
    for name, table, columns, rows in NEW:
        some = sa.text(rows)
        op.create_index(name, table, columns, sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    for name, table, _, _ in NEW:
        op.drop_index(name, table_name=table)
    with op.batch_alter_table("inbox", schema=None) as inbox:
        inbox.add_column(sa.Column("alt_dedupe", sa.String(), nullable=True))
        inbox.create_unique_constraint("uq_inbox_alt_dedupe", ["alt_dedupe"])
    for name, table, columns in OLD:
        op.create_index(name, table, columns)
