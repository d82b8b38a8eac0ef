"""Messages that a process died with: one at a time, so that the one which kills is known."""

from __future__ import annotations

from adapters.storage.database import Tx

WAIT_SECONDS = 1.0  # between tries


async def may_run(tx: Tx, row_id: int) -> bool:
    """Whether no other message is under way that a process died with."""
    other = await tx.one(
        "SELECT 1 FROM inbox WHERE state IN ('queued', 'running') AND state = 'running'"
        " AND deaths > 0 AND id <> :id LIMIT 1",
        id=row_id,
    )
    return other is None


async def put_off(tx: Tx, row_id: int, deaths: int, now: float) -> float:
    """Have a head wait for its turn alone; returns until when."""
    until = now + WAIT_SECONDS
    await tx.run(
        "UPDATE inbox SET state = 'queued', deaths = :deaths, available_at = :until WHERE id = :id",
        deaths=deaths,
        until=until,
        id=row_id,
    )
    return until
