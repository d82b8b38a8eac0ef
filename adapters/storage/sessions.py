"""Sessions in the database, each written only over the version that was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from adapters.storage.codec import dump, load
from adapters.storage.database import Database, Tx
from core.errors import Conflict
from core.ids import ThreadKey
from core.session import Session


async def save_session(tx: Tx, session: Session) -> Session:
    """Write a session over the version it names, or raise ``Conflict``."""
    stored = replace(session, version=session.version + 1)
    written = await tx.run(
        "INSERT INTO session (thread_key, version, state, expires_at) VALUES (:thread_key, :new,"
        " :state, :expires_at) ON CONFLICT (thread_key) DO UPDATE SET version = excluded.version,"
        " state = excluded.state, expires_at = excluded.expires_at"
        " WHERE session.version = :read",
        thread_key=str(session.thread),
        new=stored.version,
        read=session.version,
        state=dump(Session, stored),
        expires_at=session.expires_at.timestamp() if session.expires_at else None,
    )
    if not written:
        raise Conflict("A session was written by somebody else since it was read.")
    return stored


class SqlSessionStore:
    """The ``SessionStore`` that is the truth; others hold copies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self, thread: ThreadKey, version: int | None = None) -> Session | None:
        if version == 0:
            return None
        row = await self._database.look(
            lambda tx: tx.one(
                "SELECT state FROM session WHERE thread_key = :thread_key", thread_key=str(thread)
            )
        )
        return load(Session, row["state"]) if row else None

    async def save(self, session: Session) -> Session:
        return await self._database.write(lambda tx: save_session(tx, session))

    async def sweep(self, now: datetime) -> int:
        return await self._database.write(
            lambda tx: tx.run(
                "DELETE FROM session WHERE thread_key IN"
                " (SELECT thread_key FROM session WHERE expires_at < :now LIMIT 500)",
                now=now.timestamp(),
            )
        )
