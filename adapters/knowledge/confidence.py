"""How likely it is that the best passages answer a question.

A logistic curve over how the best passage fits. The weights were fitted to questions
written for the demo articles, a quarter of them without an answer there; 0.5 is where
an answer becomes likelier than none.
"""

from __future__ import annotations

import math

from adapters.knowledge.ranking import Fit

BASE = -1.9
COVERED = 1.5  # the question's rarer words are mentioned
BM25 = 1.8  # and mentioned often, in a passage of usual length
STRENGTH = 1.2  # and they are words that say much
TOGETHER = 2.6  # and stand side by side
MISSING = -1.7  # words of the question that are not there, names above all
HALF = 20.0  # the score that counts as 1


def confidence(best: Fit) -> float:
    """Between 0 and 1, for the best passage found."""
    evidence = (
        BASE
        + COVERED * best.covered
        + BM25 * best.bm25
        + STRENGTH * best.own / HALF
        + TOGETHER * best.together
        + MISSING * best.missing
    )
    return 1 / (1 + math.exp(-evidence))
