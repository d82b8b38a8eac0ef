"""one current fact a key, links between accounts, receipts of what was forgotten"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CURRENT = sa.text("superseded_at IS NULL")
EXPIRING = sa.text("expires_at IS NOT NULL")
LINKED = sa.text("state = 'linked'")
UNPURGED = sa.text("purged_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.add_column(sa.Column("said_by", sa.String(), nullable=True))
    op.execute("UPDATE fact SET key = lower(key)")
    op.execute(  # of several current ones the newest stands
        "UPDATE fact SET superseded_at = learned_at WHERE superseded_at IS NULL AND EXISTS"
        " (SELECT 1 FROM fact AS newer WHERE newer.account = fact.account"
        " AND newer.key = fact.key AND newer.superseded_at IS NULL AND newer.id > fact.id)"
    )
    op.create_index(
        "uq_fact_current",
        "fact",
        ["account", "key"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    op.create_index(
        "ix_fact_expiring",
        "fact",
        ["expires_at"],
        sqlite_where=EXPIRING,
        postgresql_where=EXPIRING,
    )
    op.create_index(op.f("ix_exchange_at"), "exchange", ["at"])
    op.create_table(
        "account_link",
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.Float(), nullable=False),
        sa.Column("decided_at", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked','linked','ended')", name=op.f("ck_account_link_state")
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_account_link")),
    )
    for column in ("asker", "other"):
        op.create_index(
            f"uq_account_link_{column}",
            "account_link",
            [column],
            unique=True,
            sqlite_where=LINKED,
            postgresql_where=LINKED,
        )
    op.create_table(
        "erasure",
        sa.Column("receipt", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("purged_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("receipt", name=op.f("pk_erasure")),
    )
    op.create_index(
        "ix_erasure_unpurged",
        "erasure",
        ["at"],
        sqlite_where=UNPURGED,
        postgresql_where=UNPURGED,
    )


def downgrade() -> None:
    op.drop_table("erasure")
    op.drop_table("account_link")
    op.drop_index(op.f("ix_exchange_at"), table_name="exchange")
    op.drop_index("ix_fact_expiring", table_name="fact")
    op.drop_index("uq_fact_current", table_name="fact")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_column("said_by")
