"""The heads of queues: each is begun, put back, or waits for its turn alone.

All of it is SQL over a transaction of somebody else's.
"""

from __future__ import annotations

from adapters.storage.database import Row, Tx
from adapters.storage.work import Item, Kind

SUSPECT_SECONDS = 1.0  # about, between tries of a message that may have killed a process
SPREAD = 0.618  # of that time, from one such message to the next: few meet each other


async def put_back(tx: Tx, item: Item, at: float, *, counts: bool = True) -> None:
    """Have a head handled anew from ``at`` on, unless its end was written down.

    Args:
        counts: Whether this was one of its attempts.
    """
    await tx.run(
        "UPDATE inbox SET state = 'queued', attempts = attempts - :uncounted, available_at = :at"
        " WHERE id = :id AND state = 'running'",
        uncounted=0 if counts else 1,
        at=at,
        id=item.row_id,
    )


async def may_run_alone(tx: Tx, row_id: int) -> bool:
    """Whether no other message is under way that a process died with.

    Only one of those at a time, so that the one which kills is known from its neighbours.
    """
    other = await tx.one(
        "SELECT 1 FROM inbox WHERE state IN ('queued', 'running') AND state = 'running'"
        " AND deaths > 0 AND id <> :id LIMIT 1",
        id=row_id,
    )
    return other is None


async def put_off(tx: Tx, row_id: int, deaths: int, now: float) -> float:
    """Have a head wait for its turn alone; returns until when."""
    until = now + SUSPECT_SECONDS * (0.5 + row_id * SPREAD % 1)
    await tx.run(
        "UPDATE inbox SET state = 'queued', deaths = :deaths, available_at = :until WHERE id = :id",
        deaths=deaths,
        until=until,
        id=row_id,
    )
    return until


async def started(tx: Tx, head: Row, deaths: int) -> Item:
    """Begin on a head; returns what is to be done."""
    session = await tx.one(
        "UPDATE inbox SET state = 'running', attempts = attempts + 1, deaths = :deaths"
        " WHERE id = :id RETURNING"
        " (SELECT version FROM session WHERE session.thread_key = inbox.thread_key) AS version",
        deaths=deaths,
        id=head["id"],
    )
    return Item(
        head["id"],
        Kind(head["kind"]),
        head["payload"],
        head["attempts"] + 1,
        deaths,
        resumed=head["attempts"] > 0 or head["available_at"] > 0,
        session_version=(session and session["version"]) or 0,
        received_at=head["received_at"],
    )
