"""passages have vectors, where there is a model that makes them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    vector = sa.LargeBinary().with_variant(ARRAY(sa.REAL()), "postgresql")
    op.create_table(
        "passage_vector",
        sa.Column("passage_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("vector", vector, nullable=False),
        sa.PrimaryKeyConstraint("passage_id", name="pk_passage_vector"),
    )


def downgrade() -> None:
    op.drop_table("passage_vector")
