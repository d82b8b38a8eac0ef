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


@dataclass(slots=True)
class Fit:
    """How well one candidate fits, as shares of the question's worth unless said otherwise.

    All but the scores are about what is asked now, whatever was asked before.

    Args:
        score: The order of candidates.
        alone: The score without what the neighbours add.
        strength: The score of what is asked now.
        bm25: BM25 as a share of the highest that is possible.
        covered: What the passage, its title, heading or keywords mention.
        together: Pairs of words that stand side by side.
        missing: The share of words (not of worth) that are not mentioned, framing ones less.
    """

    read: Read
    score: float
    alone: float
    strength: float
    bm25: float
    covered: float
    together: float
    missing: float


Found: TypeAlias = tuple[float, float, float, float, float]
"""BM25; the worth of what is mentioned, of that in titles and of pairs; the share missing."""


Known: TypeAlias = "dict[Read, Found]"
"""What the words of now were found to be worth in a candidate."""


def rank(words: Sequence[Word], candidates: Sequence[Read], known: Known) -> list[Fit]:
    """The candidates, best first; ``known`` is used and added to."""
    now = [word for word in words if word.now]
    earlier = [word for word in words if not word.now]
    asked = sum(word.share for word in now)
    worth = sum(word.worth for word in now)
    whole = worth + sum(word.worth for word in earlier)
    fits = []
    for read in candidates:
        found = known.get(read)
        if found is None:
            found = known[read] = _find(now, read)
        bm25, covered, _, together, missing = found
        strength = score = _score(worth, found)
        if earlier:
            before = _find(earlier, read)
            score = _score(whole, [one + two for one, two in zip(found, before, strict=True)])
        fits.append(
            Fit(
                read=read,
                score=score,
                alone=score,
                strength=strength,
                bm25=bm25 / worth / (SATURATION + 1),
                covered=covered / worth,
                together=together / worth,
                missing=missing / asked,
            )
        )
    _support(fits)
    return sorted(fits, key=lambda fit: -fit.score)


def _find(words: Sequence[Word], read: Read) -> Found:
    """What the words find in one candidate; this is where a search spends most of its time."""
    counts, over, longer = read.counts, read.over, read.longer
    bm25 = covered = titled = together = missing = worth_before = 0.0
    before = ""
    for word in words:
        stem, worth = word.stem, word.worth
        count: float = counts.get(stem, 0)
        literal = count > 0
        above: float = over.get(stem, 0) if literal else 0
        for other in word.alike:
            if other in counts:
                count += ALIKE * counts[other]
                above += ALIKE * over.get(other, 0)
        if count:
            bm25 += worth * count * (SATURATION + 1) / (count + longer)
            covered += worth if count > 1 else worth * count
            if above:
                titled += worth if above > 1 else worth * above
        else:
            missing += word.share
        if not literal:
            before = ""
            continue
        if before:
            pair = f" {before} {stem} "
            if pair in read.text or pair in read.above:
                together += min(worth, worth_before)
        before, worth_before = stem, worth
    return bm25, covered, titled, together, missing


def _score(whole: float, found: Sequence[float]) -> float:
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
