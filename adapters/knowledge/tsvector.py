"""PostgreSQL's full-text index."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.knowledge.fulltext import Scored
from adapters.knowledge.fulltext_rows import EVERYTHING, FETCH, READABLE
from adapters.storage.database import Row, Tx

ANY = "= ANY(CAST(:{} AS {}[]))"
MAY_READ = READABLE.format(ids=ANY.format("ids", "bigint"), rights=ANY.format("rights", "text"))
WHOLE = FETCH.format(ids=ANY.format("ids", "bigint"))
# Weights of text, nothing, keywords and headings, title; 1: longer passages say a word less
RANK = "ts_rank('{0.5, 0.5, 0.75, 1}', words, CAST(:query AS tsquery), 1)"
HOLDS = "FROM passage_fts WHERE words @@ CAST(:query AS tsquery)"
EACH = "FROM unnest(CAST(:queries AS text[])) WITH ORDINALITY AS w(query, place)"
PLACES = f"""
SELECT w.place, f.rowid, {RANK.replace(":query", "w.query")} AS says
{EACH} JOIN passage_fts f ON f.words @@ CAST(w.query AS tsquery)
"""
BEST = f"SELECT rowid {HOLDS} ORDER BY {RANK} DESC LIMIT :most"
HOLDING = f"""
SELECT (SELECT count(*) {HOLDS.replace(":query", "w.query")}) AS n {EACH} ORDER BY w.place
"""


class TsVector:
    """``FullText`` on PostgreSQL."""

    async def places(self, tx: Tx, words: Sequence[str], passages: int) -> dict[str, Scored]:
        found: dict[str, Scored] = {word: [] for word in words}
        for place, rowid, says in await tx.all(PLACES, queries=_each(words)):
            found[words[place - 1]].append((rowid, says))
        return found

    async def together(self, tx: Tx, words: Sequence[Sequence[str]], most: int) -> list[int]:
        return await self._best(tx, pairs(words), most)

    async def any_of(self, tx: Tx, words: Sequence[str], most: int) -> list[int]:
        return await self._best(tx, either(words), most)

    async def holding(self, tx: Tx, words: Sequence[str]) -> dict[str, int]:
        rows = await tx.all(HOLDING, queries=_each(words))
        return {word: row["n"] for word, row in zip(words, rows, strict=True)}

    async def everything(self, tx: Tx) -> list[Row]:
        return await tx.all(EVERYTHING)

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


def _each(words: Sequence[str]) -> list[str]:
    return [either((word,)) for word in words]


def either(words: Sequence[str]) -> str:
    """A query of quoted words: nothing in them is an operator."""
    return " | ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words)
