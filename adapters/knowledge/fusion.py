"""Put together what words and vectors say of the same candidates.

Both are scaled to the candidates at hand before they are added: scores of words by the
best, nearness between the farthest and the nearest. So nothing here depends on how a
model spreads its vectors. The numbers are few and round, and lie on a plateau.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.knowledge.ranking import Fit, Read

BY_WORDS = 0.4  # the share of words; the rest is that of vectors


def fuse(fits: Sequence[Fit], alike: Mapping[Read, float]) -> list[Fit]:
    """The candidates by both, best first; one without a vector counts as the farthest."""
    if not alike:
        return list(fits)
    best = max(fit.score for fit in fits) or 1.0
    nearest, farthest = max(alike.values()), min(alike.values())
    spread = (nearest - farthest) or 1.0
    for fit in fits:
        near = (alike.get(fit.read, farthest) - farthest) / spread
        fit.score = BY_WORDS * fit.score / best + (1 - BY_WORDS) * near
    return sorted(fits, key=lambda fit: -fit.score)
