"""How fast we may post into each channel: one message a second over a minute.

A channel where Slack asked for patience loses its burst for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from core.errors import NotSent

RATE = 1.0  # messages a second and channel; Slack, "Rate limits", chat.postMessage
BURST = 60  # messages at once, "short bursts are allowed"; so nobody waits for nothing
WARY_BURST, WARY_SECONDS = 2, 300.0  # where a burst was too much lately
WAIT_MOST = 3.0  # seconds to stand in line; beyond that the post comes back later
CHANNELS_MOST = 2_000


class Pace:
    """Keeps each channel's next free moment; what Slack asked to wait holds for the channel."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._free_at: OrderedDict[str, float] = OrderedDict()
        self._held_until: dict[str, float] = {}
        self._wary_until: dict[str, float] = {}

    async def turn(self, channel: str) -> None:
        """Wait for this channel's turn.

        Raises:
            NotSent: The line is too long, or Slack asked for patience; come back later.
        """
        now = self._clock()
        held = self._held_until.get(channel, 0.0) - now
        if held > 0:
            raise NotSent("Slack asked to wait in this channel.", retry_after=held)
        self._held_until.pop(channel, None)
        wary = self._wary_until.get(channel, 0.0) > now
        earliest = now - ((WARY_BURST if wary else BURST) - 1) / RATE
        slot = max(self._free_at.get(channel, earliest), earliest)
        wait = slot - now
        if wait > WAIT_MOST:
            raise NotSent("Many messages wait for this channel.", retry_after=wait)
        self._free_at[channel] = slot + 1 / RATE
        self._free_at.move_to_end(channel)
        if len(self._free_at) > CHANNELS_MOST:
            self._free_at.popitem(last=False)
        if wait > 0:
            await self._sleep(wait)

    def hold(self, channel: str, seconds: float) -> None:
        """Slack asked to wait in this channel."""
        now = self._clock()
        self._held_until[channel] = now + seconds
        self._wary_until[channel] = now + seconds + WARY_SECONDS
        if len(self._wary_until) > CHANNELS_MOST:
            self._wary_until = {key: at for key, at in self._wary_until.items() if at > now}
            self._held_until = {key: at for key, at in self._held_until.items() if at > now}
