"""ids of passages are never given twice, and PostgreSQL searches documents itself"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Words are stored as search counts them, stems and all: the parser has nothing left to do.
FULL_TEXT = """
CREATE TABLE passage_fts (
  rowid BIGINT PRIMARY KEY, title TEXT NOT NULL, keywords TEXT NOT NULL,
  heading TEXT NOT NULL, text TEXT NOT NULL,
  words TSVECTOR GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', keywords), 'B')
    || setweight(to_tsvector('simple', heading), 'B') || to_tsvector('simple', text)
  ) STORED
)
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(FULL_TEXT)
        op.execute("CREATE INDEX ix_passage_fts_words ON passage_fts USING gin (words)")
        op.execute("DELETE FROM passage")  # read again, with their words
        op.execute("DELETE FROM document")
    else:
        with op.batch_alter_table(
            "passage", recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_table("passage_fts")
    else:
        with op.batch_alter_table("passage", recreate="always"):
            pass
