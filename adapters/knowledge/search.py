"""Search the documents in the database's own full-text index.

The query is built from words, never from what somebody typed. Who may read a passage is
asked anew for every search, before anything of it is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from heapq import nlargest

from adapters.knowledge.confidence import confidence
from adapters.knowledge.fulltext import FullText
from adapters.knowledge.postings import Postings
from adapters.knowledge.question import Word, sought, weighed, words_of
from adapters.knowledge.ranking import Fit, Known, Read, rank
from adapters.storage.database import Database, Row, Tx
from core.evidence import Document, Evidence, Passage

CANDIDATES = 20
FROM_ONE_DOCUMENT, AGAIN = 3, 0.9  # passages; what each further one counts for
SMALL = 5_000  # passages; in so few a search takes less than handing it to a thread
READ_MOST = 5_000  # passages kept with their words counted, some 5 KB each


class FullTextRetriever:
    """The port ``Retriever`` over a database's full-text index."""

    def __init__(self, database: Database, fulltext: FullText) -> None:
        self._database, self._fulltext = database, fulltext
        self._postings = Postings(fulltext)
        self._kept: dict[tuple[str, int, str], Read] = {}

    async def search(
        self, query: str, rights: frozenset[str], limit: int = 5, earlier: Sequence[str] = ()
    ) -> Evidence:
        """Search with the earlier questions, and without them when that finds nothing sure."""
        asked = words_of(query, earlier)
        if not asked or not rights or limit < 1:
            return Evidence()

        async def look(tx: Tx) -> Evidence:
            holding = await self._postings.holding(tx, asked)
            words = weighed(asked, holding, self._postings.passages)
            known: Known = {}
            found = await self._found(tx, words, rights, limit, known)
            now = tuple(word for word in words if word.now)
            if found.found or len(now) == len(words):
                return found
            anew = await self._found(tx, now, rights, limit, known)  # about something else
            return anew if anew.found else found

        small = 0 < self._postings.passages <= SMALL
        return await (self._database.look if small else self._database.read)(look)

    async def _found(
        self,
        tx: Tx,
        words: Sequence[Word],
        rights: frozenset[str],
        limit: int,
        known: Known,
    ) -> Evidence:
        """What the words find; what another search found out about passages is ``known``."""
        scores = await self._postings.found(tx, sought(words, self._postings.passages))
        fits = rank(words, await self._read(tx, await self._candidates(tx, scores, rights)), known)
        if not fits:
            return Evidence()
        shown = tuple(replace(fit.read.passage, score=fit.score) for fit in _varied(fits, limit))
        return Evidence(shown, confidence(fits))

    async def _candidates(
        self, tx: Tx, scores: Mapping[int, float], rights: frozenset[str]
    ) -> list[Row]:
        """The best passages that may be read with these rights, best first.

        Passages that may not be read never crowd out others: more are asked for instead.
        """
        most = CANDIDATES
        while True:
            best = nlargest(most, scores, key=scores.__getitem__)
            rows = {row["id"]: row for row in await self._fulltext.readable(tx, best, rights)}
            if len(rows) >= CANDIDATES or most >= len(scores):
                return [rows[each] for each in best if each in rows][:CANDIDATES]
            most *= 8

    async def _read(self, tx: Tx, rows: Sequence[Row]) -> list[Read]:
        """The passages of these rows, from memory as far as they are there.

        A document's digest stands for all it says; who may read it was asked just now.
        """
        kept = self._kept
        keys = [(row["document_id"], row["position"], row["digest"]) for row in rows]
        missing = [row["id"] for row, key in zip(rows, keys, strict=True) if key not in kept]
        if missing:
            if len(kept) + len(missing) > READ_MOST:
                self._kept = kept = {}
                missing = [row["id"] for row in rows]
            for row in await self._fulltext.fetch(tx, missing):
                key = (row["document_id"], row["position"], row["digest"])
                kept[key] = Read(_passage(row), row["position"], row)
        return [kept[key] for key in keys]


def _varied(fits: Sequence[Fit], limit: int) -> list[Fit]:
    """The best, where a document's fourth and later passages must be better than others."""
    taken: dict[str, int] = {}
    order: list[tuple[float, Fit]] = []
    for fit in fits:
        document = fit.read.document_id
        seen = taken[document] = taken.get(document, 0) + 1
        order.append((fit.score * AGAIN ** max(0, seen - FROM_ONE_DOCUMENT), fit))
    return [fit for _, fit in sorted(order, key=lambda pair: -pair[0])[:limit]]


def _passage(row: Row) -> Passage:
    document = Document(
        document_id=row["document_id"],
        title=row["title"],
        link=row["link"],
        owner=row["owner"],
        updated=date.fromisoformat(row["updated"]),
        audience=row["audience"],
        language=row["language"],
        keywords=tuple(json.loads(row["keywords"])),
    )
    passage_id = f"{row['document_id']}#{row['position']}"
    return Passage(passage_id, document, row["heading"], row["text"])
