"""Search the documents in the database's own full-text index, and by vectors.

The query is built from words, never from what somebody typed. Who may read a passage is
asked anew for every search, before anything of it is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from heapq import nlargest

import structlog

from adapters.knowledge.confidence import confidence
from adapters.knowledge.embed.embedder import Vector
from adapters.knowledge.embed.questions import QuestionVectors
from adapters.knowledge.embed.vectors import Near, Vectors
from adapters.knowledge.fulltext import FullText
from adapters.knowledge.fusion import fuse
from adapters.knowledge.postings import Postings
from adapters.knowledge.question import Asked, Word, sought, weighed, words_of
from adapters.knowledge.ranking import Fit, Known, Read, rank
from adapters.storage.database import Database, Row, Tx
from core.errors import StoreError
from core.evidence import Document, Evidence, Passage

log = structlog.get_logger()

CANDIDATES = 20
FROM_ONE_DOCUMENT, AGAIN = 3, 0.9  # passages; what each further one counts for
SMALL = 5_000  # passages; in so few a search takes less than handing it to a thread
READ_MOST = 5_000  # passages kept with their words counted, some 5 KB each


@dataclass(frozen=True, slots=True)
class Meaning:
    """How passages are found by what they mean.

    Args:
        questions: Makes the vectors of questions.
        vectors: Compares them with those of passages.
    """

    questions: QuestionVectors
    vectors: Vectors

    async def near(self, tx: Tx, asked: Vector, rights: frozenset[str], ids: Sequence[int]) -> Near:
        return await self.vectors.near(tx, asked, self.questions.model, rights, ids)


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, and for whom.

    Args:
        vectors: That of the question, and that with the one before; None for words alone.
    """

    asked: tuple[Asked, ...]
    rights: frozenset[str]
    limit: int
    vectors: tuple[Vector, Vector] | None = None


class DocumentRetriever:
    """The port ``Retriever``: by words, and by vectors where there is a model that makes them."""

    def __init__(
        self, database: Database, fulltext: FullText, meaning: Meaning | None = None
    ) -> None:
        self._database, self._fulltext, self._meaning = database, fulltext, meaning
        self._postings = Postings(fulltext)
        self._kept: dict[tuple[str, int, str], Read] = {}

    async def search(
        self, query: str, rights: frozenset[str], limit: int = 5, earlier: Sequence[str] = ()
    ) -> Evidence:
        """Search with the earlier questions, and without them when that finds nothing sure."""
        asked = words_of(query, earlier)
        if not asked or not rights or limit < 1:
            return Evidence()
        vectors = await self._meaning.questions.of(query, earlier) if self._meaning else None
        try:
            return await self._look(Question(asked, rights, limit, vectors))
        except StoreError:
            if vectors is None:
                raise
            log.warning("vectors not searched")
            return await self._look(Question(asked, rights, limit))

    async def _look(self, question: Question) -> Evidence:
        async def look(tx: Tx) -> Evidence:
            holding = await self._postings.holding(tx, question.asked)
            words = weighed(question.asked, holding, self._postings.passages)
            own, whole = question.vectors or (None, None)
            known: Known = {}
            found = await self._found(tx, words, whole, question, known)
            now = tuple(word for word in words if word.now)
            if found.found or len(now) == len(words):
                return found
            anew = await self._found(tx, now, own, question, known)  # about something else
            return anew if anew.found else found

        quick = question.vectors is None and 0 < self._postings.passages <= SMALL
        return await (self._database.look if quick else self._database.read)(look)

    async def _found(
        self,
        tx: Tx,
        words: Sequence[Word],
        vector: Vector | None,
        question: Question,
        known: Known,
    ) -> Evidence:
        """What words and vector find; what another search found out of passages is ``known``."""
        scores = await self._postings.found(tx, sought(words, self._postings.passages))
        rows = await self._candidates(tx, scores, question.rights)
        near = None
        if vector is not None and self._meaning is not None:
            near = await self._meaning.near(
                tx, vector, question.rights, [row["id"] for row in rows]
            )
            rows += [row for row in near.rows if row["id"] not in {each["id"] for each in rows}]
        reads = await self._read(tx, rows)
        fits = rank(words, reads, known)
        if not fits:
            return Evidence()
        sure = confidence(fits, near.nearness if near else None)
        if near:
            alike = near.alike
            by_read = {
                read: alike[row["id"]]
                for row, read in zip(rows, reads, strict=True)
                if row["id"] in alike
            }
            fits = fuse(fits, by_read)
        shown = _varied(fits, question.limit)
        return Evidence(tuple(replace(fit.read.passage, score=fit.score) for fit in shown), sure)

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
