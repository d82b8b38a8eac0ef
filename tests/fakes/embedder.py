"""An embedding model that knows a few meanings, and fails when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.knowledge.embed.embedder import EmbeddingFailed, Purpose, Vector, unit

MEANINGS = (
    ("holiday", "urlaub", "leave", "leafday"),
    ("car", "parking", "vehicle"),
    ("vpn", "tunnel", "wireguard"),
    ("wi-fi", "wireless", "guest"),
    ("salary", "pay", "wages"),
)


@dataclass
class FakeEmbedder:
    """Vectors by the meanings whose words a text has; ``log`` has all that it was given.

    Args:
        failing: Why it makes no vectors.
        slow: Seconds it takes.
    """

    name: str = "fake"
    failing: str = ""
    slow: float = 0.0
    log: list[tuple[Purpose, str]] = field(default_factory=list)

    async def embed(self, texts: Sequence[str], purpose: Purpose) -> list[Vector]:
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.failing:
            raise EmbeddingFailed(self.failing)
        self.log += [(purpose, text) for text in texts]
        return [_vector(text.lower()) for text in texts]

    async def close(self) -> None: ...

    def embedded(self) -> list[str]:
        """The passages it was given since this was last asked, by their titles."""
        given = [text.split(".")[0] for purpose, text in self.log if purpose is Purpose.PASSAGE]
        self.log.clear()
        return sorted(given)


def _vector(text: str) -> Vector:
    return unit([0.3, *(float(any(word in text for word in words)) for words in MEANINGS)])
