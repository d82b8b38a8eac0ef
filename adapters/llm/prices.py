"""What model calls cost, exact to the last digit.

Prices are US dollars per million tokens, as the vendor publishes them; they come
from the settings, which carry their date.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.usage import Usage

MILLION = Decimal(1_000_000)
CACHE_WRITE = Decimal("1.25")  # times the input price, for entries that live five minutes


@dataclass(frozen=True, slots=True)
class Billed:
    """The tokens of one call as the vendor counts them.

    Args:
        fresh: Input neither read from the cache nor written to it.
        written: Input written to the cache.
        cached: Input read from the cache.
    """

    fresh: int = 0
    written: int = 0
    cached: int = 0
    out: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """The price list of one model, per million tokens."""

    tokens_in: Decimal
    tokens_out: Decimal
    cached: Decimal

    def usage(self, billed: Billed) -> Usage:
        """One call, counted and priced."""
        dollars = (
            billed.fresh * self.tokens_in
            + billed.written * self.tokens_in * CACHE_WRITE
            + billed.cached * self.cached
            + billed.out * self.tokens_out
        )
        return Usage(
            tokens_in=billed.fresh + billed.written + billed.cached,
            tokens_out=billed.out,
            cached=billed.cached,
            cost_usd=dollars / MILLION,
            calls=1,
        )


@dataclass(frozen=True, slots=True)
class Rated:
    """A model's name and its price."""

    name: str
    price: Price


@dataclass(frozen=True, slots=True)
class Lineup:
    """Which model does which work."""

    main: Rated
    small: Rated
    fallback: Rated | None = None
