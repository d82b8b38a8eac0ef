"""Posts that were in doubt and are visible now: a copy of them may still turn up."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from adapters.storage.codec import load
from adapters.storage.database import Database
from core.outcome import Post

REMEMBERED_SECONDS = 86_400.0  # a copy of an older post would be buried in its thread


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A post that may be visible twice.

    Args:
        kept: The platform's id of the one that stays.
        until: When a copy would have turned up, in seconds since 1970.
    """

    post: Post
    post_id: str
    kept: str
    until: float


class SqlDoubles:
    """What the outbox knows about posts whose copies nobody has looked for to the end."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def waiting(self) -> list[Doubtful]:
        """What earlier processes have left to be looked after."""
        rows = await self._database.read(
            lambda tx: tx.all(
                "SELECT post_id, payload, platform_id, available_at FROM outbox WHERE"
                " state = 'sent' AND created_at > :since AND available_at > 0 ORDER BY id",
                since=self._clock() - REMEMBERED_SECONDS,
            )
        )
        return [
            Doubtful(
                load(Post, row["payload"]), row["post_id"], row["platform_id"], row["available_at"]
            )
            for row in rows
        ]

    async def ended(self, post_id: str) -> None:
        """Nobody has to look any more, and the post's words are forgotten."""
        await self._database.write(
            lambda tx: tx.run(
                "UPDATE outbox SET payload = '', available_at = 0"
                " WHERE post_id = :post_id AND state = 'sent'",
                post_id=post_id,
            )
        )
