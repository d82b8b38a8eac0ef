"""What a database's own full-text search must offer; ``postings`` and ``search`` ask for it.

Words come as the index has them (``words.counted``), never as somebody typed them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from adapters.storage.database import Row, Tx

Scored: TypeAlias = "list[tuple[int, float]]"
"""Ids of passages, each with a score."""

NEWEST = "SELECT coalesce(max(id), 0) AS newest FROM passage"
ALL = "SELECT count(*) AS n FROM passage"


class FullText(Protocol):
    """The full-text index of one kind of database."""

    async def places(self, tx: Tx, words: Sequence[str], passages: int) -> dict[str, Scored]:
        """The passages that hold each word, and how much they say it, whatever it is worth.

        Args:
            passages: The number of all passages.
        """
        ...

    async def together(self, tx: Tx, words: Sequence[Sequence[str]], most: int) -> list[int]:
        """The passages that hold two of the words, best first; each comes with those alike."""
        ...

    async def any_of(self, tx: Tx, words: Sequence[str], most: int) -> list[int]:
        """The passages that hold any of the words, best first."""
        ...

    async def holding(self, tx: Tx, words: Sequence[str]) -> dict[str, int]:
        """How many passages hold each word."""
        ...

    async def everything(self, tx: Tx) -> list[Row]:
        """All passages as ``readable`` has them, whoever may read them."""
        ...

    async def readable(self, tx: Tx, ids: Sequence[int], rights: frozenset[str]) -> list[Row]:
        """Id, position, document and digest of those that may be read, in no order.

        Each with ``newest``, the highest id of all passages.
        """
        ...

    async def fetch(self, tx: Tx, ids: Sequence[int]) -> list[Row]:
        """Passages with everything that is known of them, in no order."""
        ...


async def newest(tx: Tx) -> int:
    """A number that grows when passages are added."""
    row = await tx.one(NEWEST)
    return int(row["newest"]) if row else 0


async def size(tx: Tx) -> int:
    """The number of passages."""
    row = await tx.one(ALL)
    return int(row["n"]) if row else 0
