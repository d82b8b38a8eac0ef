"""An embedding model that is not told secrets: the rule of ``DiscreetModel``, for vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.knowledge.embed.embedder import Embedder, Purpose, Vector
from adapters.redact.masks import for_model


@dataclass(frozen=True, slots=True)
class DiscreetEmbedder:
    """Passes on what people asked without the secrets, passwords and card numbers in it."""

    inner: Embedder

    @property
    def name(self) -> str:
        return self.inner.name

    async def embed(self, texts: Sequence[str], purpose: Purpose) -> list[Vector]:
        said = [for_model(text) for text in texts] if purpose is Purpose.QUERY else texts
        return await self.inner.embed(said, purpose)

    async def close(self) -> None:
        await self.inner.close()
