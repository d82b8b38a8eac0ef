"""Which Teams message each part of a post became: what makes sending it again an update."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from adapters.storage.database import Database

KEPT_SECONDS = 30 * 24 * 3600.0  # an answer can still be judged so long


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of ours on Teams."""

    conversation_id: str
    activity_id: str


class SentMessages:
    """The table of them."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def get(self, part_id: str) -> Sent | None:
        row = await self._database.read(
            lambda tx: tx.one(
                "SELECT conversation_id, activity_id FROM teams_sent WHERE part_id = :part",
                part=part_id,
            )
        )
        return Sent(row["conversation_id"], row["activity_id"]) if row else None

    async def keep(self, part_id: str, sent: Sent, feedback: str = "") -> None:
        """Write down a message before it is given its content.

        Args:
            feedback: What judging it is about; empty when it cannot be judged.
        """
        await self._database.write(
            lambda tx: tx.run(
                "INSERT INTO teams_sent (part_id, conversation_id, activity_id, feedback, at)"
                " VALUES (:part, :conversation, :activity, :feedback, :now)"
                " ON CONFLICT DO NOTHING",
                part=part_id,
                conversation=sent.conversation_id,
                activity=sent.activity_id,
                feedback=feedback,
                now=self._clock(),
            )
        )

    async def forget(self, part_id: str) -> None:
        """The message is not there any more; the next try makes another."""
        await self._database.write(
            lambda tx: tx.run("DELETE FROM teams_sent WHERE part_id = :part", part=part_id)
        )

    async def feedback(self, conversation_id: str, activity_id: str) -> str:
        """What judging a message is about, or nothing."""
        row = await self._database.read(
            lambda tx: tx.one(
                "SELECT feedback FROM teams_sent WHERE conversation_id = :conversation"
                " AND activity_id = :activity",
                conversation=conversation_id,
                activity=activity_id,
            )
        )
        return str(row["feedback"]) if row else ""

    async def sweep(self) -> int:
        """Forget messages of long ago; at most 500 a call."""
        return await self._database.write(
            lambda tx: tx.run(
                "DELETE FROM teams_sent WHERE part_id IN (SELECT part_id FROM teams_sent"
                " WHERE at < :before LIMIT 500)",
                before=self._clock() - KEPT_SECONDS,
            )
        )
