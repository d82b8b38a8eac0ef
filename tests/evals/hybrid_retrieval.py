"""Retrieval with vectors too, from the model of the baselines; the product knows nothing of it."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shelve
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from adapters.knowledge.embed.embedder import Purpose, Vector
from adapters.knowledge.embed.embedding import Embedding
from adapters.knowledge.embed.questions import QuestionVectors
from adapters.knowledge.embed.vectors import SqliteVectors
from adapters.knowledge.search import Meaning
from adapters.storage.database import Tx
from tests.evals.retrieval import Bridge, Row

KEEP = "FRONTDESK_EVALS_CACHE"  # a folder where vectors of passages are kept between runs


class MiniLm:
    """The port ``Embedder`` over all-MiniLM-L6-v2 as the evaluation scripts run it."""

    name = "all-MiniLM-L6-v2"

    def __init__(self) -> None:
        from minilm_np import MiniLM  # type: ignore[import-not-found]  # lies beside the scripts

        self._model: Any = MiniLM()

    async def embed(self, texts: Sequence[str], purpose: Purpose) -> list[Vector]:
        if purpose is Purpose.QUERY or KEEP not in os.environ:
            return self._made(texts)
        with shelve.open(str(Path(os.environ[KEEP]) / "passages")) as kept:
            keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
            missing = [place for place, key in enumerate(keys) if key not in kept]
            made = self._made([texts[place] for place in missing])
            kept.update(zip((keys[place] for place in missing), made, strict=True))
            return [kept[key] for key in keys]

    async def close(self) -> None: ...

    def _made(self, texts: Sequence[str]) -> list[Vector]:
        vectors: list[Vector] = self._model.encode(texts).tolist() if texts else []
        return vectors


async def _alive() -> None: ...


async def _fence(_tx: Tx) -> None: ...


class HybridBridge(Bridge):
    """The same collection, found by words and by vectors."""

    def index(self, docs: Iterable[Row]) -> None:
        super().index(docs)
        model, vectors = MiniLm(), SqliteVectors()
        embedding = Embedding(self.database, model, vectors)
        asyncio.run(embedding.catch_up("", _alive, _fence))
        self.retrieve_with(Meaning(QuestionVectors(model), vectors))


def make_retriever() -> HybridBridge:
    return HybridBridge()
