"""Keep the documents up to date: at the start, every minute, and when somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import Protocol

import structlog

from adapters.knowledge.library import Library, Reading, SyncReport
from adapters.knowledge.source import Source

log = structlog.get_logger()

SWEEP_SECONDS = 3_600.0
PATIENCE_SECONDS = 10.0  # that a start waits for documents; a longer first reading goes on behind


class Catalogue(Protocol):
    """Knows every source there is at present."""

    async def sources(self) -> Sequence[Source]: ...

    async def close(self) -> None: ...


class Librarian:
    """Looks at all sources, each behind everything else and beside the others."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        self.library = library
        self._catalogue = catalogue
        self._told: dict[str, tuple[str, ...]] = {}
        self._variants: dict[str, str] = {}
        self._swept_for: frozenset[tuple[str, str]] = frozenset()
        self._sweep_at = 0.0
        self._readings: dict[str, asyncio.Task[Reading | None]] = {}

    async def start(self) -> None:
        """Read what is due, and wait for it a little: there are answers from the beginning.

        Raises:
            StoreError: The index cannot be used.
        """
        _, readings = await self._begin(due=True)
        await _finished(readings, PATIENCE_SECONDS)

    async def look(self) -> None:
        """Begin to read what is due; a site that takes its time keeps no folder waiting."""
        await self._begin(due=True)

    async def sync(self) -> SyncReport:
        """Look at every source now, to the end."""
        removed, readings = await self._begin(due=False)
        return await self.library.report(await asyncio.gather(*readings), removed=removed)

    async def ask(self, seconds: float, *, due: bool) -> SyncReport | None:
        """The same, or what is ``due``; None when it is not done in so many seconds."""
        removed, readings = await self._begin(due=due)
        done = await _finished(readings, seconds)
        return None if done is None else await self.library.report(done, removed=removed)

    async def close(self) -> None:
        """End the readings that are under way; what they have read stays read."""
        for reading in self._readings.values():
            reading.cancel()
        await asyncio.gather(*self._readings.values(), return_exceptions=True)
        await self._catalogue.close()

    async def _begin(self, *, due: bool) -> tuple[int, list[asyncio.Task[Reading | None]]]:
        """Start reading every source that is not being read; forget those that are none any more.

        Returns:
            How many documents were forgotten, and the readings.
        """
        sources = {each.source_id: each for each in await self._catalogue.sources()}
        for gone in self._readings.keys() - sources.keys():
            self._readings.pop(gone).cancel()
        for name, source in sources.items():
            running = self._readings.get(name)
            changed = self._variants.get(name, source.variant) != source.variant
            if running is not None and not running.done():
                if not changed:
                    continue
                running.cancel()
            reading = self._read(source, frozenset(sources), due=due and not changed)
            self._variants[name] = source.variant
            self._readings[name] = asyncio.create_task(reading)
            self._readings[name].add_done_callback(_noted)
        return await self._forget(list(sources.values())), list(self._readings.values())

    async def _forget(self, sources: Sequence[Source]) -> int:
        """Forget what belongs to none of the sources, now and then and when they have changed.

        After a change twice: what was being read then may still have put something there.
        """
        named = frozenset((source.source_id, source.variant) for source in sources)
        if named == self._swept_for and monotonic() < self._sweep_at:
            return 0
        self._sweep_at = monotonic() + (SWEEP_SECONDS if named == self._swept_for else 0.0)
        self._swept_for = named
        return await self.library.abandon(sources)

    async def _read(self, source: Source, named: frozenset[str], *, due: bool) -> Reading | None:
        reading = await self.library.read(source, named, due=due)
        if reading is None:
            return None
        before = self._told.get(source.source_id, ())
        self._told[source.source_id] = reading.problems
        for problem in reading.problems:
            if problem not in before:
                log.warning("document problem", problem=problem)
        if reading.added or reading.changed or reading.removed:
            counts = {"added": reading.added, "changed": reading.changed}
            log.info("documents read", **counts, removed=reading.removed)
        return reading


async def _finished(
    readings: Sequence[asyncio.Task[Reading | None]], seconds: float
) -> list[Reading | None] | None:
    """What readings found, once all are done; None when that takes longer."""
    if not readings:
        return []
    _, waiting = await asyncio.wait(readings, timeout=seconds)
    return None if waiting else [reading.result() for reading in readings]


def _noted(reading: asyncio.Task[Reading | None]) -> None:
    """A failure that nobody waits for is written down; the next look tries again."""
    if not reading.cancelled() and (error := reading.exception()) is not None:
        log.warning("documents not read", error=getattr(error, "code", type(error).__name__))
