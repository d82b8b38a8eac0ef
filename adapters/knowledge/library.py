"""Keep the documents in the database as they are at their sources.

One broken document never stops the others, and a source that cannot be reached keeps
what was read before. Of several processes on one database one reads a source at a time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from adapters.knowledge import records, sources_state
from adapters.knowledge.convert.sandbox import Sandbox
from adapters.knowledge.reading import Reader
from adapters.knowledge.shelf import IndexShelf, forget
from adapters.knowledge.source import Known, Source, SourceFailed
from adapters.knowledge.sources_state import LEASE_SECONDS, SourceState
from adapters.storage.database import Database
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


class Library:
    """The documents of all sources. Syncs of the same library follow one another.

    Args:
        clock: The time as every process on the database counts it, in seconds.
        me: This process, among those on the database.
        shared: There may be others.
    """

    def __init__(
        self,
        database: Database,
        sandbox: Sandbox = Sandbox(),  # noqa: B008 - frozen
        *,
        clock: Callable[[], float] = time.time,
        me: str = "",
        shared: bool = False,
    ) -> None:
        self._database, self._clock, self._shared = database, clock, shared
        self._reader = Reader(sandbox)
        self._me = me or uuid4().hex
        self._one_at_a_time = asyncio.Lock()

    async def sync(self, sources: Sequence[Source], *, due: bool = False) -> SyncReport:
        """Bring the database in line with the sources; only what changed is read.

        Args:
            due: Leave out sources that were looked at a short while ago.

        Raises:
            StoreError: The database failed; what was written before stands.
        """
        async with self._one_at_a_time:
            known = await self._database.read(records.known)
            shelves = [await self._read(source, known, due=due) for source in sources]
            removed = await self._abandon({source.source_id for source in sources})
            done = [shelf for shelf in shelves if shelf is not None]
            documents, passages = await self._database.read(records.totals)
            return SyncReport(
                documents=documents,
                passages=passages,
                added=sum(shelf.added for shelf in done),
                changed=sum(shelf.changed for shelf in done),
                removed=removed + sum(shelf.removed for shelf in done),
                problems=tuple(problem for shelf in done for problem in shelf.problems),
            )

    async def states(self) -> tuple[SourceState, ...]:
        """How it stands with every source."""
        now = self._clock()
        return await self._database.read(lambda tx: sources_state.states(tx, now))

    async def totals(self) -> tuple[int, int]:
        """The number of documents and of passages."""
        return await self._database.read(records.totals)

    async def _read(
        self, source: Source, known: Mapping[str, Known], *, due: bool
    ) -> IndexShelf | None:
        """Read one source; None when another process does, or it is not due."""
        now, alone = self._clock(), not self._shared
        before = now - source.every if due else now
        if not await self._database.write(
            lambda tx: sources_state.claim(tx, source, self._me, now, due=before, alone=alone)
        ):
            return None
        watch = _Watch(self._database, source.source_id, self._me, self._clock)
        shelf = IndexShelf(self._database, self._reader, source.source_id, known, watch.alive)
        complete = False
        try:
            await source.read(shelf)
            await shelf.finish()
            complete = True
        except SourceFailed as error:
            await shelf.flush()
            shelf.problem(str(error))
        except TakenOver:
            return shelf
        finally:
            await self._ended(source.source_id, shelf, complete=complete)
        return shelf

    async def _ended(self, source_id: str, shelf: IndexShelf, *, complete: bool) -> None:
        problems, now = shelf.problems, self._clock()
        await self._database.write(
            lambda tx: sources_state.ended(
                tx, source_id, self._me, now, problems, complete=complete
            )
        )

    async def _abandon(self, named: set[str]) -> int:
        """Forget sources that are not named any more, with their documents."""
        now = self._clock()
        left = {state.source_id: state for state in await self.states()}
        documents = await self._database.read(sources_state.documents_of)
        removed = 0
        for source_id in (left.keys() | documents.keys()) - named:
            state = left.get(source_id)
            theirs = self._shared and not source_id.startswith("web:")  # another process names it
            if theirs and state is not None and state.tried_at > now - ABANDONED_SECONDS:
                continue
            names = documents.get(source_id, [])
            await forget(self._database, names)
            await self._database.write(partial(sources_state.forget, source_id=source_id))
            removed += len(names)
        return removed


class _Watch:
    """Says from time to time that a reading goes on."""

    def __init__(
        self, database: Database, source_id: str, me: str, clock: Callable[[], float]
    ) -> None:
        self._database, self._source_id, self._me, self._clock = database, source_id, me, clock
        self._said = clock()

    async def alive(self) -> None:
        now = self._clock()
        if now - self._said < LEASE_SECONDS / 4:
            return
        self._said = now
        ours = await self._database.write(
            lambda tx: sources_state.renew(tx, self._source_id, self._me, now)
        )
        if not ours:
            raise TakenOver("Another process reads this source now.")
