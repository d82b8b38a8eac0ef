"""Where each word of a question stands, remembered until documents change.

Of a small collection every word is counted once, after a change; of a large one the
database's own full-text index is asked, and what it said of a word is kept. Over all
documents: who may read which of them is asked anew for every search.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from adapters.knowledge.fulltext import FullText, newest, size
from adapters.knowledge.question import PLENTY, Asked, Sought
from adapters.knowledge.ranking import Read
from adapters.knowledge.reads import Reads
from adapters.storage.database import Tx

SMALL = 5_000  # passages that are counted whole, at some 50 µs each
ALIKE = 0.5  # what a word that means the same counts for
SHARED_MOST = 200  # passages found by two common words together
KEPT_MOST = 2_000_000  # places kept, of 12 bytes each
ASKED_LAST = 1_000  # searches; deletions alone do not show in ``newest``


Places: TypeAlias = "tuple[Sequence[int], Sequence[float]]"
"""The passages that hold a word, and how much each of them says it."""

NOWHERE: Places = ((), ())


class Stale(Exception):
    """Documents have changed; counting them takes a while."""


class Index:
    """Where words stood at one moment; a search goes by one of these from end to end.

    Args:
        newest: The highest id of a passage then; ``passages``: how many there were.
        counted: Every word of a small collection; None where words are asked for one by one.
    """

    def __init__(
        self,
        fulltext: FullText,
        newest: int = -1,
        passages: int = 0,
        counted: dict[str, Places] | None = None,
    ) -> None:
        self.newest, self.passages = newest, passages
        self.whole = counted is not None
        self.kept = 0
        self._fulltext = fulltext
        self._places: dict[str, Places] = counted or {}
        self._holding = {word: len(places[0]) for word, places in self._places.items()}

    def confirm(self, newest: int) -> None:
        """Raises ``Stale`` when documents were added since."""
        if newest != self.newest:
            raise Stale

    async def holding(self, tx: Tx, asked: Sequence[Asked]) -> Mapping[str, int]:
        """How many passages hold each word that was asked for, and those alike of rare ones."""
        found = await self._held(tx, [each.stem for each in asked])
        others = [other for each in asked if found[each.stem] <= PLENTY for other in each.alike]
        return found | await self._held(tx, others)

    async def _held(self, tx: Tx, words: Sequence[str]) -> dict[str, int]:
        known = self._holding
        if not self.whole:
            missing = [word for word in dict.fromkeys(words) if word not in known]
            if missing:
                known.update(await self._fulltext.holding(tx, missing))
        return {word: known.get(word, 0) for word in words}

    async def found(self, tx: Tx, sought: Sought) -> Mapping[int, float]:
        """Passages that hold what is sought, each with a first score."""
        weights = {word.stem: word.worth for word in sought.alone}
        for word in sought.alone:
            for other in word.alike:
                weights[other] = weights.get(other, 0.0) + ALIKE * word.worth
        await self._look_up(tx, weights)
        scores: dict[int, float] = {}
        for stem, worth in weights.items():
            _add(scores, self._places.get(stem, NOWHERE), worth)
        if len(sought.pairs) > 1:
            common = [(word.stem, *word.alike) for word in sought.pairs]
            shared = await self._fulltext.together(tx, common, SHARED_MOST)
            _add_in_order(scores, shared, sought.pairs[0].worth)
        if not scores and sought.pairs:
            rarest = (sought.pairs[0].stem, *sought.pairs[0].alike)
            _add_in_order(scores, await self._fulltext.any_of(tx, rarest, SHARED_MOST), 1.0)
        return scores

    async def _look_up(self, tx: Tx, words: Iterable[str]) -> None:
        missing = [] if self.whole else [word for word in words if word not in self._places]
        if not missing:
            return
        found = await self._fulltext.places(tx, missing, self.passages)
        for word in missing:
            rows = found.get(word, [])
            self._places[word] = (
                array("q", (row[0] for row in rows)),
                array("f", (row[1] for row in rows)),
            )
            self.kept += len(rows)


class Postings:
    """The index as far as it was counted or asked; always a whole one, never one in the making."""

    def __init__(self, fulltext: FullText, reads: Reads) -> None:
        self._fulltext, self._reads = fulltext, reads
        self._index, self._left = Index(fulltext), 0

    def quick(self) -> Index | None:
        """The latest, where words need not be asked for; ``confirm`` says if it still holds."""
        if not self._index.whole or self._left <= 0:
            return None
        self._left -= 1
        return self._index

    async def refresh(self, tx: Tx) -> Index:
        """The latest; made anew when something was added, now and then, and when too large."""
        index, last = self._index, await newest(tx)
        self._left -= 1
        if last == index.newest and self._left >= 0 and index.kept <= KEPT_MOST:
            return index
        passages = await size(tx)
        same = index.whole and (last, passages) == (index.newest, index.passages)
        if not same:
            counted = await self._count(tx) if 0 < passages <= SMALL else None
            index = Index(self._fulltext, last, passages, counted)
        self._index, self._left = index, ASKED_LAST
        return index

    async def _count(self, tx: Tx) -> dict[str, Places]:
        rows = await self._fulltext.everything(tx)
        ids = [row["id"] for row in rows]
        return _counted(zip(ids, await self._reads.of(tx, rows), strict=True))


def _counted(reads: Iterable[tuple[int, Read]]) -> dict[str, Places]:
    """Where every word of these passages stands, weighed as BM25 does."""
    ids: defaultdict[str, array[int]] = defaultdict(lambda: array("q"))
    weights: defaultdict[str, array[float]] = defaultdict(lambda: array("f"))
    for passage, read in reads:
        for word, weight in read.weights():
            ids[word].append(passage)
            weights[word].append(weight)
    return {word: (ids[word], weights[word]) for word in ids}


def _add(scores: dict[int, float], places: Places, worth: float) -> None:
    get = scores.get
    for passage, weight in zip(*places, strict=True):
        scores[passage] = get(passage, 0.0) + worth * weight


def _add_in_order(scores: dict[int, float], best_first: Sequence[int], worth: float) -> None:
    """Add what passages are worth that a database has put in order: the last, half of the first."""
    for place, passage in enumerate(best_first):
        scores[passage] = scores.get(passage, 0.0) + worth * (1 - 0.5 * place / SHARED_MOST)
