"""SQLite's full-text index."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from adapters.knowledge.fulltext import Scored
from adapters.knowledge.fulltext_rows import EVERYTHING, FETCH, READABLE
from adapters.storage.database import Row, Tx

IN = "IN (SELECT value FROM json_each(:{}))"
MAY_READ = READABLE.format(ids=IN.format("ids"), rights=IN.format("rights"))
WHOLE = FETCH.format(ids=IN.format("ids"))
PLACES = """
SELECT rowid, -bm25(passage_fts, 2.0, 1.5, 1.5, 1.0) FROM passage_fts
WHERE passage_fts MATCH :query
"""
BEST = """
SELECT rowid FROM passage_fts
WHERE passage_fts MATCH :query ORDER BY bm25(passage_fts, 2.0, 1.5, 1.5, 1.0) LIMIT :most
"""
HOLDING = "SELECT count(*) AS n FROM passage_fts WHERE passage_fts MATCH :query"
LEAST = 1e-6  # what FTS5 takes as the worth of a word that every other passage holds


class Fts5:
    """``FullText`` on SQLite."""

    async def places(self, tx: Tx, words: Sequence[str], passages: int) -> dict[str, Scored]:
        return {word: await self._places(tx, word, passages) for word in words}

    async def _places(self, tx: Tx, word: str, passages: int) -> Scored:
        rows = await tx.all(PLACES, query=either((word,)))
        odds = (passages - len(rows) + 0.5) / (len(rows) + 0.5)
        worth = max(math.log(odds), LEAST) if odds > 0 else LEAST  # already in the score
        return [(row[0], row[1] / worth) for row in rows]

    async def together(self, tx: Tx, words: Sequence[Sequence[str]], most: int) -> list[int]:
        return await self._best(tx, pairs(words), most)

    async def any_of(self, tx: Tx, words: Sequence[str], most: int) -> list[int]:
        return await self._best(tx, either(words), most)

    async def holding(self, tx: Tx, words: Sequence[str]) -> dict[str, int]:
        found = {}
        for word in words:
            row = await tx.one(HOLDING, query=either((word,)))
            found[word] = int(row["n"]) if row else 0
        return found

    async def everything(self, tx: Tx) -> list[Row]:
        return await tx.all(EVERYTHING)

    async def readable(self, tx: Tx, ids: Sequence[int], rights: frozenset[str]) -> list[Row]:
        return await tx.all(MAY_READ, ids=json.dumps(ids), rights=json.dumps(sorted(rights)))

    async def fetch(self, tx: Tx, ids: Sequence[int]) -> list[Row]:
        return await tx.all(WHOLE, ids=json.dumps(ids))

    async def _best(self, tx: Tx, query: str, most: int) -> list[int]:
        return [row[0] for row in await tx.all(BEST, query=query, most=most)]


def pairs(words: Sequence[Sequence[str]]) -> str:
    """A MATCH expression: any two of the words."""
    ways = [either(each) for each in words]
    return " OR ".join(
        f"(({one}) AND ({' OR '.join(ways[place:])}))"
        for place, one in enumerate(ways[:-1], start=1)
    )


def either(words: Sequence[str]) -> str:
    """A MATCH expression of quoted words: nothing in them is an operator."""
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
