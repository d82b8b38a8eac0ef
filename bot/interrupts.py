"""Interrupting a turn under way: its handler ends here and now, and waits for a decision."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


class Interrupted(Exception):
    """A turn was interrupted. Its message may have been ended meanwhile."""


@dataclass(slots=True)
class _Hold:
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Interrupts:
    """Runs turns, at most one a lane, so that each can be interrupted."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[Any]] = {}
        self._holds: dict[str, _Hold] = {}

    async def run(self, lane: str, turn: Awaitable[T]) -> T:
        """The turn's result.

        Raises:
            Interrupted: It has none. Raised only once ``hold`` has been left.
        """
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._running[lane] = task
        try:
            return await turn
        except asyncio.CancelledError:
            if lane not in self._holds:  # the whole process ends
                raise
            task.uncancel()
        finally:
            del self._running[lane]
            if (hold := self._holds.get(lane)) is not None:
                hold.ended.set()
        if hold is not None:
            await hold.over.wait()
        raise Interrupted

    @asynccontextmanager
    async def hold(self, lane: str) -> AsyncIterator[None]:
        """Inside, the turn that was under way in a lane has ended and nothing of it goes on."""
        while (other := self._holds.get(lane)) is not None:
            await other.over.wait()
        hold = self._holds[lane] = _Hold()
        try:
            if (task := self._running.get(lane)) is not None:
                task.cancel()
                await hold.ended.wait()
            yield
        finally:
            del self._holds[lane]
            hold.over.set()
