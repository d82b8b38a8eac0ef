"""How fast we may call a platform, place by place, kept by ourselves beforehand.

A platform counts what all processes of an installation send together. Where they have
something to share, a call needs its turn there too; without it each keeps the limits alone.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.errors import NotSent

WARY_SECONDS = 300.0  # of smaller bursts, where a platform asked for patience
WAIT_MOST = 3.0  # seconds to stand in line; beyond that the call comes back later
PLACES_MOST = 2_000
NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many calls at once, then a steady rate.

    Args:
        rate: Calls a second.
        wary: Calls at once where the platform asked for patience lately.
    """

    burst: int
    rate: float
    wary: int


@dataclass(frozen=True, slots=True)
class Turn:
    """When a call may be made.

    Args:
        wait: Seconds until then; or, where it is refused, until asking again makes sense.
        held: Refused because the platform asked for patience.
    """

    wait: float
    granted: bool = True
    held: bool = False


class SharedPace(Protocol):
    """What the processes of an installation share; it never fails and never takes long."""

    async def take(self, place: str, buckets: Sequence[Bucket]) -> Turn | None:
        """A turn among the calls of all processes; None when it cannot be had."""
        ...

    async def hold(self, place: str, seconds: float) -> None:
        """The platform asked for patience: all processes are to wait."""
        ...


@dataclass(slots=True)
class _Place:
    """Moments of our clock; ``free_at``: when each bucket has room for one more call."""

    free_at: list[float]
    held_until: float = NEVER
    wary_until: float = NEVER


class Pace:
    """Gives each call its turn.

    Args:
        buckets: The limits of every place; a call must fit all of them.
        shared: Asked only where nothing here speaks against a call.
    """

    def __init__(
        self,
        buckets: Sequence[Bucket],
        shared: SharedPace | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._buckets, self._shared = buckets, shared
        self._clock, self._sleep = clock, sleep
        self._places: OrderedDict[str, _Place] = OrderedDict()

    async def turn(self, place: str) -> None:
        """Wait for this place's turn.

        Raises:
            NotSent: The line is too long, or the platform asked for patience; come back later.
        """
        known = self._known(place)
        wait = self._wait(known)
        if self._shared is not None:
            among_all = await self._shared.take(place, self._buckets)
            if among_all is None:
                wait = self._wait(known)  # others of this process went ahead meanwhile
            else:  # whose answers may come in another order; what was granted is not given back
                self._check(known)
                wait = max(wait, self._granted(known, among_all))
        self._book(known, self._clock() + wait)
        if wait > 0:
            await self._sleep(wait)
            self._check(known)

    async def hold(self, place: str, seconds: float) -> None:
        """The platform asked to wait in this place."""
        self._hold(self._known(place), seconds)
        if self._shared is not None:
            await self._shared.hold(place, seconds)

    def _known(self, place: str) -> _Place:
        known = self._places.get(place)
        if known is None:
            known = self._places[place] = _Place([NEVER] * len(self._buckets))
            if len(self._places) > PLACES_MOST:
                self._places.popitem(last=False)
        self._places.move_to_end(place)
        return known

    def _check(self, known: _Place) -> None:
        held = known.held_until - self._clock()
        if held > 0:
            raise NotSent("The platform asked to wait here.", retry_after=held)

    def _wait(self, known: _Place) -> float:
        """Seconds until every bucket has room."""
        self._check(known)
        wait = max(0.0, max(known.free_at, default=NEVER) - self._clock())
        if wait > WAIT_MOST:
            raise NotSent("Many messages wait for this place.", retry_after=wait)
        return wait

    def _granted(self, known: _Place, turn: Turn) -> float:
        """Seconds to wait for a turn among all processes."""
        if turn.held:
            self._hold(known, turn.wait)
            self._check(known)
        if not turn.granted:
            raise NotSent("Many messages wait for this place.", retry_after=turn.wait)
        return turn.wait

    def _book(self, known: _Place, at: float) -> None:
        wary = known.wary_until > at
        for number, bucket in enumerate(self._buckets):
            burst = bucket.wary if wary else bucket.burst
            empty = at - (burst - 1) / bucket.rate  # with all of its calls at once to give
            known.free_at[number] = max(known.free_at[number], empty) + 1 / bucket.rate

    def _hold(self, known: _Place, seconds: float) -> None:
        known.held_until = self._clock() + seconds
        known.wary_until = known.held_until + WARY_SECONDS
