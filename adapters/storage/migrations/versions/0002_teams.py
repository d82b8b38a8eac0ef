"""what Microsoft Teams needs remembered"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "teams_conversation",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("service_url", sa.String(), nullable=False),
        sa.Column("bot_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("greeted_at", sa.Float(), nullable=True),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "conversation_id", name=op.f("pk_teams_conversation")),
    )
    with op.batch_alter_table("teams_conversation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_teams_conversation_tenant_user_id"), ["tenant", "user_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_teams_conversation_tenant_seen_at"), ["tenant", "seen_at"], unique=False
        )

    op.create_table(
        "teams_once",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_teams_once")),
    )
    with op.batch_alter_table("teams_once", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_teams_once_at"), ["at"], unique=False)

    op.create_table(
        "teams_sent",
        sa.Column("part_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("activity_id", sa.String(), nullable=False),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_teams_sent")),
    )
    with op.batch_alter_table("teams_sent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_teams_sent_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_teams_sent_conversation_id_activity_id"),
            ["conversation_id", "activity_id"],
            unique=False,
        )


def downgrade() -> None:
    op.drop_table("teams_sent")
    op.drop_table("teams_once")
    op.drop_table("teams_conversation")
