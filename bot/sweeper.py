"""Nothing stays visible twice: after a post was in doubt, its copies are looked for a while.

What was accepted may show up after we have looked for it and sent it again. The outbox
remembers which posts that can have happened to, so that a restart forgets none.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog

from adapters.storage.doubles import Doubtful, SqlDoubles
from core.errors import BotError
from core.ids import Platform
from core.ports import Poster

log = structlog.get_logger()

LATEST_SECONDS = 60.0  # after which nothing turns up any more
EARLY_SECONDS = 10.0  # most of what turns up does so before
AGAIN_SECONDS = 30.0  # between tries to look, when a platform does not let us
TRIES_MOST = 10


class Sweeper:
    """Looks after posts that were in doubt, each by a task of its own: they are few."""

    def __init__(
        self,
        doubles: SqlDoubles,
        posters: Mapping[Platform, Poster],
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._doubles, self._posters = doubles, posters
        self._clock, self._sleep = clock, sleep
        self._tasks: set[asyncio.Task[None]] = set()

    async def resume(self) -> None:
        """Go on with what an earlier process left."""
        try:
            waiting = await self._doubles.waiting()
        except BotError as error:
            log.warning("copies of an earlier process not looked for", error=error.code)
            return
        for each in waiting:
            self.watch(each)

    def watch(self, doubtful: Doubtful) -> None:
        """Look for copies twice: early, and when none can turn up any more."""
        task = asyncio.create_task(self._follow(doubtful))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        for task in (tasks := tuple(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, doubtful: Doubtful) -> None:
        early = doubtful.until - LATEST_SECONDS + EARLY_SECONDS - self._clock()
        if early > 0:
            await self._sleep(early)
            await self._looked(doubtful)
        await self._sleep(max(0.0, doubtful.until - self._clock()))
        for _ in range(TRIES_MOST):
            if await self._looked(doubtful):
                return await self._ended(doubtful)
            await self._sleep(AGAIN_SECONDS)
        return None  # the next process tries again

    async def _looked(self, doubtful: Doubtful) -> bool:
        poster = self._posters.get(doubtful.post.to.workspace.platform)
        if poster is None:
            return False
        try:
            await poster.remove_copies(doubtful.post, doubtful.post_id, doubtful.kept)
        except BotError as error:
            log.info("copies not looked for", post=doubtful.post_id, error=error.code)
            return False
        return True

    async def _ended(self, doubtful: Doubtful) -> None:
        try:
            await self._doubles.ended(doubtful.post_id)
        except BotError as error:  # then another process looks once more
            log.info("sweep not written down", post=doubtful.post_id, error=error.code)
