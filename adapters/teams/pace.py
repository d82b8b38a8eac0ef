"""How fast Teams lets a bot write into one conversation, kept by ourselves beforehand."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable

from core.errors import NotSent

WINDOWS = ((1.0, 7), (30.0, 60), (3_600.0, 1_800))  # seconds, calls; Teams, "Rate limiting"
WAIT_MOST = 3.0  # seconds to stand in line; beyond that the post comes back later
CONVERSATIONS_MOST = 2_000


class Pace:
    """Counts the calls of each conversation; what Teams asked to wait holds for all of it."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._calls: OrderedDict[str, deque[float]] = OrderedDict()
        self._held_until: OrderedDict[str, float] = OrderedDict()

    async def turn(self, conversation: str) -> None:
        """Wait for this conversation's turn.

        Raises:
            NotSent: The wait is too long, or Teams asked for patience; come back later.
        """
        now = self._clock()
        calls = self._calls.setdefault(conversation, deque(maxlen=WINDOWS[-1][1]))
        self._calls.move_to_end(conversation)
        at = max([now, self._held_until.get(conversation, 0.0), *_free(calls)])
        if at - now > WAIT_MOST:
            raise NotSent("This conversation is busy.", retry_after=at - now)
        calls.append(at)
        if len(self._calls) > CONVERSATIONS_MOST:
            self._calls.popitem(last=False)
        if at > now:
            await self._sleep(at - now)

    def hold(self, conversation: str, seconds: float) -> None:
        """Teams asked to wait here."""
        self._held_until[conversation] = self._clock() + seconds
        self._held_until.move_to_end(conversation)
        if len(self._held_until) > CONVERSATIONS_MOST:
            self._held_until.popitem(last=False)


def _free(calls: deque[float]) -> list[float]:
    """When each window has room for one more call; in order of time, so also never before."""
    times = [calls[-most] + seconds for seconds, most in WINDOWS if len(calls) >= most]
    return [*times, calls[-1]] if calls else times
