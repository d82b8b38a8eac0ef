"""Give the passages of a source their vectors, behind its reading.

Words find a passage as soon as it is read; its vector may come later, or never: what
fails is said and tried again at the next reading.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from adapters.knowledge.embed import vector_rows
from adapters.knowledge.embed.embedder import Embedder, EmbeddingFailed, Purpose, Vector
from adapters.knowledge.embed.vector_rows import Pending
from adapters.knowledge.embed.vectors import Vectors
from adapters.storage.database import Database, Tx

AT_ONCE = 64  # passages an embedding and a transaction

Alive = Callable[[], Awaitable[None]]
Fence = Callable[[Tx], Awaitable[None]]


class Embedding:
    """Embeds what has no vector of the model at hand: what is new, and all after a change of it."""

    def __init__(self, database: Database, embedder: Embedder, vectors: Vectors) -> None:
        self._database, self._embedder, self._vectors = database, embedder, vectors
        self.model = embedder.name

    async def catch_up(self, source: str, alive: Alive, fence: Fence) -> str:
        """Embed all passages of a source; what went wrong, in a sentence, or nothing.

        Args:
            alive: Asked between batches; raises when the reading must end.
            fence: The same, together with a write.
        """
        while True:
            some = await self._database.read(
                partial(vector_rows.pending, source=source, model=self.model, most=AT_ONCE)
            )
            if not some:
                return ""
            await alive()
            try:
                made = await self._embedder.embed([each.text for each in some], Purpose.PASSAGE)
            except EmbeddingFailed as error:
                return f"{error} Until the next reading, words alone find what is new."
            await self._store(list(zip(some, made, strict=True)), fence)

    async def _store(self, made: Sequence[tuple[Pending, Vector]], fence: Fence) -> None:
        rows = [(each, self._vectors.stored(vector)) for each, vector in made]

        async def work(tx: Tx) -> None:
            await fence(tx)
            await vector_rows.store(tx, self.model, rows)

        await self._database.write(work)

    async def embedded(self) -> int:
        """How many passages have a vector of the model."""
        return await self._database.read(partial(vector_rows.count, model=self.model))
