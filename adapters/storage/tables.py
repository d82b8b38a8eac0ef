"""The schema, once, for SQLite and PostgreSQL; Alembic's migrations follow it.

Times are seconds since 1970 (UTC) as floats: SQLite keeps no zones. JSON is text:
it is read and written whole, through the types of core.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import REAL, CheckConstraint, Index, LargeBinary, MetaData, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


VECTOR = LargeBinary().with_variant(ARRAY(REAL()), "postgresql")


def _where(condition: str) -> dict[str, Any]:
    """An index of those few rows alone that are looked for."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class InboxRow(SQLModel, table=True):
    """Something a platform gave us, committed before it was acknowledged.

    state: queued, running, done, dead. ord: platform time within the thread.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("ix_inbox_open", "thread_key", "ord", **_where("state IN ('queued', 'running')")),
        Index("ix_inbox_waiting", "author", **_where("state = 'queued'")),
        Index("ix_inbox_done", "received_at", **_where("state = 'done'")),
        Index("ix_inbox_dead", "id", **_where("state = 'dead'")),
        CheckConstraint("state IN ('queued','running','done','dead')", name="state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    dedupe: str = Field(unique=True)
    tenant: str
    thread_key: str
    author: str
    ord: float
    kind: str
    payload: str = Field(sa_type=Text)
    state: str = "queued"
    attempts: int = 0
    deaths: int = 0
    available_at: float = 0.0
    received_at: float


class ThreadRow(SQLModel, table=True):
    """A lane of work: what waits for a thread or channel, and who holds its lease.

    pending: rows waiting in inbox and outbox. lease_until: on the database's own clock.
    epoch: counts leases; every write of a turn names it.
    """

    __tablename__ = "thread"
    __table_args__ = (
        Index("ix_thread_busy", "tenant", "ready_at", **_where("pending > 0")),
        Index("ix_thread_idle", "ready_at", **_where("pending = 0")),
        Index("ix_thread_held", "owner", **_where("owner IS NOT NULL")),
    )

    thread_key: str = Field(primary_key=True)
    tenant: str
    pending: int = 0
    ready_at: float = 0.0
    lease_until: float = 0.0
    owner: str | None = None
    epoch: int = 0


class TurnStepRow(SQLModel, table=True):
    """The result of a costly step, kept before it is used."""

    __tablename__ = "turn_step"

    turn_id: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    result: str = Field(sa_type=Text)
    at: float


class OutboxRow(SQLModel, table=True):
    """Something to make visible once. state: intent, ambiguous, sent, dead.

    available_at: when to try again; of a sent one that was in doubt, until when a copy of it
    may turn up, and its payload is kept until then.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_open", "lane", "id", **_where("state IN ('intent', 'ambiguous')")),
        Index("ix_outbox_over", "created_at", **_where("state IN ('sent', 'dead')")),
        Index("ix_outbox_doubtful", "id", **_where("state = 'sent' AND available_at > 0")),
        CheckConstraint("state IN ('intent','ambiguous','sent','dead')", name="state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    post_id: str = Field(unique=True)
    turn_id: str
    lane: str
    payload: str = Field(sa_type=Text)
    subject: str = ""
    state: str = "intent"
    attempts: int = 0
    available_at: float = 0.0
    created_at: float
    platform_id: str = ""
    error: str = ""


class ExchangeRow(SQLModel, table=True):
    """What was asked and answered in one turn; the truth that sessions are derived from."""

    __tablename__ = "exchange"
    __table_args__ = (
        Index(None, "thread_key", "at"),
        Index(None, "author", "at"),
        Index(None, "at"),
    )

    turn_id: str = Field(primary_key=True)
    tenant: str
    thread_key: str
    author: str
    author_name: str
    asked: str = Field(sa_type=Text)
    answered: str = Field(sa_type=Text)
    kind: str
    only_for: str | None = None
    at: float


class SessionRow(SQLModel, table=True):
    """A thread's session, as the newest turn left it."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "expires_at"),)

    thread_key: str = Field(primary_key=True)
    version: int
    state: str = Field(sa_type=Text)
    expires_at: float | None = None


class FactRow(SQLModel, table=True):
    """One fact about one person; a superseded one stays as history. said_by: whose word."""

    __tablename__ = "fact"
    __table_args__ = (
        Index(None, "account", "superseded_at"),
        Index("uq_fact_current", "account", "key", unique=True, **_where("superseded_at IS NULL")),
        Index("ix_fact_expiring", "expires_at", **_where("expires_at IS NOT NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    account: str
    key: str
    value: str
    source: str
    learned_at: float
    expires_at: float | None = None
    superseded_at: float | None = None
    said_by: str | None = None


class AccountLinkRow(SQLModel, table=True):
    """Two accounts of one person. state: asked, linked, ended; asker: who began it."""

    __tablename__ = "account_link"
    __table_args__ = (
        Index("uq_account_link_asker", "asker", unique=True, **_where("state = 'linked'")),
        Index("uq_account_link_other", "other", unique=True, **_where("state = 'linked'")),
        CheckConstraint("state IN ('asked','linked','ended')", name="state"),
    )

    link_id: str = Field(primary_key=True)
    asker: str
    other: str
    state: str = "asked"
    asked_at: float
    decided_at: float | None = None


class ErasureRow(SQLModel, table=True):
    """The receipt of something forgotten: whose and when, never what.

    purged_at: when the database file was rewritten, so that nothing is left in its free pages.
    """

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_unpurged", "at", **_where("purged_at IS NULL")),)

    receipt: str = Field(primary_key=True)
    account: str
    scope: str
    at: float
    purged_at: float | None = None


class TurnRow(SQLModel, table=True):
    """The ledger: one row a turn, keys and numbers only."""

    __tablename__ = "turn"
    __table_args__ = (Index(None, "tenant", "at"), Index(None, "thread_key", "at"))

    turn_id: str = Field(primary_key=True)
    tenant: str
    thread_key: str
    account: str
    ending: str
    route: str
    decided_by: str
    reason: str | None = None
    model: str
    confidence: float | None = None
    tokens_in: int
    tokens_out: int
    cached: int
    cost_usd: str
    seconds: float
    detail: str = Field(sa_type=Text)
    at: float


class CaseRow(SQLModel, table=True):
    """A handoff. thread_open holds the thread's key while the case is open: one a requester.

    requester: the key of who asked. owner: who claimed it, as JSON; owner_key: the same person's
    key, for conditions. said: the last words of staff to the requester.
    cleared_at: when the words of it ended; the row stays.
    """

    __tablename__ = "handoff_case"
    __table_args__ = (
        Index(None, "tenant", "state", "opened_at"),
        Index(None, "requester"),
        Index("uq_handoff_case_number", "tenant", "number", unique=True),
        Index("uq_handoff_case_open", "thread_open", "requester", unique=True),
        Index(
            "ix_handoff_case_worded",
            "resolved_at",
            **_where("cleared_at IS NULL AND resolved_at IS NOT NULL"),
        ),
    )

    case_id: str = Field(primary_key=True)
    number: int
    tenant: str
    turn_id: str = Field(unique=True)
    requester: str
    thread_open: str | None = None
    card_thread: str | None = Field(default=None, unique=True)
    state: str
    version: int
    owner: str | None = None
    owner_key: str | None = None
    verdict: str | None = None
    undelivered: bool = False
    link: str = ""
    escalation: str = Field(sa_type=Text)
    said: str = Field(default="", sa_type=Text)
    opened_at: float
    claimed_at: float | None = None
    resolved_at: float | None = None
    cleared_at: float | None = None


class CaseEventRow(SQLModel, table=True):
    """Who did what to a case, and when."""

    __tablename__ = "case_event"
    __table_args__ = (Index(None, "case_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: str
    actor: str
    event: str
    at: float


class ActionRow(SQLModel, table=True):
    """The action ledger: every proposed call, its frozen arguments and its receipt."""

    __tablename__ = "action"
    __table_args__ = (Index(None, "state", "expires_at"),)

    action_id: str = Field(primary_key=True)
    turn_id: str
    thread_key: str
    requester: str
    state: str
    payload: str = Field(sa_type=Text)
    receipt: str = ""
    proposed_at: float
    expires_at: float


class WorkspaceRow(SQLModel, table=True):
    """A numbered configuration of a workspace."""

    __tablename__ = "workspace_settings"

    tenant: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    settings: str = Field(sa_type=Text)
    changed_by: str
    changed_at: float


class FeedbackRow(SQLModel, table=True):
    """What somebody thought of an answer; the last press wins."""

    __tablename__ = "feedback"

    turn_id: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    helpful: bool
    at: float


class DocumentRow(SQLModel, table=True):
    """A source document as last read.

    stamp: tells its state at its source from others. sketch: for comparing it with others.
    """

    __tablename__ = "document"

    document_id: str = Field(primary_key=True)
    digest: str
    title: str
    link: str
    owner: str
    updated: str
    audience: str
    language: str
    keywords: str
    source: str = ""
    stamp: str = Field(default="", sa_type=Text)
    sketch: str = Field(default="", sa_type=Text)


class SourceRow(SQLModel, table=True):
    """Where documents come from, and how reading it went. Times are those of the database.

    tried_at: when the last reading began; read_at: when one last came to its end.
    lease_until: a process is reading it until then. problems: as JSON.
    """

    __tablename__ = "knowledge_source"

    source_id: str = Field(primary_key=True)
    name: str
    tried_at: float = 0.0
    read_at: float | None = None
    owner: str = ""
    lease_until: float = 0.0
    problems: str = Field(default="[]", sa_type=Text)


class PassageRow(SQLModel, table=True):
    """A passage of a document; full-text indexes point at its id, which is never given twice."""

    __tablename__ = "passage"
    __table_args__ = (Index(None, "document_id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    document_id: str
    position: int
    heading: str
    text: str = Field(sa_type=Text)


class PassageVectorRow(SQLModel, table=True):
    """What a passage means as an embedding model has it; none where there is no such model.

    digest: of the text that the model was given. vector: of length 1, four bytes a number.
    """

    __tablename__ = "passage_vector"

    passage_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    model: str
    digest: str
    vector: bytes = Field(sa_type=VECTOR)


class TeamsConversationRow(SQLModel, table=True):
    """A Teams conversation the bot is in, and how to write to it. kind: as Teams names it.

    user_id: whose chat with the bot it is. greeted_at: when the bot introduced itself there.
    """

    __tablename__ = "teams_conversation"
    __table_args__ = (Index(None, "tenant", "user_id"), Index(None, "tenant", "seen_at"))

    tenant: str = Field(primary_key=True)
    conversation_id: str = Field(primary_key=True)
    kind: str
    service_url: str
    bot_id: str
    team_id: str = ""
    name: str = ""
    user_id: str = ""
    greeted_at: float | None = None
    seen_at: float


class TeamsSentRow(SQLModel, table=True):
    """The Teams message that a part of a post became; feedback: what judging it is about."""

    __tablename__ = "teams_sent"
    __table_args__ = (Index(None, "conversation_id", "activity_id"), Index(None, "at"))

    part_id: str = Field(primary_key=True)
    conversation_id: str
    activity_id: str
    feedback: str = ""
    at: float


class TeamsOnceRow(SQLModel, table=True):
    """The newest thing somebody did with a Teams card, and what was answered."""

    __tablename__ = "teams_once"
    __table_args__ = (Index(None, "at"),)

    subject: str = Field(primary_key=True)
    key: str
    response: str = Field(sa_type=Text)
    at: float
