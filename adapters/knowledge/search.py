"""Search the documents in the database's own full-text index.

The query is built from words, never from what somebody typed; rights are checked
in the same statement that reads the passages.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from adapters.knowledge import fulltext
from adapters.knowledge.confidence import confidence
from adapters.knowledge.question import Asked, Word, telling, weighed, words_of
from adapters.knowledge.ranking import Fit, rank
from adapters.storage.database import Database, Row, Tx
from core.evidence import Document, Evidence, Passage

CANDIDATES = 30
FROM_ONE_DOCUMENT, AGAIN = 2, 0.8  # passages; what each further one counts for
COUNTS_LAST = 1_000  # searches; deletions alone do not show in ``fulltext.newest``


class FullTextRetriever:
    """The port ``Retriever`` over SQLite's FTS5."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts = _Counts()

    async def search(self, query: str, rights: frozenset[str], limit: int = 5) -> Evidence:
        asked = words_of(query)
        if not asked or not rights or limit < 1:
            return Evidence()

        async def look(tx: Tx) -> tuple[tuple[Word, ...], list[Row]]:
            words = await self._counts.weigh(tx, asked)
            rare = telling(words, self._counts.passages)
            rows = await fulltext.candidates(tx, rare, rights, CANDIDATES) if rare else []
            return words, rows

        words, rows = await self._database.read(look)
        if not rows:
            return Evidence()
        fits = rank(words, rows)
        shown = tuple(_passage(fit) for fit in _varied(fits, limit))
        return Evidence(shown, confidence(fits[0]))


class _Counts:
    """How many passages hold a word; remembered until documents change.

    They shape the order only, over all documents: what may be seen is not their business.
    """

    def __init__(self) -> None:
        self.passages = 0
        self._newest, self._left = -1, 0
        self._holding: dict[str, int] = {}

    async def weigh(self, tx: Tx, asked: Sequence[Asked]) -> tuple[Word, ...]:
        newest = await fulltext.newest(tx)
        self._left -= 1
        if newest != self._newest or self._left < 0:
            self._holding = {}
            self.passages = await fulltext.size(tx)
            self._newest, self._left = newest, COUNTS_LAST
        for each in asked:
            for word in (each.stem, *each.alike):
                if word not in self._holding:
                    self._holding[word] = await fulltext.holding(tx, (word,))
        return weighed(asked, self._holding, self.passages)


def _varied(fits: Sequence[Fit], limit: int) -> list[Fit]:
    """The best, where a document's third and later passages must be clearly better than others."""
    taken: dict[str, int] = {}
    order: list[tuple[float, Fit]] = []
    for fit in fits:
        document = fit.row["document_id"]
        seen = taken[document] = taken.get(document, 0) + 1
        order.append((fit.score * AGAIN ** max(0, seen - FROM_ONE_DOCUMENT), fit))
    return [fit for _, fit in sorted(order, key=lambda pair: -pair[0])[:limit]]


def _passage(fit: Fit) -> Passage:
    row = fit.row
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
    return Passage(passage_id, document, row["heading"], row["text"], fit.score)
