"""Search the documents in the database's own full-text index, and by vectors.

The query is built from words, never from what somebody typed. Who may read a passage is
asked anew for every search, before anything of it is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import structlog

from adapters.knowledge.confidence import confidence
from adapters.knowledge.embed.embedder import Vector
from adapters.knowledge.embed.questions import QuestionVectors
from adapters.knowledge.embed.vectors import Near, Vectors
from adapters.knowledge.fulltext import FullText, newest
from adapters.knowledge.fusion import fuse
from adapters.knowledge.postings import Index, Postings, Stale
from adapters.knowledge.question import Asked, Word, sought, weighed, words_of
from adapters.knowledge.ranking import Fit, Known, rank
from adapters.knowledge.reads import Reads
from adapters.storage.database import Database, Row, Tx
from core.errors import StoreError
from core.evidence import Evidence, Passage

log = structlog.get_logger()

CANDIDATES = 25
FROM_ONE_DOCUMENT, AGAIN = 3, 0.9  # passages; what each further one counts for


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
        quick: From where words stood before, or not at all.
    """

    asked: tuple[Asked, ...]
    rights: frozenset[str]
    limit: int
    vectors: tuple[Vector, Vector] | None = None
    quick: bool = False


class DocumentRetriever:
    """The port ``Retriever``: by words, and by vectors where there is a model that makes them."""

    def __init__(
        self, database: Database, fulltext: FullText, meaning: Meaning | None = None
    ) -> None:
        self._database, self._fulltext, self._meaning = database, fulltext, meaning
        self._reads = Reads(fulltext)
        self._postings = Postings(fulltext, self._reads)

    async def search(
        self, query: str, rights: frozenset[str], limit: int = 5, earlier: Sequence[str] = ()
    ) -> Evidence:
        """Search with the earlier questions, and without them when that finds nothing sure."""
        asked = words_of(query, earlier)
        if not asked or not rights or limit < 1:
            return Evidence()
        vectors = await self._meaning.questions.of(query, earlier) if self._meaning else None
        question = Question(asked, rights, limit, vectors)
        if vectors is None and (index := self._postings.quick()) is not None:
            with suppress(Stale):
                quick = replace(question, quick=True)
                return await self._database.look(partial(self._answer, question=quick, index=index))
        try:
            return await self._database.read(partial(self._answer, question=question))
        except StoreError:
            if vectors is None:
                raise
            log.warning("vectors not searched")
            by_words = replace(question, vectors=None)
            return await self._database.read(partial(self._answer, question=by_words))

    async def _answer(self, tx: Tx, question: Question, index: Index | None = None) -> Evidence:
        index = index or await self._postings.refresh(tx)
        holding = await index.holding(tx, question.asked)
        words = weighed(question.asked, holding, index.passages)
        own, whole = question.vectors or (None, None)
        known: Known = {}
        found = await self._found(tx, question, index, words, whole, known)
        now = tuple(word for word in words if word.now)
        if found.found or len(now) == len(words):
            return found
        anew = await self._found(tx, question, index, now, own, known)  # about something else
        return anew if anew.found else found

    async def _found(
        self,
        tx: Tx,
        question: Question,
        index: Index,
        words: Sequence[Word],
        vector: Vector | None,
        known: Known,
    ) -> Evidence:
        """What words and vector find; what another search found out of passages is ``known``."""
        scores = await index.found(tx, sought(words, index.passages))
        rows = await self._candidates(tx, scores, question, index)
        near = None
        if vector is not None and self._meaning is not None:
            ids = [row["id"] for row in rows]
            near = await self._meaning.near(tx, vector, question.rights, ids)
            rows += [row for row in near.rows if row["id"] not in ids]
        reads = await self._reads.of(tx, rows)
        fits = rank(words, reads, known)
        if not fits:
            return Evidence()
        sure = confidence(fits, near.nearness if near else None)
        if near:
            alike = near.alike
            pairs = zip(rows, reads, strict=True)
            fits = fuse(fits, {read: alike[row["id"]] for row, read in pairs if row["id"] in alike})
        shown = _varied(fits, question.limit)
        return Evidence(tuple(_scored(fit) for fit in shown), sure)

    async def _candidates(
        self, tx: Tx, scores: Mapping[int, float], question: Question, index: Index
    ) -> list[Row]:
        """The best passages that may be read with these rights, best first.

        Passages that may not be read never crowd out others: more are asked for instead.
        """
        most = CANDIDATES
        while True:
            best = sorted(scores, key=scores.__getitem__, reverse=True)[:most]
            found = await self._fulltext.readable(tx, best, question.rights)
            if question.quick:
                index.confirm(found[0]["newest"] if found else await newest(tx))
            rows = {row["id"]: row for row in found}
            if len(rows) >= CANDIDATES or most >= len(scores):
                return [rows[each] for each in best if each in rows][:CANDIDATES]
            most *= 8


def _varied(fits: Sequence[Fit], limit: int) -> list[Fit]:
    """The best, where a document's fourth and later passages must be better than others."""
    taken: dict[str, int] = {}
    order: list[tuple[float, Fit]] = []
    for fit in fits:
        document = fit.read.document_id
        seen = taken[document] = taken.get(document, 0) + 1
        order.append((fit.score * AGAIN ** max(0, seen - FROM_ONE_DOCUMENT), fit))
    return [fit for _, fit in sorted(order, key=lambda pair: -pair[0])[:limit]]


def _scored(fit: Fit) -> Passage:
    found = fit.read.passage
    return Passage(found.passage_id, found.document, found.heading, found.text, fit.score)
