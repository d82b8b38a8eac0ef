"""Order candidates by how well they fit a question.

BM25 over passage, title, heading and keywords, raised where more of the question is
covered, where its words stand side by side, and where the neighbours fit as well.
The numbers are few and round; the tests do not depend on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.knowledge.question import Word
from adapters.storage.database import Row

SATURATION, LENGTH, USUAL = 1.8, 0.75, 90  # BM25's k1 and b; words in a usual passage
ALIKE = 0.5  # what a word that means the same counts for
COVERED, TOGETHER, ABOVE = 0.15, 0.6, 0.3  # all of it; side by side; in title or heading
SAME_DOCUMENT, NEXT_TO_IT = 0.2, 0.2  # of the score of the best other passage there


Needle = tuple[str, tuple[str, ...], float, float]
"""A word, the words alike, its worth and its share; each word with spaces around it."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well one candidate fits, as shares of the question's worth unless said otherwise.

    Args:
        score: The order of candidates.
        own: The passage's own score, without its neighbours.
        bm25: BM25 as a share of the highest that is possible.
        covered: What the passage, its title, heading or keywords mention.
        together: Pairs of words that stand side by side.
        missing: The share of words (not of worth) that are not mentioned, framing ones less.
    """

    row: Row
    score: float
    own: float
    bm25: float
    covered: float
    together: float
    missing: float


def rank(words: Sequence[Word], rows: Sequence[Row]) -> list[Fit]:
    """The candidates as rows of ``fulltext.SEARCH``, best first."""
    whole = sum(word.worth for word in words)
    needles = [
        (f" {word.stem} ", tuple(f" {each} " for each in word.alike), word.worth, word.share)
        for word in words
    ]
    fits = [_fit(row, needles, whole) for row in rows]
    documents: dict[str, dict[int, float]] = {}
    for fit in fits:
        documents.setdefault(fit.row["document_id"], {})[fit.row["position"]] = fit.own
    supported = [_supported(fit, documents[fit.row["document_id"]]) for fit in fits]
    return sorted(supported, key=lambda fit: -fit.score)


def _fit(row: Row, needles: Sequence[Needle], whole: float) -> Fit:
    """One candidate on its own; counted on strings, because that is what is fast."""
    text: str = row["text_words"]
    above: str = row["title_words"] + row["heading_words"] + row["keyword_words"]
    longer = SATURATION * (1 - LENGTH + LENGTH * text.count(" ") / USUAL)
    bm25 = covered = titled = together = worth_before = 0.0
    before, missing, asked = "", 0.0, 0.0
    for needle, alike, worth, share in needles:
        asked += share
        over: float = above.count(needle)
        times = text.count(needle) + over
        literal = times > 0
        for other in alike:
            higher = ALIKE * above.count(other)
            over += higher
            times += ALIKE * text.count(other) + higher
        if times:
            bm25 += worth * times * (SATURATION + 1) / (times + longer)
            covered += worth * min(1.0, times)
            titled += worth * min(1.0, over)
        else:
            missing += share
        if literal and before:
            pair = before[:-1] + needle
            if pair in text or pair in above:
                together += min(worth, worth_before)
        before, worth_before = (needle, worth) if literal else ("", 0.0)
    own = (
        bm25
        + COVERED * covered * covered / whole
        + TOGETHER * together
        + ABOVE * titled * titled / whole
    )
    return Fit(
        row=row,
        score=own,
        own=own,
        bm25=bm25 / whole / (SATURATION + 1),
        covered=covered / whole,
        together=together / whole,
        missing=missing / asked,
    )


def _supported(fit: Fit, document: Mapping[int, float]) -> Fit:
    """The candidate with what the other candidates of its document add to it."""
    if len(document) == 1:
        return fit
    place = fit.row["position"]
    best = max(own for position, own in document.items() if position != place)
    beside = max(document.get(place - 1, 0.0), document.get(place + 1, 0.0))
    score = fit.own + SAME_DOCUMENT * best + NEXT_TO_IT * beside
    return Fit(fit.row, score, fit.own, fit.bm25, fit.covered, fit.together, fit.missing)
