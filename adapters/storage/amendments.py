"""Messages that are not answered yet: changed, taken back, or stopped while they are worked on."""

from __future__ import annotations

from collections.abc import Callable

from adapters.storage import lanes, outbox
from adapters.storage.codec import dump, load
from adapters.storage.database import Tx
from adapters.storage.turns import has_acted, save_turn, spent
from adapters.storage.work import Kind
from core.ids import MessageRef, ThreadKey
from core.messages import InboundMessage
from core.outcome import TurnOutcome
from core.usage import Usage

Stopped = Callable[[InboundMessage, Usage], TurnOutcome]
"""The outcome of a message that was stopped after so much was spent on it."""


async def amend(tx: Tx, message: InboundMessage) -> bool:
    """Give a waiting message its new words; one that is being handled keeps the old ones."""
    return bool(
        await tx.run(
            "UPDATE inbox SET payload = :payload WHERE dedupe = :dedupe AND state = 'queued'"
            " AND author = :author",
            payload=dump(InboundMessage, message),
            dedupe=f"message:{message.ref}",
            author=str(message.author.key),
        )
    )


async def withdraw(tx: Tx, message: MessageRef) -> bool:
    """End a waiting message unhandled; its id stays known, so that it cannot come again."""
    dedupe = f"message:{message}"
    row = await tx.one("SELECT thread_key FROM inbox WHERE dedupe = :dedupe", dedupe=dedupe)
    if row is None:
        return False
    await lanes.hold(tx, row["thread_key"])
    withdrawn = await tx.run(
        "UPDATE inbox SET state = 'done', payload = '' WHERE dedupe = :dedupe AND state = 'queued'",
        dedupe=dedupe,
    )
    if withdrawn:
        await _one_less(tx, row["thread_key"])
    return bool(withdrawn)


async def stop(
    tx: Tx, thread: ThreadKey, before: float, stopped: Stopped, now: float
) -> TurnOutcome | None:
    """End the message at the head of a thread, begun or not; None when it is too late for that.

    Args:
        before: When somebody wished so; a message written since is another one.
    """
    lane = str(thread)
    await lanes.hold(tx, lane)
    head = await tx.one(
        "SELECT id, kind, payload, ord FROM inbox WHERE thread_key = :lane"
        " AND state IN ('queued', 'running') ORDER BY ord, id LIMIT 1",
        lane=lane,
    )
    if head is None or head["kind"] != Kind.MESSAGE or head["ord"] > before:
        return None
    message = load(InboundMessage, head["payload"])
    if await has_acted(tx, message.turn_id):  # it is told to its end
        return None
    await tx.run("UPDATE inbox SET state = 'done', payload = '' WHERE id = :id", id=head["id"])
    await _one_less(tx, lane)
    outcome = stopped(message, await spent(tx, message.turn_id))
    await save_turn(tx, outcome)
    await outbox.add(tx, outcome.posts, outcome.record.turn_id, now)
    return outcome


async def _one_less(tx: Tx, lane: str) -> None:
    await tx.run("UPDATE thread SET pending = pending - 1 WHERE thread_key = :lane", lane=lane)
