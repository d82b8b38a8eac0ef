"""What turns texts into vectors: near each other where the texts mean nearly the same.

Vectors are of length 1, so that their product is the cosine of the angle between them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol, TypeAlias

from core.errors import BotError

Vector: TypeAlias = "list[float]"


class EmbeddingFailed(BotError):
    """No vectors were made; the text says what an operator can do about it."""

    code = "embedding_failed"


class Purpose(StrEnum):
    """What a text is to be compared as; some models treat the two differently."""

    QUERY = "query"
    PASSAGE = "passage"


class Embedder(Protocol):
    """A model that makes vectors.

    Args:
        name: Which model, as it is set up; only vectors of the same name can be compared.
    """

    @property
    def name(self) -> str: ...

    async def embed(self, texts: Sequence[str], purpose: Purpose) -> list[Vector]:
        """A vector for each text, all of one length.

        Raises:
            EmbeddingFailed: There is none for any of them.
        """
        ...

    async def close(self) -> None: ...


def unit(numbers: Sequence[float]) -> Vector:
    """The same direction at length 1.

    Raises:
        EmbeddingFailed: It has no direction, or what it holds are not numbers.
    """
    length = math.hypot(*numbers)
    if not numbers or not math.isfinite(length) or length == 0:
        raise EmbeddingFailed("The embedding model gave a vector without a direction.")
    return [number / length for number in numbers]
