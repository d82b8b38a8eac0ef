"""PostgreSQL's full-text index."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.knowledge.fulltext import Scored
from adapters.knowledge.fulltext_rows import FETCH, READABLE
from adapters.storage.database import Row, Tx

ANY = "= ANY(CAST(:{} AS {}[]))"
MAY_READ = READABLE.format(ids=ANY.format("ids", "bigint"), rights=ANY.format("rights", "text"))
WHOLE = FETCH.format(ids=ANY.format("ids", "bigint"))
# Weights of text, nothing, keywords and headings, title; 1: longer passages say a word less
RANK = "ts_rank('{0.5, 0.5, 0.75, 1}', words, CAST(:query AS tsquery), 1)"
HOLDS = "FROM passage_fts WHERE words @@ CAST(:query AS tsquery)"
PLACES = f"SELECT rowid, {RANK} {HOLDS}"
BEST = f"SELECT rowid {HOLDS} ORDER BY {RANK} DESC LIMIT :most"
HOLDING = f"SELECT count(*) AS n {HOLDS}"


class TsVector:
    """``FullText`` on PostgreSQL."""

    async def places(self, tx: Tx, word: str, passages: int) -> Scored:
        rows = await tx.all(PLACES, query=either((word,)))
        return [(row[0], row[1]) for row in rows]

    async def together(self, tx: Tx, words: Sequence[Sequence[str]], most: int) -> list[int]:
        return await self._best(tx, pairs(words), most)

    async def any_of(self, tx: Tx, words: Sequence[str], most: int) -> list[int]:
        return await self._best(tx, either(words), most)

    async def holding(self, tx: Tx, word: str) -> int:
        row = await tx.one(HOLDING, query=either((word,)))
        return int(row["n"]) if row else 0

    async def readable(self, tx: Tx, ids: Sequence[int], rights: frozenset[str]) -> list[Row]:
        return await tx.all(MAY_READ, ids=ids, rights=sorted(rights))

    async def fetch(self, tx: Tx, ids: Sequence[int]) -> list[Row]:
        return await tx.all(WHOLE, ids=ids)

    async def _best(self, tx: Tx, query: str, most: int) -> list[int]:
        return [row[0] for row in await tx.all(BEST, query=query, most=most)]


def pairs(words: Sequence[Sequence[str]]) -> str:
    """A query for any two of the words."""
    ways = [either(each) for each in words]
    return " | ".join(
        f"(({one}) & ({' | '.join(ways[place:])}))" for place, one in enumerate(ways[:-1], start=1)
    )


def either(words: Sequence[str]) -> str:
    """A query of quoted words: nothing in them is an operator."""
    return " | ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words)
