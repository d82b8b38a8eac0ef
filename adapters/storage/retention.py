"""How long what is done is remembered."""

from __future__ import annotations

from adapters.storage.database import Tx

DAY = 24 * 3600.0  # seconds
KEYS_LIVE = 7 * DAY  # ids of messages, by which a late copy is recognised
IDLE_LIVE = 30 * DAY  # receipts and idle threads
AT_ONCE = 500  # rows of each


async def sweep(tx: Tx, now: float) -> int:
    """Forget what has long been done: keys of messages, receipts, idle threads.

    Returns:
        The number of rows deleted; at ``AT_ONCE`` or more there may be others to follow.
    """
    keys = await tx.run(
        "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE state = 'done'"
        " AND received_at < :before LIMIT :most)",
        before=now - KEYS_LIVE,
        most=AT_ONCE,
    )
    receipts = await tx.run(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE"
        " state IN ('sent', 'dead') AND created_at < :before LIMIT :most)",
        before=now - IDLE_LIVE,
        most=AT_ONCE,
    )
    threads = await tx.run(
        "DELETE FROM thread WHERE thread_key IN (SELECT thread_key FROM thread"
        " WHERE pending = 0 AND owner IS NULL AND ready_at < :before LIMIT :most)",
        before=now - IDLE_LIVE,
        most=AT_ONCE,
    )
    steps = await tx.run(  # of turns that did not come to an end
        "DELETE FROM turn_step WHERE at < :before AND turn_id <> ''", before=now - IDLE_LIVE
    )
    return keys + receipts + threads + steps
