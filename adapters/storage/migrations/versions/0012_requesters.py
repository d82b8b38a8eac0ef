"""an open request belongs to its requester, and keeps the last words of who helps"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SAFE = ":@;=.,!~*'()+$-_"  # what keys leave as it is
WORDED = sa.text("cleared_at IS NULL AND resolved_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_handoff_case_worded", table_name="handoff_case")
    with op.batch_alter_table("handoff_case", schema=None) as case:
        case.add_column(sa.Column("requester", sa.String(), nullable=False, server_default=""))
        case.add_column(sa.Column("said", sa.Text(), nullable=False, server_default=""))
        case.drop_constraint("uq_handoff_case_thread_open", type_="unique")
    found = op.get_bind().execute(sa.text("SELECT case_id, escalation FROM handoff_case"))
    for case_id, escalation in found.fetchall():
        op.get_bind().execute(
            sa.text("UPDATE handoff_case SET requester = :requester WHERE case_id = :case_id"),
            {"requester": _requester(json.loads(escalation)), "case_id": case_id},
        )
    op.create_index(
        "uq_handoff_case_open", "handoff_case", ["thread_open", "requester"], unique=True
    )
    op.create_index("ix_handoff_case_requester", "handoff_case", ["requester"])
    _worded()


def downgrade() -> None:
    for name in ("uq_handoff_case_open", "ix_handoff_case_requester", "ix_handoff_case_worded"):
        op.drop_index(name, table_name="handoff_case")
    op.execute(  # of several in one thread the oldest keeps it
        "UPDATE handoff_case SET thread_open = NULL WHERE EXISTS (SELECT 1 FROM handoff_case AS o"
        " WHERE o.thread_open = handoff_case.thread_open AND o.number < handoff_case.number)"
    )
    with op.batch_alter_table("handoff_case", schema=None) as case:
        case.drop_column("said")
        case.drop_column("requester")
        case.create_unique_constraint("uq_handoff_case_thread_open", ["thread_open"])
    _worded()


def _requester(escalation: dict[str, Any]) -> str:
    key = escalation["requester"]["key"]
    parts = (key["workspace"]["platform"], key["workspace"]["workspace_id"], key["user_id"])
    return "/".join(quote(each, safe=SAFE) for each in parts)


def _worded() -> None:
    op.create_index(
        "ix_handoff_case_worded",
        "handoff_case",
        ["resolved_at"],
        sqlite_where=WORDED,
        postgresql_where=WORDED,
    )
