"""Keep the documents up to date: at the start, every minute, and when somebody asks."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Protocol

import structlog

from adapters.knowledge.library import Library, SyncReport
from adapters.knowledge.source import Source
from core.errors import StoreError

log = structlog.get_logger()

PATIENCE_SECONDS = 10.0  # that a start waits for documents; a longer first reading goes on behind


class Catalogue(Protocol):
    """Knows every source there is at present."""

    async def sources(self) -> Sequence[Source]: ...

    async def close(self) -> None: ...


class Librarian:
    """Looks at all sources, one look at a time."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        self.library = library
        self._catalogue = catalogue
        self._named: set[str] = set()
        self._reading: asyncio.Task[SyncReport] | None = None

    async def start(self) -> None:
        """Read what is due, and wait for it a little: there are answers from the beginning.

        Raises:
            StoreError: The index cannot be used.
        """
        reading = self._begin(due=True)
        await asyncio.wait({reading}, timeout=PATIENCE_SECONDS)
        if reading.done():
            reading.result()

    async def look(self) -> None:
        """Read what is due, unless a reading is under way."""
        if self._reading is None or self._reading.done():
            await self._begin(due=True)

    async def sync(self) -> SyncReport:
        """Look at every source now."""
        return await self._sync(due=False)

    async def ask(self, seconds: float, *, due: bool) -> SyncReport | None:
        """The same, or what is ``due``; None when it is not done in so many seconds."""
        if self._reading is not None and not self._reading.done():
            return None
        reading = self._begin(due=due)
        await asyncio.wait({reading}, timeout=seconds)
        return reading.result() if reading.done() else None

    async def close(self) -> None:
        """End a reading that is under way; what it has read stays read."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, StoreError):
                await self._reading
        await self._catalogue.close()

    def _begin(self, *, due: bool) -> asyncio.Task[SyncReport]:
        """A reading behind everything else; the one under way, when there is one."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._sync(due=due))
            self._reading.add_done_callback(_noted)
        return self._reading

    async def _sync(self, *, due: bool) -> SyncReport:
        report = await self.library.sync(await self._catalogue.sources(), due=due)
        for problem in report.problems:
            if problem not in self._named:
                log.warning("document problem", problem=problem)
        self._named = set(report.problems)
        if report.added or report.changed or report.removed:
            log.info("documents read", documents=report.documents, passages=report.passages)
        return report


def _noted(reading: asyncio.Task[SyncReport]) -> None:
    """A failure that nobody waits for is written down; the next look tries again."""
    if not reading.cancelled() and (error := reading.exception()) is not None:
        log.warning("documents not read", error=getattr(error, "code", type(error).__name__))
