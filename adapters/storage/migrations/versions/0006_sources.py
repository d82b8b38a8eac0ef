"""documents know where they come from, and sources how reading them went"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("source", sa.String(), nullable=False, server_default=""))
    op.add_column("document", sa.Column("stamp", sa.Text(), nullable=False, server_default=""))
    op.add_column("document", sa.Column("sketch", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "knowledge_source",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tried_at", sa.Float(), nullable=False),
        sa.Column("read_at", sa.Float(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("lease_until", sa.Float(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_knowledge_source")),
    )


def downgrade() -> None:
    op.drop_table("knowledge_source")
    with op.batch_alter_table("document") as document:
        for name in ("sketch", "stamp", "source"):
            document.drop_column(name)
