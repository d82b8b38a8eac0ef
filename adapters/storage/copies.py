"""Copies of sessions outside of the database, which stays the truth.

A copy is written after its session was committed, and used only when it has the
very version that the lease of its thread saw. So whatever becomes of the copies (lost,
old, slow, flushed), a turn sees the session that the database has.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Protocol

from adapters.reach import FAILURES, Reach
from adapters.storage.sessions import SqlSessionStore
from core.errors import StoreError, StoreUnavailable
from core.ids import Platform, ThreadKey, WorkspaceKey
from core.ports import SessionStore
from core.session import Session

NOWHERE = ThreadKey(WorkspaceKey(Platform.WEB, ""), "", "")  # has no session, ever
REPLACE_PAUSES = (0.0, 0.2, 0.5, 1.0)  # seconds before tries to overwrite what must not stay
UNDER_WAY_MOST = 64  # writes; what comes on top is left out and read from the database


class CopyStore(SessionStore, Protocol):
    """A session store that can be brought up to date without knowing what it holds."""

    async def keep(self, session: Session) -> None:
        """Store a session, unless one of its version or a newer one is there."""
        ...

    async def drop(self, thread: ThreadKey) -> None:
        """Delete what is there of a thread."""
        ...

    async def close(self) -> None: ...


class Copies:
    """A ``CopyStore`` that never fails and never makes anybody wait for long.

    Args:
        deadline: Seconds that a turn waits for a copy.
        counted: Told how each look ended: ``hit``, ``stale``, ``missing`` or ``failed``.
    """

    def __init__(
        self,
        store: CopyStore,
        deadline: float,
        counted: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._store, self._deadline = store, deadline
        self._counted = counted
        self._reach = Reach("copies of sessions", "the database alone", deadline, clock)
        self._writes: set[asyncio.Task[None]] = set()

    async def find(self, thread: ThreadKey, version: int) -> Session | None:
        """The copy of this very version, if it is at hand."""
        try:
            found = await self._look(thread, version)
        except StoreUnavailable:
            self._counted("failed")
            return None
        if found is None or found.thread != thread:
            self._counted("missing")
            return None
        if found.version > version:  # of a history that a restored backup has undone
            self._write(lambda: self._store.drop(thread))
        if found.version != version:
            self._counted("stale")
            return None
        self._counted("hit")
        return found

    def keep(self, session: Session) -> None:
        """Store a copy of a committed session, by and by."""
        if self._reach.breaker.admit():
            self._write(lambda: self._store.keep(session))

    async def replace(self, sessions: Sequence[Session]) -> int:
        """Put sessions in the place of older copies now; of how many that is not certain."""
        left = list(sessions)
        for patience in REPLACE_PAUSES:
            await asyncio.sleep(patience)
            failed = 0
            while left and failed < FAILURES:
                if await self._replaced(left[-1]):
                    left.pop()
                    failed = 0
                else:
                    failed += 1
            if not left:
                break
        return len(left)

    async def _replaced(self, session: Session) -> bool:
        try:
            async with asyncio.timeout(self._deadline):
                await self._store.keep(session)
        except (TimeoutError, StoreError):
            return False
        return True

    async def reach(self) -> None:
        """See whether the store answers; raises ``StoreUnavailable`` when it does not."""
        await self._reach.ask(self._store.load(NOWHERE))

    async def close(self) -> None:
        """Let what is under way end, for a moment."""
        if self._writes:
            await asyncio.wait(self._writes, timeout=self._deadline)
        await self._store.close()

    async def _look(self, thread: ThreadKey, version: int) -> Session | None:
        if not self._reach.breaker.closed:  # a write will find out when it answers again
            raise StoreUnavailable("The store of copies is left alone.")
        try:
            return await self._reach.ask(self._store.load(thread, version))
        except StoreUnavailable:
            raise
        except StoreError:  # written by another version of ours
            return None

    def _write(self, write: Callable[[], Awaitable[None]]) -> None:
        if len(self._writes) >= UNDER_WAY_MOST:
            self._reach.breaker.given_up()
            return
        task = asyncio.create_task(self._written(write))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    async def _written(self, write: Callable[[], Awaitable[None]]) -> None:
        with contextlib.suppress(StoreError):
            await self._reach.ask(write())


class CopiedSessionStore:
    """The ``SessionStore`` of an installation that keeps copies elsewhere."""

    def __init__(self, truth: SqlSessionStore, copies: Copies) -> None:
        self._truth, self._copies = truth, copies

    async def load(self, thread: ThreadKey, version: int | None = None) -> Session | None:
        if version:
            found = await self._copies.find(thread, version)
            if found is not None:
                return found
        session = await self._truth.load(thread, version)
        if session is not None:
            self._copies.keep(session)
        return session

    async def save(self, session: Session) -> Session:
        saved = await self._truth.save(session)
        self._copies.keep(saved)
        return saved

    async def sweep(self, now: datetime) -> int:
        return await self._truth.sweep(now)
