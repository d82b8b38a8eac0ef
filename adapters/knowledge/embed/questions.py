"""Vectors of questions: soon, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from adapters.knowledge.embed.embedder import Embedder, EmbeddingFailed, Purpose, Vector, unit

log = structlog.get_logger()

WITHIN = 1.0  # seconds; after that the words alone must do
LONGEST = 2_000  # characters of a question
KEPT_MOST = 500  # vectors; a turn that finds nothing asks again with other rights


class QuestionVectors:
    """Asks an embedder with a deadline, and remembers the latest answers."""

    def __init__(self, embedder: Embedder, within: float = WITHIN) -> None:
        self.model = embedder.name
        self._embedder, self._within = embedder, within
        self._kept: dict[str, Vector] = {}

    async def of(self, query: str, earlier: Sequence[str] = ()) -> tuple[Vector, Vector] | None:
        """The vector of a question, and that of it with the question before; None when late.

        The second lies between that of the question and that of the two together.
        """
        texts = [query[:LONGEST]]
        if earlier:
            texts.append(f"{earlier[-1]} {query}"[:LONGEST])
        try:
            async with asyncio.timeout(self._within):
                vectors = await self._vectors(texts)
        except (TimeoutError, EmbeddingFailed) as error:
            log.warning("question not embedded", error=getattr(error, "code", "timeout"))
            return None
        own, whole = vectors[0], vectors[-1]
        return own, own if own is whole else unit([a + b for a, b in zip(own, whole, strict=True)])

    async def _vectors(self, texts: Sequence[str]) -> list[Vector]:
        missing = [text for text in texts if text not in self._kept]
        if missing:
            made = await self._embedder.embed(missing, Purpose.QUERY)
            if len(self._kept) + len(made) > KEPT_MOST:
                self._kept = {text: self._kept[text] for text in texts if text in self._kept}
            self._kept.update(zip(missing, made, strict=True))
        return [self._kept[text] for text in texts]
