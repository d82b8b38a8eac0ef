"""What a thread's memory holds word for word, and what becomes of the rest.

Every strategy trims in blocks, so that what a prompt begins with stays the same from
turn to turn and is cached; sliding on by one exchange a turn would cost twice as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.tokens import expected

DENSEST = 1.5  # tokens of a character, the most in any script


class Strategy(StrEnum):
    """How a channel's threads are remembered; admins choose.

    WINDOW: the newest exchanges and nothing else. SUMMARY: a summary, and only what it does
    not hold yet word for word. HYBRID: a summary of the old, the newest word for word, and
    old exchanges that matter to the question. FULL: everything, until the budget says no.
    """

    WINDOW = "window"
    SUMMARY = "summary"
    HYBRID = "hybrid"
    FULL = "full"

    @property
    def summarises(self) -> bool:
        """Whether what leaves the window is summarised."""
        return self is not Strategy.WINDOW


@dataclass(frozen=True, slots=True)
class Bounds:
    """When a block of old exchanges leaves, and how many stay then.

    Args:
        most: Exchanges word for word, then ``keep`` of them.
        tokens: The same by length, then ``keep_tokens``.
    """

    most: int
    keep: int
    tokens: int
    keep_tokens: int

    def kept(self, exchanges: Sequence[str]) -> int:
        """How many of the newest stay, at least one; all of them while they fit.

        Args:
            exchanges: Their words as a prompt has them, oldest first.
        """
        count = len(exchanges)
        fits = count <= self.most
        if fits and sum(map(len, exchanges)) * DENSEST <= self.tokens:
            return count
        tokens = [expected(each) for each in exchanges]
        if fits and sum(tokens) <= self.tokens:
            return count
        kept = room = 0
        for each in reversed(tokens):
            room += each
            if kept == self.keep or (kept and room > self.keep_tokens):
                break
            kept += 1
        return kept


NEWEST = Bounds(most=20, keep=12, tokens=10_000, keep_tokens=6_000)
BOUNDS = {
    Strategy.WINDOW: NEWEST,
    Strategy.SUMMARY: Bounds(most=4, keep=1, tokens=5_000, keep_tokens=2_000),
    Strategy.HYBRID: NEWEST,
    Strategy.FULL: Bounds(most=400, keep=240, tokens=16_000, keep_tokens=10_000),
}
