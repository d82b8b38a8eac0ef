"""How likely it is that the best passages answer a question.

A logistic curve over how well one of the first few fits what is asked now, and how much
nearer the nearest passage is than passages usually are. The weights were fitted to
questions written for the demo articles, a quarter of them without an answer there; 0.5 is
where an answer becomes likelier than none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from adapters.knowledge.ranking import Fit

FIRST = 3  # passages, any of which may be the one that answers
BASE = -2.0
COVERED = 1.5  # the question's rarer words are mentioned
BM25 = 1.8  # and mentioned often, in a passage of usual length
STRENGTH = 1.2  # and they are words that say much
TOGETHER = 2.6  # and stand side by side
MISSING = -1.7  # words of the question that are not there, names above all
HALF = 20.0  # the score that counts as 1
NEAR, NEAR_ENOUGH = 7.0, 0.4  # what nearness adds above that of a passage that may answer


def confidence(fits: Sequence[Fit], nearness: float | None = None) -> float:
    """Between 0 and 1.

    Args:
        fits: What words found, best first.
        nearness: Of the nearest passage: 0 as passages usually are, 1 the same.
    """
    evidence = max(_evidence(fit) for fit in fits[:FIRST])
    if nearness is not None:
        evidence += NEAR * (nearness - NEAR_ENOUGH)
    return 1 / (1 + math.exp(-evidence))


def _evidence(fit: Fit) -> float:
    return (
        BASE
        + COVERED * fit.covered
        + BM25 * fit.bm25
        + STRENGTH * fit.strength / HALF
        + TOGETHER * fit.together
        + MISSING * fit.missing
    )
