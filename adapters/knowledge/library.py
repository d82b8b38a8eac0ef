"""Keep the documents in the database as they are at their sources.

One broken document never stops the others, and a source that cannot be reached keeps
what was read before. Of several processes on one database one reads a source at a time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from adapters.knowledge import records, sources_state
from adapters.knowledge.convert.sandbox import Sandbox
from adapters.knowledge.embed.embedding import Embedding
from adapters.knowledge.reading import Reader
from adapters.knowledge.shelf import IndexShelf, forget
from adapters.knowledge.source import Source, SourceFailed
from adapters.knowledge.sources_state import LEASE_SECONDS, Lives, SourceState
from adapters.storage.database import Database, Tx
from core.errors import BotError

ABANDONED_SECONDS = 24 * 3600.0  # after which a folder that no process names any more is forgotten


class TakenOver(BotError):
    """Another process reads this source now, because we were too slow."""

    code = "source_taken_over"


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync found and did.

    Args:
        documents: How many there are now.
        passages: How many there are now.
        problems: One sentence or two for each thing that somebody should mend.
    """

    documents: int
    passages: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one source found and did."""

    added: int
    changed: int
    removed: int
    problems: tuple[str, ...]


class Library:
    """The documents of all sources. Readings of the same source follow one another.

    Args:
        clock: The time as every process on the database counts it, in seconds.
        me: This process, among those on the database.
        shared: There may be others.
        lives: Whether one of them may be alive; nobody knows, where nothing is given.
        embedding: Makes the vectors of passages.
    """

    def __init__(
        self,
        database: Database,
        sandbox: Sandbox = Sandbox(),  # noqa: B008 - frozen
        *,
        embedding: Embedding | None = None,
        clock: Callable[[], float] = time.time,
        me: str = "",
        shared: bool = False,
        lives: Lives | None = None,
    ) -> None:
        self._database, self._clock, self._shared = database, clock, shared
        self._lives = lives or self._may_live
        self._reader, self._embedding = Reader(sandbox), embedding
        self._me = me or uuid4().hex
        self._under_way: dict[str, asyncio.Lock] = {}

    async def sync(self, sources: Sequence[Source], *, due: bool = False) -> SyncReport:
        """Bring the database in line with the sources, one after another.

        Args:
            due: Leave out sources that were looked at a short while ago.

        Raises:
            StoreError: The database failed; what was written before stands.
        """
        named = frozenset(source.source_id for source in sources)
        done = [await self.read(source, named, due=due) for source in sources]
        return await self.report(done, removed=await self.abandon(sources))

    async def read(
        self, source: Source, named: frozenset[str], *, due: bool = False
    ) -> Reading | None:
        """Bring the database in line with one source; only what changed is read.

        Args:
            named: The ids of all sources there are.

        Returns:
            What was found and done; None when another process does it, or it is not due.
        """
        async with self._under_way.setdefault(source.source_id, asyncio.Lock()):
            now, lives = self._clock(), self._lives
            before = now - source.every if due else now
            if not await self._database.write(
                lambda tx: sources_state.claim(tx, source, self._me, now, due=before, lives=lives)
            ):
                return None
            known = await self._database.read(records.known)
            watch = _Watch(self._database, source.source_id, self._me, self._clock)
            shelf = IndexShelf(self._database, self._reader, source.source_id, known, named, watch)
            await self._fill(source, shelf, watch)
            return Reading(shelf.added, shelf.changed, shelf.removed, tuple(shelf.problems))

    async def report(self, done: Iterable[Reading | None], *, removed: int = 0) -> SyncReport:
        """What several readings found and did, and how much there is now."""
        documents, passages = await self.totals()
        readings = [reading for reading in done if reading is not None]
        return SyncReport(
            documents=documents,
            passages=passages,
            added=sum(reading.added for reading in readings),
            changed=sum(reading.changed for reading in readings),
            removed=removed + sum(reading.removed for reading in readings),
            problems=tuple(problem for reading in readings for problem in reading.problems),
        )

    async def states(self) -> tuple[SourceState, ...]:
        """How it stands with every source."""
        now = self._clock()
        return await self._database.read(lambda tx: sources_state.states(tx, now))

    async def totals(self) -> tuple[int, int]:
        """The number of documents and of passages."""
        return await self._database.read(records.totals)

    async def _fill(self, source: Source, shelf: IndexShelf, watch: _Watch) -> None:
        complete = False
        try:
            await source.read(shelf)
            await shelf.finish()
            complete = True
            await self._embed(source.source_id, shelf, watch)
        except SourceFailed as error:
            await shelf.flush()
            shelf.problem(str(error))
        except TakenOver:
            return
        finally:
            await self._ended(source.source_id, shelf, complete=complete)

    async def _embed(self, source_id: str, shelf: IndexShelf, watch: _Watch) -> None:
        if self._embedding is None:
            return
        failed = await self._embedding.catch_up(source_id, watch.alive, watch.fence)
        if failed:
            shelf.problem(failed)

    async def _ended(self, source_id: str, shelf: IndexShelf, *, complete: bool) -> None:
        problems, now = shelf.problems, self._clock()
        await self._database.write(
            lambda tx: sources_state.ended(
                tx, source_id, self._me, now, problems, complete=complete
            )
        )

    async def abandon(self, sources: Sequence[Source]) -> int:
        """Forget sources that are not named any more, and documents that none holds any more."""
        named = {source.source_id: source for source in sources}
        tried = await self._database.read(sources_state.tried)
        documents = await self._database.read(sources_state.documents_of)
        removed = 0
        for source_id in tried.keys() | documents.keys():
            names = documents.get(source_id, [])
            if source_id in named:
                names = [name for name in names if not named[source_id].holds(name)]
            elif self._of_another_process(source_id, tried.get(source_id, 0.0)):
                continue
            else:
                await self._database.write(partial(sources_state.forget, source_id=source_id))
            await forget(self._database, names)
            removed += len(names)
        return removed

    async def _may_live(self, _tx: Tx, _process: str) -> bool:
        return self._shared

    def _of_another_process(self, source_id: str, tried_at: float) -> bool:
        """Whether a source that this process does not name may be named by another."""
        if not self._shared or source_id.startswith("web:"):
            return False
        return tried_at > self._clock() - ABANDONED_SECONDS


class _Watch:
    """Holds a source while it is read; nothing is written once it is lost or removed."""

    def __init__(
        self, database: Database, source_id: str, me: str, clock: Callable[[], float]
    ) -> None:
        self._database, self._source_id, self._me, self._clock = database, source_id, me, clock
        self._said = clock()

    async def alive(self) -> None:
        """Say from time to time that the reading goes on."""
        if self._clock() - self._said >= LEASE_SECONDS / 4:
            await self._database.write(self.fence)

    async def fence(self, tx: Tx) -> None:
        """Say so together with a write, which is undone when the source is not ours any more."""
        self._said = self._clock()
        if not await sources_state.renew(tx, self._source_id, self._me, self._said):
            raise TakenOver("Another process reads this source now, or nobody shall.")
