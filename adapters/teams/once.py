"""One effect for what Teams delivers twice: the second time gets the first one's answer.

Teams sends an invoke again under a new id when the answer was slow (microsoft/
botbuilder-dotnet#5005), so its id says nothing; what was pressed where by whom does.
Only the newest thing a person did with a card is kept: helpful, not helpful and helpful
again are three presses.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from adapters.storage.database import Database

KEPT_SECONDS = 24 * 3600.0

Answer = dict[str, Any]


class Once:
    """Remembers answers in the database; what is under way, in this process."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._under_way: dict[tuple[str, str], asyncio.Future[Answer]] = {}

    async def do(
        self, subject: str, key: str, within: float, make: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """The answer to ``key``, made once within so many seconds.

        Args:
            subject: What was acted on by whom; another key for it replaces the first.
        """
        waiting = self._under_way.get((subject, key))
        if waiting is not None:
            return await asyncio.shield(waiting)
        doing = asyncio.ensure_future(self._do(subject, key, within, make))
        self._under_way[subject, key] = doing
        doing.add_done_callback(lambda _: self._under_way.pop((subject, key), None))
        return await asyncio.shield(doing)

    async def _do(
        self, subject: str, key: str, within: float, make: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        row = await self._database.read(
            lambda tx: tx.one(
                "SELECT key, response, at FROM teams_once WHERE subject = :subject",
                subject=subject,
            )
        )
        if row is not None and row["key"] == key and self._clock() - row["at"] < within:
            answer: Answer = orjson.loads(row["response"])
            return answer
        answer = await make()
        await self._database.write(
            lambda tx: tx.run(
                "INSERT INTO teams_once (subject, key, response, at)"
                " VALUES (:subject, :key, :response, :now) ON CONFLICT (subject) DO UPDATE SET"
                " key = excluded.key, response = excluded.response, at = excluded.at",
                subject=subject,
                key=key,
                response=orjson.dumps(answer).decode(),
                now=self._clock(),
            )
        )
        return answer

    async def sweep(self) -> int:
        """Forget answers of long ago; at most 500 a call."""
        return await self._database.write(
            lambda tx: tx.run(
                "DELETE FROM teams_once WHERE subject IN (SELECT subject FROM teams_once"
                " WHERE at < :before LIMIT 500)",
                before=self._clock() - KEPT_SECONDS,
            )
        )
