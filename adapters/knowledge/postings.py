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


class Postings:
    """The index as far as it was counted or asked."""

    def __init__(self, fulltext: FullText, reads: Reads) -> None:
        self.passages = 0
        self._fulltext, self._reads = fulltext, reads
        self._newest, self._left, self._kept = -1, 0, 0
        self._holding: dict[str, int] = {}
        self._places: dict[str, Places] = {}

    @property
    def whole(self) -> bool:
        """Whether every word of the collection is known here."""
        return 0 < self.passages <= SMALL

    @property
    def ready(self) -> bool:
        """Whether words need not be asked for; ``confirm`` says whether that was right."""
        return self.whole and self._left > 0

    def confirm(self, newest: int) -> None:
        """Raises ``Stale`` when documents were added since their words were counted."""
        self._left -= 1
        if newest != self._newest:
            raise Stale

    async def refresh(self, tx: Tx) -> None:
        """Begin anew when something was added, now and then, and when too much is kept."""
        last = await newest(tx)
        self._left -= 1
        if last == self._newest and self._left >= 0 and self._kept <= KEPT_MOST:
            return
        passages = await size(tx)
        same = self.whole and (last, passages) == (self._newest, self.passages)
        self._newest, self._left = last, ASKED_LAST
        if same:
            return
        self._holding, self._places, self._kept = {}, {}, 0
        self.passages = passages
        if self.whole:
            rows = await self._fulltext.everything(tx)
            ids = [row["id"] for row in rows]
            self._places = _counted(zip(ids, await self._reads.of(tx, rows), strict=True))
            self._holding = {word: len(places[0]) for word, places in self._places.items()}

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
            self._kept += len(rows)


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
