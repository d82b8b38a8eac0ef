"""How long an event loop was not free, seen from inside."""

from __future__ import annotations

import asyncio
import time

from aiohttp import web

LOOK_SECONDS = 0.002


class Stalls:
    """Looks at the clock all the time; ``tell`` answers the longest stall since it was asked."""

    def __init__(self) -> None:
        self._longest = 0.0
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(LOOK_SECONDS)
            late = time.perf_counter() - before - LOOK_SECONDS
            self._longest = max(self._longest, late)

    async def tell(self, _request: web.Request) -> web.Response:
        longest, self._longest = self._longest, 0.0
        return web.json_response({"milliseconds": round(longest * 1_000, 1)})
