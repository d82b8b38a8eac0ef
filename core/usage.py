"""What a model call cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money of one or more model calls.

    Args:
        cached: Those of ``tokens_in`` that were read from the prompt cache.
        cost_usd: In US dollars, at the prices of the settings.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    cached: int = 0
    cost_usd: Decimal = Decimal(0)
    calls: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cached + other.cached,
            self.cost_usd + other.cost_usd,
            self.calls + other.calls,
        )
