"""Messages that still wait, changed or taken back by who wrote them."""

from __future__ import annotations

from adapters.storage.codec import dump
from adapters.storage.database import Tx
from core.ids import MessageRef
from core.messages import InboundMessage


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
    row = await tx.one(
        "UPDATE inbox SET state = 'done', payload = '' WHERE dedupe = :dedupe"
        " AND state = 'queued' RETURNING thread_key",
        dedupe=f"message:{message}",
    )
    if row is None:
        return False
    await tx.run(
        "UPDATE thread SET pending = pending - 1 WHERE thread_key = :lane", lane=row["thread_key"]
    )
    return True
