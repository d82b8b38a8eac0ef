"""What the receipt of a post means to what it shows."""

from __future__ import annotations

from adapters.storage import outbox
from adapters.storage.case_rows import case_of
from adapters.storage.database import Tx
from adapters.storage.outbox import Receipt, Sending
from core.ids import ThreadKey
from handoff import card, relay


async def follow(tx: Tx, receipt: Receipt, now: float) -> None:
    """Do what follows from a receipt that has just been written down."""
    if receipt.outgoing.post.subject.startswith(card.SUBJECT):
        await _card(tx, receipt, now)


async def _card(tx: Tx, receipt: Receipt, now: float) -> None:
    """Note which thread a case's card started.

    What came to the case while its card was on its way had no place to be shown yet.
    """
    if receipt.state is not Sending.SENT:
        return
    channel = receipt.outgoing.post.to
    thread = ThreadKey(channel.workspace, channel.channel_id, receipt.platform_id)
    row = await tx.one(
        "UPDATE handoff_case SET card_thread = :thread, undelivered = :no"
        " WHERE case_id = :case_id AND card_thread IS NULL RETURNING *",
        thread=str(thread),
        no=False,
        case_id=receipt.outgoing.post.subject.removeprefix(card.SUBJECT),
    )
    if row is None:
        return
    case = case_of(row)
    if case.version or case.escalation.also:
        await outbox.add(tx, card.redrawn(case), case.case_id, now, f"late:{case.version}")
    for each in case.escalation.also:
        posts = relay.also(case, each)
        await outbox.add(tx, posts, case.case_id, now, relay.scope(case, each))
