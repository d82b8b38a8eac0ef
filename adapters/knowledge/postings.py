"""Where each word of a question stands, remembered until documents change.

The database's own full-text index finds the passages; what it said of a word is kept, so
that the next question with that word need not ask it again. Over all documents: who may
read which of them is asked anew for every search.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from adapters.knowledge.fulltext import FullText, newest, size
from adapters.knowledge.question import PLENTY, Asked, Sought
from adapters.storage.database import Tx

ALIKE = 0.5  # what a word that means the same counts for
SHARED_MOST = 200  # passages found by two common words together
KEPT_MOST = 2_000_000  # places kept, of 12 bytes each
ASKED_LAST = 1_000  # searches; deletions alone do not show in ``newest``


Places: TypeAlias = "tuple[Sequence[int], Sequence[float]]"
"""The passages that hold a word, and how much each of them says it."""


class Postings:
    """The index as far as it was asked."""

    def __init__(self, fulltext: FullText) -> None:
        self.passages = 0
        self._fulltext = fulltext
        self._newest, self._left, self._kept = -1, 0, 0
        self._holding: dict[str, int] = {}
        self._places: dict[str, Places] = {}

    async def holding(self, tx: Tx, asked: Iterable[Asked]) -> Mapping[str, int]:
        """How many passages hold each word that was asked for, and those alike of rare ones."""
        last = await newest(tx)
        self._left -= 1
        if last != self._newest or self._left < 0 or self._kept > KEPT_MOST:
            self._holding, self._places, self._kept = {}, {}, 0
            self.passages = await size(tx)
            self._newest, self._left = last, ASKED_LAST
        known, found = self._holding, {}
        for each in asked:
            own = found[each.stem] = await self._held(tx, known, each.stem)
            if own <= PLENTY:
                for other in each.alike:
                    found[other] = await self._held(tx, known, other)
        return found

    async def _held(self, tx: Tx, known: dict[str, int], word: str) -> int:
        count = known.get(word)
        if count is None:
            count = known[word] = await self._fulltext.holding(tx, word)
        return count

    async def found(self, tx: Tx, sought: Sought) -> Mapping[int, float]:
        """Passages that hold what is sought, each with a first score."""
        scores: dict[int, float] = {}
        for word in sought.alone:
            _add(scores, await self._where(tx, word.stem), word.worth)
            for other in word.alike:
                _add(scores, await self._where(tx, other), ALIKE * word.worth)
        if len(sought.pairs) > 1:
            common = [(word.stem, *word.alike) for word in sought.pairs]
            shared = await self._fulltext.together(tx, common, SHARED_MOST)
            _add_in_order(scores, shared, sought.pairs[0].worth)
        if not scores and sought.pairs:
            rarest = (sought.pairs[0].stem, *sought.pairs[0].alike)
            _add_in_order(scores, await self._fulltext.any_of(tx, rarest, SHARED_MOST), 1.0)
        return scores

    async def _where(self, tx: Tx, word: str) -> Places:
        places = self._places.get(word)
        if places is None:
            rows = await self._fulltext.places(tx, word, self.passages)
            places = array("q", (row[0] for row in rows)), array("f", (row[1] for row in rows))
            self._places[word] = places
            self._kept += len(rows)
        return places


def _add(scores: dict[int, float], places: Places, worth: float) -> None:
    get = scores.get
    for passage, weight in zip(*places, strict=True):
        scores[passage] = get(passage, 0.0) + worth * weight


def _add_in_order(scores: dict[int, float], best_first: Sequence[int], worth: float) -> None:
    """Add what passages are worth that a database has put in order: the last, half of the first."""
    for place, passage in enumerate(best_first):
        scores[passage] = scores.get(passage, 0.0) + worth * (1 - 0.5 * place / SHARED_MOST)
