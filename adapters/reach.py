"""Something outside that can be done without: asked for a moment, left alone while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

import structlog

from adapters.breaker import Breaker
from core.errors import StoreUnavailable

T = TypeVar("T")

log = structlog.get_logger()

FAILURES = 3  # in a row, then it is left alone
PAUSE = 5.0  # seconds until one call tries whether it answers again


class Reach:
    """Whether something answers.

    Args:
        what: Its name in the log; ``instead`` says there what serves meanwhile.
        deadline: Seconds that a call may take.
    """

    def __init__(
        self, what: str, instead: str, deadline: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._what, self._instead, self._deadline = what, instead, deadline
        self.breaker = Breaker(clock=clock, failures=FAILURES, pause=PAUSE)

    async def ask(self, call: Awaitable[T]) -> T:
        """Wait for an answer until the deadline, and draw the breaker's conclusion.

        Raises:
            StoreUnavailable: There was none in time.
        """
        try:
            async with asyncio.timeout(self._deadline):
                result = await call
        except (TimeoutError, StoreUnavailable) as error:
            if self.breaker.failed():
                log.warning("out of reach", what=self._what, instead=self._instead)
            raise StoreUnavailable("There was no answer in time.") from error
        except BaseException:
            self.breaker.given_up()
            raise
        if self.breaker.answered():
            log.info("in reach again", what=self._what)
        return result
