"""Order candidates by how well they fit a question.

BM25 over passage, title, heading and keywords, raised where more of the question is
covered, where its words stand side by side, and where the neighbours fit as well.
The numbers are few and round; the tests do not depend on them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from adapters.knowledge.question import Word
from adapters.storage.database import Row
from core.evidence import Passage

SATURATION, LENGTH, USUAL = 1.8, 0.75, 90  # BM25's k1 and b; words in a usual passage
ALIKE = 0.5  # what a word that means the same counts for
COVERED, TOGETHER, ABOVE = 0.15, 0.6, 0.3  # all of it; side by side; in title or heading
SAME_DOCUMENT, NEXT_TO_IT = 0.2, 0.2  # of the score of the best other passage there


class Read:
    """A passage with its words counted, so that a search need not count them again."""

    __slots__ = ("above", "counts", "document_id", "longer", "over", "passage", "position", "text")

    def __init__(self, passage: Passage, position: int, row: Row) -> None:
        self.passage, self.position = passage, position
        self.document_id = passage.document.document_id
        self.text: str = row["text_words"]  # each word with spaces around it
        self.above: str = row["title_words"] + row["heading_words"] + row["keyword_words"]
        words, over = self.text.split(), self.above.split()
        self.longer = SATURATION * (1 - LENGTH + LENGTH * len(words) / USUAL)
        self.over: dict[str, int] = dict(Counter(over))
        self.counts: dict[str, int] = dict(Counter(words + over))

    def weights(self) -> Iterator[tuple[str, float]]:
        """Each word of it, with its BM25 as far as this passage makes it."""
        for word, count in self.counts.items():
            yield word, count * (SATURATION + 1) / (count + self.longer)


Found: TypeAlias = tuple[float, float, float, float, float]
"""BM25; the worth of what is mentioned, of that in titles and of pairs; the share missing."""

Known: TypeAlias = "dict[Read, Found]"
"""What the words of now were found to be worth in a candidate."""

Counted: TypeAlias = tuple[str, float, tuple[str, ...], float]
"""A word as it is looked for: its stem, its worth, those alike, its share."""


@dataclass(slots=True)
class Fit:
    """How well one candidate fits.

    All but the scores are about what is asked now, whatever was asked before.

    Args:
        score: The order of candidates.
        alone: The score without what the neighbours add.
        strength: The score of what is asked now.
        found: What its words were found to be worth here.
        worth: Of all its words together; ``asked`` is the sum of their shares.
    """

    read: Read
    score: float
    alone: float
    strength: float
    found: Found
    worth: float
    asked: float

    @property
    def bm25(self) -> float:
        """BM25 as a share of the highest that is possible."""
        return self.found[0] / self.worth / (SATURATION + 1)

    @property
    def covered(self) -> float:
        """The share of worth that the passage, its title, heading or keywords mention."""
        return self.found[1] / self.worth

    @property
    def together(self) -> float:
        """The share of worth of pairs of words that stand side by side."""
        return self.found[3] / self.worth

    @property
    def missing(self) -> float:
        """The share of words (not of worth) that are not mentioned, framing ones less."""
        return self.found[4] / self.asked


def rank(words: Sequence[Word], candidates: Sequence[Read], known: Known) -> list[Fit]:
    """The candidates, best first; ``known`` is used and added to."""
    now = [_counted(word) for word in words if word.now]
    earlier = [_counted(word) for word in words if not word.now]
    asked = sum(word.share for word in words if word.now)
    worth = sum(word.worth for word in words if word.now)
    whole = sum(word.worth for word in words)
    fits = []
    for read in candidates:
        found = known.get(read)
        if found is None:
            found = known[read] = _find(now, read)
        strength = score = _score(worth, found)
        if earlier:
            score = _score(whole, _sum(found, _find(earlier, read)))
        fits.append(Fit(read, score, score, strength, found, worth, asked))
    _support(fits)
    return sorted(fits, key=lambda fit: -fit.score)


def _counted(word: Word) -> Counted:
    return word.stem, word.worth, word.alike, word.share


def _find(words: Sequence[Counted], read: Read) -> Found:
    """What the words find in one candidate; this is where a search spends most of its time."""
    counts, over, longer = read.counts, read.over, read.longer
    bm25 = covered = titled = together = missing = worth_before = 0.0
    before = ""
    for stem, worth, alike, share in words:
        count: float = counts.get(stem, 0)
        above: float = 0
        if count:
            above = over.get(stem, 0)
            if before:
                pair = f" {before} {stem} "
                if pair in read.text or pair in read.above:
                    together += min(worth, worth_before)
            before, worth_before = stem, worth
        else:
            before = ""
        for other in alike:
            if other in counts:
                count += ALIKE * counts[other]
                above += ALIKE * over.get(other, 0)
        if not count:
            missing += share
            continue
        bm25 += worth * count * (SATURATION + 1) / (count + longer)
        covered += worth if count > 1 else worth * count
        if above:
            titled += worth if above > 1 else worth * above
    return bm25, covered, titled, together, missing


def _sum(one: Found, two: Found) -> Found:
    return (one[0] + two[0], one[1] + two[1], one[2] + two[2], one[3] + two[3], one[4] + two[4])


def _score(whole: float, found: Found) -> float:
    bm25, covered, titled, together, _ = found
    return (
        bm25
        + COVERED * covered * covered / whole
        + TOGETHER * together
        + ABOVE * titled * titled / whole
    )


def _support(fits: Sequence[Fit]) -> None:
    """Add to each candidate what the others of its document say for it."""
    documents: dict[str, list[Fit]] = {}
    for fit in fits:
        documents.setdefault(fit.read.document_id, []).append(fit)
    for group in documents.values():
        if len(group) == 1:
            continue
        scores = {fit.read.position: fit.alone for fit in group}
        first, second = sorted(scores.values(), reverse=True)[:2]
        for fit in group:
            place = fit.read.position
            beside = max(scores.get(place - 1, 0.0), scores.get(place + 1, 0.0))
            best = second if fit.alone == first else first
            fit.score += SAME_DOCUMENT * best + NEXT_TO_IT * beside
