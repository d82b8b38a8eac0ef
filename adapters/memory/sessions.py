"""Sessions in this process: for tests, and for one process that need not outlive itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.errors import Conflict
from core.ids import ThreadKey
from core.session import Session


class MemorySessionStore:
    """The ``SessionStore`` that forgets everything when the process ends."""

    def __init__(self) -> None:
        self._sessions: dict[ThreadKey, Session] = {}

    async def load(self, thread: ThreadKey, version: int | None = None) -> Session | None:
        return None if version == 0 else self._sessions.get(thread)

    async def save(self, session: Session) -> Session:
        stored = self._sessions.get(session.thread)
        if (stored.version if stored else 0) != session.version:
            raise Conflict("A session was written by somebody else since it was read.")
        saved = replace(session, version=session.version + 1)
        self._sessions[session.thread] = saved
        return saved

    async def sweep(self, now: datetime) -> int:
        expired = [
            thread
            for thread, session in self._sessions.items()
            if session.expires_at is not None and session.expires_at < now
        ]
        for thread in expired:
            del self._sessions[thread]
        return len(expired)
