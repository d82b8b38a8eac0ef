"""What an earlier process left: nobody sends it before having looked whether it stands there.

A restored backup holds work that was done since, and nothing in it says so. Only the
platform knows; and the ids of posts come out the same when a turn is made again.
"""

from __future__ import annotations

from adapters.storage.database import Tx
from core.escalation import Escalation
from core.ids import MessageRef

LEFT_SECONDS = 60.0  # before a process began: what is older than that it did not just take over


async def doubt(tx: Tx, before: float) -> None:
    """Mark the posts that wait since then as perhaps sent."""
    await tx.run(
        "UPDATE outbox SET state = 'ambiguous' WHERE state IN ('intent', 'ambiguous')"
        " AND state = 'intent' AND created_at < :before",
        before=before,
    )


async def is_due_to(tx: Tx, escalation: Escalation, before: float) -> bool:
    """Whether a request for a person goes back to a message that came before then."""
    row = await tx.one(
        "SELECT 1 FROM inbox WHERE dedupe = :dedupe AND received_at < :before",
        dedupe=f"message:{MessageRef(escalation.thread, escalation.message_id)}",
        before=before,
    )
    return row is not None
